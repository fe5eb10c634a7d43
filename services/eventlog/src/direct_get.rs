//! Some messages of a stream, without a consumer: one question, and the messages as answers.
//!
//! JetStream's direct get takes a batch (ADR-31), which the client has no call for. Any replica answers
//! it, and may be behind; whoever knows that there is more says so.

use async_nats::header::{NATS_SEQUENCE, NATS_SUBJECT};
use async_nats::{Message, StatusCode};
use events::Seq;
use futures_util::StreamExt as _;
use jiff::Timestamp;
use serde::Serialize;

use crate::connection::Connection;
use crate::entry::Entry;
use crate::error::Cause;
use crate::stream_name::StreamName;

/// What one answer takes at most, but for its last message. All that are read at a time stay far below
/// what nats-server lets wait for a connection.
const MAX_BYTES: usize = 1 << 20;
/// The status of the message behind the last one of a batch.
const END_OF_BATCH: u16 = 204;

/// Where to begin.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Begin {
    /// At this message, or behind it.
    Seq(u64),
    /// At the first message from this time on.
    StartTime(Timestamp),
}

/// The question.
#[derive(Serialize)]
struct Question<'q> {
    batch: usize,
    max_bytes: usize,
    #[serde(flatten)]
    begin: Begin,
    next_by_subj: &'q str,
}

/// Up to `limit` messages, or one more, of the stream `name` under subjects like the stored `subject`.
pub(crate) async fn batch(
    reading: &Connection,
    name: &StreamName,
    subject: &str,
    begin: Begin,
    limit: usize,
) -> Result<Vec<Entry>, Cause> {
    if !reading.is_up() {
        return Err("there is no connection to NATS".into());
    }
    // A batch of one has no end that is told.
    let batch = limit.max(2);
    let question = Question { batch, max_bytes: MAX_BYTES, begin, next_by_subj: subject };
    let asked = serde_json::to_vec(&question)?.into();
    let client = &reading.client;
    let inbox = client.new_inbox();
    let mut answers = client.subscribe(inbox.clone()).await?;
    let place = format!("$JS.API.DIRECT.GET.{name}");
    client.publish_with_reply(place, inbox, asked).await?;
    let mut entries = Vec::new();
    while let Some(answer) = answers.next().await {
        match answer.status {
            None => entries.push(entry(name, answer)?),
            Some(StatusCode::NOT_FOUND) => return Ok(entries),
            Some(status) if status.as_u16() == END_OF_BATCH => return Ok(entries),
            Some(status) => return Err(format!("some messages of {name}: {status}").into()),
        }
    }
    Err("the connection was lost".into())
}

fn entry(name: &StreamName, answer: Message) -> Result<Entry, Cause> {
    let Message { headers, payload, .. } = answer;
    let headers = headers.ok_or("an answer has no headers")?;
    let seq = headers.get(NATS_SEQUENCE).ok_or("an answer has no sequence")?;
    let seq = Seq(seq.as_str().parse()?);
    let subject = headers.get(NATS_SUBJECT).ok_or("an answer names no subject")?;
    let subject = subject.as_str().into();
    Ok(Entry::new(name, seq, subject, headers, payload))
}
