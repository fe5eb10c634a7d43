//! Parking: an event that cannot be applied waits, and with it, in order, all that shares a key with
//! it; everything else goes on.
//!
//! What waits is in two tables of the slot, in the same transactions as rows and checkpoint. The loop
//! keeps the keys in memory as well, so that nothing is asked where nothing waits.

mod apart;
mod cause;
mod item;
mod keys;
mod retry;
mod skips;
mod store;

use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use eventlog::Log;
use events::Recorded;
use tokio::time::Instant;

use crate::batch_reader::Batch;
use crate::checkpoint::Checkpoint;
use crate::contract::Projection;
use crate::error::ProjectorError;
use crate::metrics::ProjectionMetrics;
use crate::status::ParkedStatus;

pub(crate) use item::Unreadable;
pub use item::keys_by_subject;
pub use store::PARKED_TABLES;

use cause::Cause;
use item::Item;
use keys::Keys;
use skips::PassedOver;

/// How often the loop looks what is to be tried again, while anything waits: an operator may want it
/// at once.
const LOOK_INTERVAL: Duration = Duration::from_millis(250);

/// What waits in a slot, as the loop that works on it knows.
#[derive(Debug)]
pub(crate) struct Parking {
    /// The keys of what waits; some more after one that waited was applied.
    keys: Keys,
    /// Whether anything waits: an event without keys holds up nothing.
    any: bool,
    /// Whether something may be there that waits behind nothing any more.
    released: bool,
    /// When to look what is to be tried again.
    look_at: Instant,
    status: ParkedStatus,
    /// What operators decided to pass over.
    passed_over: PassedOver,
    /// Whether some of that may wait.
    skipped: bool,
    metrics: ProjectionMetrics,
}

impl Parking {
    /// What waits in the slot on the search path, of the projection `P` of `log`. Failures are
    /// counted in `metrics`.
    pub(crate) async fn load<P: Projection>(
        client: &ClientWrapper,
        log: &Log,
        metrics: &ProjectionMetrics,
    ) -> Result<Self, ProjectorError> {
        let passed_over = PassedOver::of(log, P::NAME).await?;
        let look = store::look(client).await?;
        let any = look.waiting > 0;
        let keys = if any { store::keys(client).await? } else { Keys::default() };
        Ok(Self {
            keys,
            any,
            released: any,
            look_at: Instant::now(),
            status: look.into(),
            skipped: any && !passed_over.is_empty(),
            passed_over,
            metrics: metrics.clone(),
        })
    }

    /// How much waits.
    pub(crate) fn status(&self) -> ParkedStatus {
        self.status
    }

    /// How long the loop may wait for events, if nothing else is to be done for `longest`.
    pub(crate) fn patience(&self, longest: Duration) -> Duration {
        if self.any { longest.min(self.look_at.duration_since(Instant::now())) } else { longest }
    }

    /// Takes the events out of `batch` that operators decided to pass over.
    pub(crate) fn pass_over(&self, batch: &mut Batch) {
        if !self.passed_over.is_empty() {
            batch.events.retain(|event| !self.passed_over.contains(event.seq));
            batch.unreadable.retain(|event| !self.passed_over.contains(event.seq));
        }
    }

    /// Whether all of `batch` may be written in one go.
    pub(crate) fn lets_pass<P: Projection>(&self, batch: &Batch) -> bool {
        let free = |event: &Recorded| !self.keys.meet(&P::keys(event));
        batch.unreadable.is_empty() && (self.keys.is_empty() || batch.events.iter().all(free))
    }

    /// Writes what of `batch` can be written, parks the rest, and moves the checkpoint from `before`
    /// to `next`, in one transaction; `false`, with nothing written, if it is not at `before`.
    pub(crate) async fn advance<P: Projection>(
        &mut self,
        client: &mut ClientWrapper,
        batch: &Batch,
        before: &Checkpoint,
        next: &Checkpoint,
    ) -> Result<bool, ProjectorError> {
        // What changes nothing need not wait.
        let changing = batch.events.iter().filter(|event| !P::project(event).is_empty());
        let mut items: Vec<Item<'_>> = changing.map(Item::of::<P>).collect();
        for event in &batch.unreadable {
            items.push(event.item());
        }
        items.sort_by_key(|item| item.seq);
        let mut tx = client.transaction().await?;
        if !next.replace(before, &tx).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        let recent = store::recent(&tx).await?;
        let outcome = apart::apply::<P>(&mut tx, &items, &self.keys, Some(recent)).await?;
        store::park(&tx, &outcome).await?;
        tx.commit().await?;
        for (item, cause) in &outcome.failed {
            self.metrics.failed(cause.word());
            let (position, cause) = (item.seq.0, cause.message.as_str());
            tracing::warn!(
                projection = P::NAME,
                position,
                cause,
                "an event is parked: it cannot be applied"
            );
        }
        self.any |= !outcome.failed.is_empty() || !outcome.behind.is_empty();
        self.status.waiting += (outcome.failed.len() + outcome.behind.len()) as u64;
        if !outcome.failed.is_empty() {
            self.look_at = Instant::now();
            self.status = store::look(client).await?.into();
        }
        self.keys.extend(outcome.waiting);
        Ok(true)
    }
}

impl From<store::Look> for ParkedStatus {
    fn from(look: store::Look) -> Self {
        Self { keys: look.keys, waiting: look.waiting, since: look.since }
    }
}

/// Whether `error` says that a batch is to be taken apart.
pub(crate) fn is_of_values(error: &ProjectorError) -> bool {
    Cause::of(error).is_some()
}
