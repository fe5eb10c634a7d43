//! Looking something up in the log, and what can be wrong with it.

use std::time::Duration;

use async_nats::jetstream::stream::{LastRawMessageErrorKind, RawMessageErrorKind};
use async_nats::jetstream::{self, ErrorCode};
use events::{Chain, EventId, Position, Seq, Undecodable};
use tokio::time::Instant;

use crate::Cause;
use crate::{Entry, Log};

/// How long the question about a lost answer waits for a server that can tell: whoever wants to
/// write waits with it, and had better be told to come again.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why the log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(
        "the log's history is broken; stop writing, and compare it with another replica or a backup"
    )]
    Broken(#[from] Break),
    #[error("event {seq} of the log cannot be read; was it written by another program?")]
    Undecodable { seq: Seq, source: Undecodable },
    #[error("the log cannot be read at present; try again shortly")]
    Unavailable(#[source] Cause),
    #[error("{0:?} cannot be part of a subject; use a-z, 0-9 and -")]
    BadSelection(String),
}

/// Where history no longer fits together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    #[error(
        "event {seq} has chain value {found} and should have {expected}: it, or an event before it, was altered, or history has forked"
    )]
    Chain { seq: Seq, expected: Chain, found: Chain },
    #[error("event {seq} is missing from the log, though later ones are there")]
    Missing { seq: Seq },
    #[error("the log ends at event {end}, but event {read} was read from it before")]
    Short { read: Seq, end: Seq },
    #[error("the log's stream is gone")]
    NoStream,
}

impl Log {
    /// The position of the last event; it may be inside a batch that is just being written.
    pub async fn end(&self) -> Result<Seq, ReadError> {
        Ok(self.extent().await?.ok_or(Break::NoStream)?.last)
    }

    /// The event at `seq`, as the stream's leader knows it: a replica may be behind.
    pub async fn get(&self, seq: Seq) -> Result<Option<Entry>, ReadError> {
        if seq.0 == 0 {
            return Ok(None);
        }
        match self.stream.get_raw_message(seq.0).await {
            Ok(message) => {
                let seq = Seq(message.sequence);
                Ok(Some(Entry::new(seq, message.subject, message.headers, message.payload)))
            }
            Err(error) => match error.kind() {
                RawMessageErrorKind::NoMessageFound => Ok(None),
                RawMessageErrorKind::JetStream(e) if is_no_stream(&e) => {
                    Err(Break::NoStream.into())
                }
                RawMessageErrorKind::JetStream(_)
                | RawMessageErrorKind::InvalidSubject
                | RawMessageErrorKind::Other => Err(unavailable(error)),
            },
        }
    }

    /// The last event on one subject, as the stream's leader knows it.
    pub async fn last_on(&self, subject: &str) -> Result<Option<Entry>, ReadError> {
        if !self.is_connected() {
            // The client would hold the question back until it times out.
            return Err(unavailable("there is no connection to NATS"));
        }
        match self.stream.get_last_raw_message_by_subject(subject).await {
            Ok(message) => {
                let seq = Seq(message.sequence);
                Ok(Some(Entry::new(seq, message.subject, message.headers, message.payload)))
            }
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// The last event, if there is any.
    pub async fn last(&self) -> Result<Option<Entry>, ReadError> {
        self.get(self.end().await?).await
    }

    /// Whether the events that were to follow `after`, of which `first` is the first, are in the
    /// log: the question to ask after [`AppendError::Unknown`](crate::AppendError::Unknown). An
    /// append is all or nothing, so the first one answers for all.
    ///
    /// A no is of this moment: the append may still be on its way. It can do no harm, for it
    /// expects the end that your next append expects too, and only one of them can find it.
    pub async fn was_appended(&self, after: Position, first: EventId) -> Result<bool, ReadError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let asked = if self.is_connected() {
                self.get(after.seq.next()).await
            } else {
                // The client would hold the question back until it times out.
                Err(unavailable("there is no connection to NATS"))
            };
            match asked {
                Ok(found) => return Ok(found.is_some_and(|entry| entry.id().ok() == Some(first))),
                Err(ReadError::Unavailable(_)) if Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

pub(crate) fn is_no_stream(error: &jetstream::Error) -> bool {
    error.error_code() == ErrorCode::STREAM_NOT_FOUND
}

pub(crate) fn unavailable(cause: impl Into<Cause>) -> ReadError {
    ReadError::Unavailable(cause.into())
}
