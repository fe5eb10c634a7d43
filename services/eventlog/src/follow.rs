//! Reading the whole log, and on as it grows.

use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use events::Position;
use futures_util::{Stream, stream};
use tokio::time::Instant;

use crate::Cause;
use crate::connection::Connection;
use crate::deliveries::{Deliveries, Request};
use crate::read::unavailable;
use crate::{Break, Entry, Log, ReadError};

/// A new leader may need a moment until it shows all that the old one had acknowledged.
pub(crate) const ELECTION: Duration = Duration::from_secs(5);

/// How long nothing may come before the reader asks whether there is something. A server that lost
/// the messages it counts, or the stream itself, would be waited for in silence.
const SILENCE: Duration = Duration::from_secs(3);

impl Log {
    /// Every event after `after`, in order, and on from there as they come, for ever.
    ///
    /// The chain is checked on the way, `after` included. An outage is waited out; an event that is
    /// missing, altered, out of line or unreadable is an error, and ends the stream.
    pub fn follow(
        &self,
        after: Position,
    ) -> impl Stream<Item = Result<Entry, ReadError>> + Send + use<> {
        self.followed(after, Request::LARGE)
    }

    /// The same in small steps, for a reader that must not be in anybody's way.
    pub(crate) fn followed(
        &self,
        after: Position,
        request: Request,
    ) -> impl Stream<Item = Result<Entry, ReadError>> + Send + use<> {
        let follower = Follower {
            log: self.clone(),
            request,
            position: after,
            connection: None,
            deliveries: None,
            failures: 0,
            overdue: false,
        };
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
    request: Request,
    position: Position,
    /// Its own: see [`crate::connection`].
    connection: Option<Connection>,
    deliveries: Option<Deliveries>,
    /// How many attempts in a row have failed.
    failures: u32,
    /// Whether the server held an event back when it was asked last.
    overdue: bool,
}

impl Follower {
    async fn next(&mut self) -> Result<Entry, ReadError> {
        loop {
            let outcome = match &mut self.deliveries {
                Some(deliveries) => tokio::time::timeout(SILENCE, deliveries.next()).await,
                None => match self.resume().await {
                    Ok(()) => continue,
                    Err(ReadError::Unavailable(cause)) => Ok(Err(cause)),
                    Err(error) => return Err(error),
                },
            };
            match outcome {
                Ok(Ok(entry)) => return self.accept(entry),
                Ok(Err(cause)) => self.wait(cause).await,
                Err(_silent) => match self.look().await {
                    Ok(waits) if waits && self.overdue => {
                        self.wait("the server holds events and does not deliver them".into()).await;
                    }
                    Ok(waits) => self.overdue = waits,
                    Err(ReadError::Unavailable(cause)) => self.wait(cause).await,
                    Err(error) => return Err(error),
                },
            }
        }
    }

    /// Opens deliveries from here, if the log still is the one that was read so far.
    async fn resume(&mut self) -> Result<(), ReadError> {
        self.verify().await?;
        let connection = match &self.connection {
            Some(connection) => connection,
            None => self.connection.insert(self.log.connect().await.map_err(unavailable)?),
        };
        let from = DeliverPolicy::ByStartSequence { start_sequence: self.position.seq.next().0 };
        let opened = Deliveries::open(connection, "", from, self.request).await;
        let deliveries = opened.map_err(unavailable)?;
        if self.failures > 0 {
            tracing::info!(after = self.position.seq.0, "reads the log again");
        }
        self.failures = 0;
        self.deliveries = Some(deliveries);
        Ok(())
    }

    /// Checks that the log still holds the last event that was read from it.
    async fn verify(&self) -> Result<(), ReadError> {
        let Position { seq, chain: expected } = self.position;
        let deadline = Instant::now() + ELECTION;
        loop {
            let asked = if self.position == Position::START {
                self.log.end().await.map(|_| None)
            } else {
                self.log.get(seq).await
            };
            let found = match asked {
                Ok(None) if self.position == Position::START => return Ok(()),
                Ok(found) => found,
                Err(ReadError::Broken(Break::NoStream)) if Instant::now() < deadline => None,
                Err(error) => return Err(error),
            };
            if let Some(entry) = found {
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

    /// Nothing comes: is there nothing? Tells whether an event waits; an error says why those that
    /// the server counts cannot be read.
    async fn look(&self) -> Result<bool, ReadError> {
        self.verify().await?;
        let next = self.position.seq.next();
        let deadline = Instant::now() + ELECTION;
        while self.log.end().await? >= next {
            if self.log.get(next).await?.is_some() {
                return Ok(true);
            }
            if Instant::now() > deadline {
                return Err(Break::Missing { seq: next }.into());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(false)
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
        self.overdue = false;
        Ok(entry)
    }

    async fn wait(&mut self, cause: Cause) {
        self.deliveries = None;
        self.overdue = false;
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
