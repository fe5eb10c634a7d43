//! Publishing to a stream: one message, or several as one atomic batch, if the stream still ends where
//! the writer thinks.

use async_nats::client::{Client, Request, RequestErrorKind};
use async_nats::header::{
    HeaderMap, HeaderName, NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL, NATS_BATCH_ID,
    NATS_BATCH_SEQUENCE, NATS_EXPECTED_LAST_SEQUENCE,
};
use async_nats::jetstream::{self, ErrorCode};
use bytes::Bytes;
use serde::Deserialize;
use uuid::Uuid;

use crate::append::AppendError;
use crate::connection::{Connection, REQUEST_TIMEOUT};
use crate::seal::Sealed;
use crate::stream_name::StreamName;

/// A message as it is to be published.
pub(crate) struct Outgoing<'m> {
    /// The subject under which the stream keeps it.
    pub(crate) subject: String,
    pub(crate) headers: &'m [(&'static str, String)],
    pub(crate) body: &'m Bytes,
}

impl<'m> Outgoing<'m> {
    /// An event of the log.
    pub(crate) fn of_log(stream: &StreamName, event: &'m Sealed) -> Self {
        let subject = stream.stored(&event.subject);
        Self { subject, headers: &event.headers, body: &event.body }
    }

    /// Its size, as the server counts it.
    pub(crate) fn size(&self) -> usize {
        let headers: usize =
            self.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
        headers + self.body.len()
    }
}

/// Publishes all of these or none, if the stream still ends at `after`.
///
/// One is one publish; several are one atomic batch (ADR-50), of which only the first message may
/// carry the expectation.
pub(crate) async fn publish(
    connection: &Connection,
    after: u64,
    messages: &[Outgoing<'_>],
) -> Result<(), AppendError> {
    let Some((last, front)) = messages.split_last() else { return Ok(()) };
    let mut outages = connection.outages.clone();
    outages.mark_unchanged();
    // The client buffers what is sent while the connection is down, and would write it when the
    // caller has long been told that it failed.
    if !connection.is_up() {
        return Err(AppendError::Unavailable("there is no connection to NATS".into()));
    }
    let id = (!front.is_empty()).then(Uuid::now_v7);
    for (index, message) in front.iter().enumerate() {
        let headers = headers(message, after, id, index, false);
        connection
            .client
            .publish_with_headers(message.subject.clone(), headers, message.body.clone())
            .await
            .map_err(|error| AppendError::Unknown(error.into()))?;
    }
    let headers = headers(last, after, id, front.len(), true);
    let answer = tokio::select! {
        answer = publish_and_wait(&connection.client, last, headers) => answer?,
        // The answer will not come any more.
        _ = outages.changed() => {
            return Err(AppendError::Unknown("the connection was lost".into()));
        }
    };
    let expected = after + messages.len() as u64;
    if answer.sequence == expected {
        return Ok(());
    }
    // The server numbers without gaps, so this cannot be our batch where we expect it.
    let found = format!("the stream put message {expected} at {}", answer.sequence);
    Err(AppendError::Unknown(found.into()))
}

/// The headers of the message that is number `index` of a batch, or of a single one.
fn headers(
    message: &Outgoing<'_>,
    after: u64,
    batch: Option<Uuid>,
    index: usize,
    last: bool,
) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in message.headers {
        headers.insert(HeaderName::from_static(name), value.as_str());
    }
    if index == 0 {
        headers.insert(NATS_EXPECTED_LAST_SEQUENCE, after.to_string());
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
    message: &Outgoing<'_>,
    headers: HeaderMap,
) -> Result<Written, AppendError> {
    let request = Request::new()
        .headers(headers)
        .payload(message.body.clone())
        .timeout(Some(REQUEST_TIMEOUT));
    let answer =
        client.send_request(message.subject.clone(), request).await.map_err(|error| match error
            .kind()
        {
            RequestErrorKind::MaxPayloadExceeded => {
                AppendError::TooLarge { size: message.size(), limit: client.max_payload() }
            }
            RequestErrorKind::TimedOut
            | RequestErrorKind::NoResponders
            | RequestErrorKind::InvalidSubject
            | RequestErrorKind::Other => AppendError::Unknown(error.into()),
        })?;
    match serde_json::from_slice(&answer.payload) {
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
