//! What can go wrong with the log.

use async_nats::jetstream::{self, ErrorCode};
use events::{Chain, Seq, Undecodable};

use crate::continuity::Loss;
use crate::stream_name::StreamName;

/// An underlying error, of whatever type.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the log cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// There is no connection to NATS.
    #[error("connect to NATS at {url}; is nats-server running there?")]
    Connect {
        /// Where NATS was looked for, without user and password.
        url: String,
        /// Why it was not reached.
        source: Cause,
    },
    /// The credentials file cannot be used.
    #[error("read the NATS credentials in {path}; is it a .creds file, with a JWT and a seed?")]
    Credentials {
        /// The file.
        path: String,
        /// Why it cannot be used.
        source: Cause,
    },
    /// The certificates to trust cannot be used.
    #[error("read the certificate authorities in {path}; write them in PEM")]
    Authorities {
        /// The file.
        path: String,
        /// Why it cannot be used.
        source: Cause,
    },
    /// The server knows no atomic batches.
    #[error("nats-server {found} cannot write several events at once; install 2.12 or later")]
    OldServer {
        /// The server's version.
        found: String,
    },
    /// The stream cannot be looked up or made.
    #[error("set up stream {stream}; is JetStream enabled on the server?")]
    Stream {
        /// The stream.
        stream: StreamName,
        /// What the server answered.
        source: Cause,
    },
    /// The stream's settings are not safe.
    #[error("stream {stream} would lose events: {faults}; correct its settings")]
    Lossy {
        /// The stream.
        stream: StreamName,
        /// What is wrong with its settings.
        faults: String,
    },
    /// A restore of the stream has begun and not ended.
    #[error(
        "stream {stream} is not whole: its restore has not ended; run `rollcall restore` again"
    )]
    HalfRestored {
        /// The stream.
        stream: StreamName,
    },
    /// The log does not hold what others have read from it.
    #[error(transparent)]
    Lost(#[from] Loss),
    /// Whether the log holds what others have read cannot be found out.
    #[error("compare the log with what is known of it")]
    Compare(#[from] ReadError),
    /// The high-water mark cannot be set.
    #[error("set the mark in bucket {bucket} to where the log ends")]
    Mark {
        /// The bucket that holds the mark.
        bucket: String,
        /// What the server answered.
        source: Cause,
    },
}

/// Why the log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The events do not form one chain.
    #[error(
        "the log's history is broken; stop writing, and compare it with another replica or a backup"
    )]
    Broken(#[from] Break),
    /// A message is no event.
    #[error("event {seq} of the log cannot be read; was it written by another program?")]
    Undecodable {
        /// Its position.
        seq: Seq,
        /// What is wrong with it.
        source: Undecodable,
    },
    /// The server gives no answer.
    #[error("the log cannot be read at present; try again shortly")]
    Unavailable(#[source] Cause),
    /// A selection names something that no subject can hold.
    #[error("{0:?} cannot be part of a subject; use a-z, 0-9 and -")]
    BadSelection(String),
}

/// Where history no longer fits together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    /// An event does not continue the chain.
    #[error(
        "event {seq} has chain value {found} and should have {expected}: it, or an event before it, was altered, or history has forked"
    )]
    Chain {
        /// The position of the event.
        seq: Seq,
        /// The chain value that follows from the events before it and its own digest.
        expected: Chain,
        /// The chain value that the event tells.
        found: Chain,
    },
    /// A position is empty, and no erasure names it.
    #[error("event {seq} is missing from the log, though later ones are there")]
    Missing {
        /// The position.
        seq: Seq,
    },
    /// An erasure names an event with other values than those that the chain has there.
    #[error(
        "event {seq} was erased, but the erasure tells chain value {found} where it should be {expected}: the erasure is wrong, or an event before it was altered"
    )]
    Erasure {
        /// The position of the erased event.
        seq: Seq,
        /// The chain value that follows from the events before it.
        expected: Chain,
        /// The chain value that the erasure tells.
        found: Chain,
    },
    /// The log ends before an event that was read from it.
    #[error("the log ends at event {end}, but event {read} was read from it before")]
    Short {
        /// The event that was read.
        read: Seq,
        /// Where the log ends.
        end: Seq,
    },
    /// There is no stream any more.
    #[error("the log's stream is gone")]
    NoStream,
}

pub(crate) fn is_no_stream(error: &jetstream::Error) -> bool {
    error.error_code() == ErrorCode::STREAM_NOT_FOUND
}

pub(crate) fn unavailable(cause: impl Into<Cause>) -> ReadError {
    ReadError::Unavailable(cause.into())
}
