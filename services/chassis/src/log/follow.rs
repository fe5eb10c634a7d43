//! Reading the whole log, and on as it grows.

use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use events::Position;
use futures_util::{Stream, stream};
use tokio::time::Instant;

use super::deliveries::Deliveries;
use super::read::unavailable;
use super::{Break, Entry, Log, ReadError};
use crate::Cause;

/// A new leader may need a moment until it shows all that the old one had acknowledged.
const ELECTION: Duration = Duration::from_secs(5);

impl Log {
    /// Every event after `after`, in order, and on from there as they come, for ever.
    ///
    /// The chain is checked on the way, `after` included. An outage is waited out; an event that is
    /// missing, altered, out of line or unreadable is an error, and ends the stream.
    pub fn follow(
        &self,
        after: Position,
    ) -> impl Stream<Item = Result<Entry, ReadError>> + Send + use<> {
        let follower =
            Follower { log: self.clone(), position: after, deliveries: None, failures: 0 };
        stream::unfold(Some(follower), async |follower| {
            let mut follower = follower?;
            let next = follower.next().await;
            let follower = next.is_ok().then_some(follower);
            Some((next, follower))
        })
    }
}

struct Follower {
    log: Log,
    position: Position,
    deliveries: Option<Deliveries>,
    /// How many attempts in a row have failed.
    failures: u32,
}

impl Follower {
    async fn next(&mut self) -> Result<Entry, ReadError> {
        loop {
            let outcome = match &mut self.deliveries {
                Some(deliveries) => deliveries.next().await,
                None => match self.resume().await {
                    Ok(()) => continue,
                    Err(ReadError::Unavailable(cause)) => Err(cause),
                    Err(error) => return Err(error),
                },
            };
            match outcome {
                Ok(entry) => return self.accept(entry),
                Err(cause) => self.wait(cause).await,
            }
        }
    }

    /// Opens deliveries from here, if the log still is the one that was read so far.
    async fn resume(&mut self) -> Result<(), ReadError> {
        self.verify().await?;
        let from = DeliverPolicy::ByStartSequence { start_sequence: self.position.seq.next().0 };
        let deliveries = Deliveries::open(&self.log, "", from).await.map_err(unavailable)?;
        if self.failures > 0 {
            tracing::info!(after = self.position.seq.0, "reads the log again");
        }
        self.failures = 0;
        self.deliveries = Some(deliveries);
        Ok(())
    }

    async fn verify(&self) -> Result<(), ReadError> {
        let Position { seq, chain: expected } = self.position;
        if self.position == Position::START {
            return Ok(());
        }
        let deadline = Instant::now() + ELECTION;
        loop {
            if let Some(entry) = self.log.get(seq).await? {
                let found = entry.chain().map_err(|e| ReadError::Undecodable { seq, source: e })?;
                let same = found == expected;
                return if same {
                    Ok(())
                } else {
                    Err(Break::Chain { seq, expected, found }.into())
                };
            }
            if Instant::now() > deadline {
                let end = self.log.end().await?;
                return Err(if end < seq {
                    Break::Short { read: seq, end }.into()
                } else {
                    Break::Missing { seq }.into()
                });
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    fn accept(&mut self, entry: Entry) -> Result<Entry, ReadError> {
        let seq = self.position.seq.next();
        if entry.seq != seq {
            return Err(Break::Missing { seq }.into());
        }
        let unreadable = |source| ReadError::Undecodable { seq, source };
        let expected = self.position.chain.then(entry.digest().map_err(unreadable)?);
        let found = entry.chain().map_err(unreadable)?;
        if found != expected {
            return Err(Break::Chain { seq, expected, found }.into());
        }
        self.position = Position { seq, chain: found };
        Ok(entry)
    }

    async fn wait(&mut self, cause: Cause) {
        self.deliveries = None;
        let after = self.position.seq.0;
        // The first attempt to go on is made at once: most runs end with a server that is back.
        if self.failures == 1 {
            let error = &*cause as &dyn std::error::Error;
            tracing::warn!(after, error, "cannot read the log; trying until it works");
        }
        drop(cause);
        let pause = Duration::from_millis(50 * u64::from(self.failures.min(20)));
        self.failures += 1;
        tokio::time::sleep(pause).await;
    }
}
