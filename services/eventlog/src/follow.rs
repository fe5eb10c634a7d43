//! Reading the whole log, and on as it grows.

use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use events::{Position, Seq};
use futures_util::{Stream, stream};
use tokio::time::Instant;

use crate::connection::Connection;
use crate::entry::Entry;
use crate::ephemeral_consumer::{EphemeralConsumer, FetchSize};
use crate::error::{Break, Cause, ReadError, unavailable};
use crate::log::{ELECTION_TIMEOUT, Log};
use crate::tombstones::link;

/// How long nothing may come before the reader asks whether there is something. A server that lost
/// the messages it counts, or the stream itself, would be waited for in vain.
const IDLE_TIMEOUT: Duration = Duration::from_secs(3);
/// Between two looks at what a new leader may not show yet.
const REREAD_DELAY: Duration = Duration::from_millis(200);

impl Log {
    /// Every event after `after`, in order, and on from there as they come, for ever.
    ///
    /// The chain is checked on the way, `after` included, also over positions whose events were
    /// erased. An outage is waited out; an event that is missing, altered, out of line or unreadable
    /// is an error, and ends the stream.
    pub fn follow(
        &self,
        after: Position,
    ) -> impl Stream<Item = Result<Entry, ReadError>> + Send + use<> {
        self.follow_in_steps(after, FetchSize::LARGE)
    }

    /// The same with a choice of how much is fetched at a time.
    pub(crate) fn follow_in_steps(
        &self,
        after: Position,
        size: FetchSize,
    ) -> impl Stream<Item = Result<Entry, ReadError>> + Send + use<> {
        let follower = Follower {
            log: self.clone(),
            size,
            position: after,
            connection: None,
            consumer: None,
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
    size: FetchSize,
    position: Position,
    /// Its own: see [`crate::connection`].
    connection: Option<Connection>,
    consumer: Option<EphemeralConsumer>,
    /// How many attempts in a row have failed.
    failures: u32,
    /// Whether an event was there, and not delivered, at the last look.
    overdue: bool,
}

impl Follower {
    async fn next(&mut self) -> Result<Entry, ReadError> {
        loop {
            let outcome = match &mut self.consumer {
                Some(consumer) => tokio::time::timeout(IDLE_TIMEOUT, consumer.next()).await,
                None => match self.resume().await {
                    Ok(()) => continue,
                    Err(ReadError::Unavailable(cause)) => Ok(Err(cause)),
                    Err(error) => return Err(error),
                },
            };
            match outcome {
                Ok(Ok(entry)) => match self.accept(entry).await {
                    // The position has not moved, so that the event is delivered again.
                    Err(ReadError::Unavailable(cause)) => self.wait(cause).await,
                    outcome => return outcome,
                },
                Ok(Err(cause)) => self.wait(cause).await,
                Err(_idle) => match self.is_behind().await {
                    Ok(behind) if behind && self.overdue => {
                        self.wait("the server holds events and does not deliver them".into()).await;
                    }
                    Ok(behind) => self.overdue = behind,
                    Err(ReadError::Unavailable(cause)) => self.wait(cause).await,
                    Err(error) => return Err(error),
                },
            }
        }
    }

    /// Makes a consumer from here on, if the log still is the one that was read so far.
    async fn resume(&mut self) -> Result<(), ReadError> {
        self.verify_position().await?;
        let connection = match &self.connection {
            Some(connection) => connection,
            None => self.connection.insert(self.log.connect_reader().await.map_err(unavailable)?),
        };
        let from = DeliverPolicy::ByStartSequence { start_sequence: self.position.seq.next().0 };
        let made =
            EphemeralConsumer::create(connection, &self.log.name, None, from, self.size).await;
        let consumer = made.map_err(unavailable)?;
        if self.failures > 0 {
            tracing::info!(after = self.position.seq.0, "reads the log again");
        }
        self.failures = 0;
        self.consumer = Some(consumer);
        Ok(())
    }

    /// Checks that the log still holds the last event that was read from it, or says that it was
    /// erased.
    async fn verify_position(&self) -> Result<(), ReadError> {
        let Position { seq, chain: expected } = self.position;
        let deadline = Instant::now() + ELECTION_TIMEOUT;
        loop {
            let asked = if self.position == Position::START {
                self.log.end().await.map(|_| None)
            } else {
                self.log.position_at(seq).await
            };
            let found = match asked {
                Ok(None) if self.position == Position::START => return Ok(()),
                Ok(found) => found,
                Err(ReadError::Broken(Break::NoStream)) if Instant::now() < deadline => None,
                Err(error) => return Err(error),
            };
            if let Some(Position { chain: found, .. }) = found {
                return if found == expected {
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
            tokio::time::sleep(REREAD_DELAY).await;
        }
    }

    /// Nothing comes: whether there is an event to come. An error says why those that the server
    /// counts cannot be read.
    async fn is_behind(&self) -> Result<bool, ReadError> {
        self.verify_position().await?;
        let mut next = self.position.seq.next();
        let deadline = Instant::now() + ELECTION_TIMEOUT;
        while self.log.end().await? >= next {
            if self.log.get(next).await?.is_some() {
                return Ok(true);
            }
            let unnamed = self.first_unnamed().await?;
            if unnamed > next {
                // What was looked for was erased.
                next = unnamed;
                continue;
            }
            if Instant::now() > deadline {
                return Err(Break::Missing { seq: next }.into());
            }
            tokio::time::sleep(REREAD_DELAY).await;
        }
        Ok(false)
    }

    /// The first position behind the reader's that no erasure names.
    async fn first_unnamed(&self) -> Result<Seq, ReadError> {
        Ok(self.log.known_erasures().await?.tombstones.first_unnamed(self.position.seq))
    }

    async fn accept(&mut self, entry: Entry) -> Result<Entry, ReadError> {
        let mut before = self.position;
        if entry.seq != before.seq.next() {
            before = self.cross_hole(entry.seq).await?;
        }
        let seq = entry.seq;
        let unreadable = |source| ReadError::Undecodable { seq, source };
        let digest = entry.digest().map_err(unreadable)?;
        self.position = link(before, digest, entry.chain().map_err(unreadable)?)?;
        self.overdue = false;
        Ok(entry)
    }

    /// The position before `next`, if all events between were erased. The replica that delivers may
    /// be ahead of the leader that is asked for the erasures.
    async fn cross_hole(&self, next: Seq) -> Result<Position, ReadError> {
        let deadline = Instant::now() + ELECTION_TIMEOUT;
        loop {
            let crossed = self.log.known_erasures().await?.tombstones.cross(self.position, next);
            match crossed {
                Err(Break::Missing { .. }) if Instant::now() < deadline => {
                    tokio::time::sleep(REREAD_DELAY).await;
                }
                outcome => return Ok(outcome?),
            }
        }
    }

    async fn wait(&mut self, cause: Cause) {
        self.consumer = None;
        self.overdue = false;
        let after = self.position.seq.0;
        // The first attempt to go on is made at once: most consumers end with a server that is back.
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
