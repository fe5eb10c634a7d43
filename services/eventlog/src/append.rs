//! Writing to the log: all of a decision, or nothing.

use events::Position;

use crate::error::Cause;
use crate::log::Log;
use crate::publish::{Outgoing, publish};
use crate::seal::Sealed;

/// Why events were not appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Another writer was first. Nothing was written.
    #[error("somebody else has written to the log; catch up, and decide again")]
    Conflict,
    /// The events may have been written: see [`Log::was_appended`].
    #[error("the log gave no answer, so it may hold the events or not; read on, and look for them")]
    Unknown(#[source] Cause),
    /// There is no connection, or the server refused. Nothing was written.
    #[error("the log cannot be written to at present; try again shortly")]
    Unavailable(#[source] Cause),
    /// The disk, or the stream's limit, is reached. Nothing was written.
    #[error("the log is full; give its stream or its disk more room")]
    Full(#[source] Cause),
    /// Nothing was written.
    #[error("an event of {size} bytes is too large: the log takes {limit}")]
    TooLarge {
        /// The event's size in bytes.
        size: usize,
        /// The most bytes that the server takes.
        limit: usize,
    },
    /// Nothing was written.
    #[error("{0} events are too many for one decision: the log takes {max}", max = Log::MAX_BATCH)]
    TooMany(usize),
}

impl Log {
    /// The most events that can be appended together; the server's limit.
    pub const MAX_BATCH: usize = 1000;

    /// Appends events, all or nothing, if the log still ends at `after`.
    ///
    /// One event is one publish; several are one atomic batch (ADR-50), of which only the first
    /// message may carry the expectation. Single publishes are never in flight together: after a
    /// foreign write the first would be refused and the later ones stored.
    pub async fn append(&self, after: Position, batch: &[Sealed]) -> Result<(), AppendError> {
        self.check_sizes(batch)?;
        let outgoing: Vec<Outgoing<'_>> =
            batch.iter().map(|event| Outgoing::of_log(&self.name, event)).collect();
        publish(&self.main, after.seq.0, &outgoing).await
    }

    /// Whether an event is small enough for the server.
    pub fn accepts(&self, event: &Sealed) -> bool {
        size(event) <= self.max_event_size()
    }

    /// The most bytes of an event. The server counts headers and body; 512 bytes are left for the
    /// headers of a batch.
    fn max_event_size(&self) -> usize {
        self.main.client.max_payload().saturating_sub(512)
    }

    fn check_sizes(&self, batch: &[Sealed]) -> Result<(), AppendError> {
        if batch.len() > Self::MAX_BATCH {
            return Err(AppendError::TooMany(batch.len()));
        }
        let limit = self.max_event_size();
        match batch.iter().map(size).max() {
            Some(size) if size > limit => Err(AppendError::TooLarge { size, limit }),
            Some(_) | None => Ok(()),
        }
    }
}

fn size(event: &Sealed) -> usize {
    let headers: usize =
        event.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    headers + event.body.len()
}
