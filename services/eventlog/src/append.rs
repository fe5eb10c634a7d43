//! Writing to the log: all of a decision, or nothing.

use async_nats::client::{Client, Request, RequestErrorKind};
use async_nats::header::{
    HeaderMap, HeaderName, NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL, NATS_BATCH_ID,
    NATS_BATCH_SEQUENCE, NATS_EXPECTED_LAST_SEQUENCE,
};
use async_nats::jetstream::{self, ErrorCode};
use events::Position;
use serde::Deserialize;
use uuid::Uuid;

use crate::connection::REQUEST_TIMEOUT;
use crate::error::Cause;
use crate::log::Log;
use crate::seal::Sealed;
use crate::stream_name::StreamName;

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
        let Some((last, front)) = batch.split_last() else { return Ok(()) };
        let mut outages = self.main.outages.clone();
        outages.mark_unchanged();
        // The client buffers what is sent while the connection is down, and would write it when the
        // caller has long been told that it failed.
        if !self.is_connected() {
            return Err(AppendError::Unavailable("there is no connection to NATS".into()));
        }
        let id = (!front.is_empty()).then(Uuid::now_v7);
        for (index, event) in front.iter().enumerate() {
            let headers = headers(event, after, id, index, false);
            self.main
                .client
                .publish_with_headers(self.name.stored(&event.subject), headers, event.body.clone())
                .await
                .map_err(|error| AppendError::Unknown(error.into()))?;
        }
        let headers = headers(last, after, id, front.len(), true);
        let answer = tokio::select! {
            answer = publish_and_wait(&self.main.client, &self.name, last, headers) => answer?,
            // The answer will not come any more.
            _ = outages.changed() => {
                return Err(AppendError::Unknown("the connection was lost".into()));
            }
        };
        let expected = after.seq.0 + batch.len() as u64;
        if answer.sequence == expected {
            return Ok(());
        }
        // The server numbers without gaps, so this cannot be our batch where we expect it.
        let found = format!("the log put event {expected} at {}", answer.sequence);
        Err(AppendError::Unknown(found.into()))
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

/// The headers of the message that is number `index` of a batch, or of a single one.
fn headers(
    event: &Sealed,
    after: Position,
    batch: Option<Uuid>,
    index: usize,
    last: bool,
) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &event.headers {
        headers.insert(HeaderName::from_static(name), value.as_str());
    }
    if index == 0 {
        headers.insert(NATS_EXPECTED_LAST_SEQUENCE, after.seq.to_string());
    }
    if let Some(batch) = batch {
        headers.insert(NATS_BATCH_ID, batch.to_string());
        headers.insert(NATS_BATCH_SEQUENCE, (index + 1).to_string());
        if last {
            headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
        }
    }
    headers
}

/// The acknowledgement of an append.
#[derive(Deserialize)]
struct Written {
    #[serde(rename = "seq")]
    sequence: u64,
}

async fn publish_and_wait(
    client: &Client,
    stream: &StreamName,
    event: &Sealed,
    headers: HeaderMap,
) -> Result<Written, AppendError> {
    let request =
        Request::new().headers(headers).payload(event.body.clone()).timeout(Some(REQUEST_TIMEOUT));
    let message =
        client.send_request(stream.stored(&event.subject), request).await.map_err(|error| {
            match error.kind() {
                RequestErrorKind::MaxPayloadExceeded => {
                    AppendError::TooLarge { size: size(event), limit: client.max_payload() }
                }
                RequestErrorKind::TimedOut
                | RequestErrorKind::NoResponders
                | RequestErrorKind::InvalidSubject
                | RequestErrorKind::Other => AppendError::Unknown(error.into()),
            }
        })?;
    match serde_json::from_slice(&message.payload) {
        Ok(jetstream::response::Response::Ok(written)) => Ok(written),
        Ok(jetstream::response::Response::Err { error }) => Err(append_error(error)),
        Err(error) => Err(AppendError::Unknown(error.into())),
    }
}

/// Errors that the server answers with before it writes anything.
const CHECKED_BEFORE_WRITING: [ErrorCode; 14] = [
    ErrorCode::JETSTREAM_NOT_ENABLED,
    ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT,
    ErrorCode::STREAM_SEALED,
    ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM,
    ErrorCode::STREAM_HEADER_EXCEEDS_MAXIMUM,
    ErrorCode::REQUIRED_API_LEVEL,
    ErrorCode::ATOMIC_PUBLISH_DISABLED,
    ErrorCode::ATOMIC_PUBLISH_MISSING_SEQ,
    ErrorCode::ATOMIC_PUBLISH_INCOMPLETE_BATCH,
    ErrorCode::ATOMIC_PUBLISH_UNSUPPORTED_HEADER,
    ErrorCode::ATOMIC_PUBLISH_INVALID_BATCH_ID,
    ErrorCode::ATOMIC_PUBLISH_INVALID_BATCH_COMMIT,
    ErrorCode::ATOMIC_PUBLISH_TOO_LARGE_BATCH,
    ErrorCode::ATOMIC_PUBLISH_TOO_MANY_INFLIGHT,
];

/// What an error of the server's means. A code that is not listed here may be of a later server, so
/// it says nothing about the events.
fn append_error(error: jetstream::Error) -> AppendError {
    const SUBJECT_IN_FLIGHT: ErrorCode = ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT;
    let full = error.to_string().contains("maximum");
    match error.error_code() {
        ErrorCode::STREAM_WRONG_LAST_SEQUENCE | SUBJECT_IN_FLIGHT => AppendError::Conflict,
        ErrorCode::STREAM_STORE_FAILED if full => AppendError::Full(error.into()),
        ErrorCode::INSUFFICIENT_RESOURCES
        | ErrorCode::STORAGE_RESOURCES_EXCEEDED
        | ErrorCode::ACCOUNT_RESOURCES_EXCEEDED => AppendError::Full(error.into()),
        code if CHECKED_BEFORE_WRITING.contains(&code) => AppendError::Unavailable(error.into()),
        _ => AppendError::Unknown(error.into()),
    }
}

#[cfg(test)]
mod tests;
