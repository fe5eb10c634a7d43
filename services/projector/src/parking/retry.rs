//! What waits is tried again: first the event that failed, and once it is applied, what waited behind
//! it, in order.

use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use eventlog::Log;
use events::{Recorded, Seq};
use tokio::time::Instant;

use super::item::{Item, Unreadable};
use super::keys::Keys;
use super::{LOOK_INTERVAL, Parking, apart, store};
use crate::checkpoint::Checkpoint;
use crate::contract::Projection;
use crate::error::ProjectorError;

/// What may be tried again goes in transactions of so many events.
const MAX_RELEASED: usize = 1000;

/// An event that waited, as the log tells it now.
enum Fetched {
    Event(Box<Recorded>),
    Unreadable(Unreadable),
    /// It was erased: there is nothing to apply any more.
    Gone(Seq),
}

impl Parking {
    /// Does what is to be done next for what waits, if it is time to: one transaction at most, so that
    /// new events go on in between. `false` if another instance has moved the checkpoint.
    pub(crate) async fn retry<P: Projection>(
        &mut self,
        client: &mut ClientWrapper,
        log: &Log,
        checkpoint: &Checkpoint,
    ) -> Result<bool, ProjectorError> {
        self.skipped |= self.passed_over.ask().await?;
        if !self.any {
            self.skipped = false;
            return Ok(true);
        }
        if self.skipped {
            return self.skip(client, checkpoint).await;
        }
        if !self.released && Instant::now() < self.look_at {
            return Ok(true);
        }
        let released = if self.released { self.ready(client).await? } else { vec![] };
        let mine = if released.is_empty() {
            self.released = false;
            let look = store::look(client).await?;
            self.status = look.into();
            self.any = look.waiting > 0;
            let pause = look.pause.map(|seconds| Duration::from_secs_f64(seconds.max(0.0)));
            self.look_at = Instant::now() + pause.unwrap_or(LOOK_INTERVAL).min(LOOK_INTERVAL);
            let Some(due) = look.due else { return Ok(true) };
            self.look_at = Instant::now();
            self.try_again::<P>(client, log, checkpoint, &[due], true).await?
        } else {
            self.try_again::<P>(client, log, checkpoint, &released, false).await?
        };
        Ok(mine)
    }

    /// Forgets what waits and is passed over from now on.
    async fn skip(
        &mut self,
        client: &mut ClientWrapper,
        checkpoint: &Checkpoint,
    ) -> Result<bool, ProjectorError> {
        let tx = client.transaction().await?;
        if !checkpoint.replace(checkpoint, &tx).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        let parked = store::parked_of(&tx, &self.passed_over.seqs()).await?;
        store::unpark(&tx, &parked).await?;
        tx.commit().await?;
        for position in &parked {
            tracing::info!(position = position.0, "a parked event is passed over");
        }
        self.skipped = false;
        self.released |= !parked.is_empty();
        Ok(true)
    }

    /// Those events, the first ones, that wait behind nothing any more. Where there are none, what
    /// waits is known exactly again.
    async fn ready(&mut self, client: &ClientWrapper) -> Result<Vec<Seq>, ProjectorError> {
        let (mut blocked, mut ready) = (Keys::default(), Vec::new());
        let mut after = Seq(0);
        loop {
            let page = store::waiting(client, after).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for event in page {
                if event.failed || blocked.meet(&event.keys) {
                    blocked.extend(event.keys);
                } else if ready.len() < MAX_RELEASED {
                    ready.push(event.seq);
                } else {
                    return Ok(ready);
                }
            }
        }
        if ready.is_empty() {
            self.keys = blocked;
        }
        Ok(ready)
    }

    /// Applies events that wait, as far as they can be applied.
    async fn try_again<P: Projection>(
        &mut self,
        client: &mut ClientWrapper,
        log: &Log,
        checkpoint: &Checkpoint,
        seqs: &[Seq],
        failed: bool,
    ) -> Result<bool, ProjectorError> {
        let mut fetched = Vec::with_capacity(seqs.len());
        for seq in seqs {
            fetched.push(fetch(log, *seq).await?);
        }
        let mut done = Vec::new();
        let mut items = Vec::with_capacity(fetched.len());
        for event in &fetched {
            match event {
                Fetched::Event(event) => items.push(Item::of::<P>(event)),
                Fetched::Unreadable(event) => items.push(event.item()),
                Fetched::Gone(seq) => done.push(*seq),
            }
        }
        let mut tx = client.transaction().await?;
        // Whoever is no longer the one that works on the slot writes nothing.
        if !checkpoint.replace(checkpoint, &tx).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        if failed && !store::lock_due(&tx, seqs[0]).await? {
            tx.rollback().await?;
            return Ok(true);
        }
        let mut outcome = apart::apply::<P>(&mut tx, &items, &Keys::default(), None).await?;
        // Those behind one that failed now are in the table already, where they wait.
        outcome.behind.clear();
        store::park(&tx, &outcome).await?;
        done.extend(outcome.applied.iter().map(|item| item.seq));
        store::unpark(&tx, &done).await?;
        tx.commit().await?;
        self.released |= !done.is_empty();
        for (item, cause) in &outcome.failed {
            self.metrics.failed(cause.word());
            let (position, cause) = (item.seq.0, cause.message.as_str());
            tracing::info!(
                projection = P::NAME,
                position,
                cause,
                "a parked event still cannot be applied"
            );
        }
        if !done.is_empty() {
            tracing::info!(projection = P::NAME, events = done.len(), "parked events are applied");
        }
        Ok(true)
    }
}

async fn fetch(log: &Log, seq: Seq) -> Result<Fetched, ProjectorError> {
    let Some(entry) = log.get(seq).await? else { return Ok(Fetched::Gone(seq)) };
    match entry.read() {
        Ok(event) => Ok(Fetched::Event(Box::new(event))),
        Err(why) => match Unreadable::of(&entry, why) {
            Ok(event) => Ok(Fetched::Unreadable(event)),
            Err(source) => Err(ProjectorError::Undecodable { seq, source }),
        },
    }
}
