//! The newest messages under a subject. JetStream reads forwards only, so one begins so far before the
//! end that enough may be there, and else further before it.

use std::collections::VecDeque;

use async_nats::jetstream::stream::LastRawMessageErrorKind;

use crate::connection::{Connection, REQUEST_TIMEOUT};
use crate::direct_get::{self, Begin};
use crate::entry::Entry;
use crate::error::{ReadError, unavailable};
use crate::stream_name::StreamName;

/// So many are asked for at a time.
const BATCH: usize = 500;
/// The first look takes as many messages as are wanted, which are enough where one tenant makes most of them. So
/// many times further before the end the next one begins.
const FURTHER: u64 = 8;

/// The newest `limit` messages of the stream `name` under subjects like the stored `pattern`, or the newest of
/// those before a number, in their order; and whether there are others before them.
pub(crate) async fn newest(
    reading: &Connection,
    name: &StreamName,
    pattern: &str,
    before: Option<u64>,
    limit: usize,
) -> Result<(Vec<Entry>, bool), ReadError> {
    let Some(last) = last(reading, name, pattern).await? else { return Ok((vec![], false)) };
    let end = before.map_or(last + 1, |before| before.min(last + 1));
    let mut look = limit as u64 + 1;
    loop {
        let from = end.saturating_sub(look).max(1);
        let mut found = between(reading, name, pattern, (from, end), limit + 1).await?;
        if found.len() > limit || from == 1 {
            let more = found.len() > limit;
            if more {
                found.pop_front();
            }
            return Ok((found.into(), more));
        }
        look = look.saturating_mul(FURTHER);
    }
}

/// The number of the last message under subjects like `pattern`.
async fn last(
    reading: &Connection,
    name: &StreamName,
    pattern: &str,
) -> Result<Option<u64>, ReadError> {
    if !reading.is_up() {
        // The client would hold the question back until it times out.
        return Err(unavailable("there is no connection to NATS"));
    }
    let stream = reading.jetstream.get_stream_no_info(name.as_str()).await.map_err(unavailable)?;
    match stream.get_last_raw_message_by_subject(pattern).await {
        Ok(message) => Ok(Some(message.sequence)),
        Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(unavailable(error)),
    }
}

/// The last `most` between two numbers.
async fn between(
    reading: &Connection,
    name: &StreamName,
    pattern: &str,
    (mut from, end): (u64, u64),
    most: usize,
) -> Result<VecDeque<Entry>, ReadError> {
    let mut found = VecDeque::new();
    while from < end {
        let asked = direct_get::batch(reading, name, pattern, Begin::Seq(from), BATCH);
        let answered = tokio::time::timeout(REQUEST_TIMEOUT, asked).await;
        let page = answered.map_err(unavailable)?.map_err(ReadError::Unavailable)?;
        let Some(last) = page.last() else { break };
        from = last.seq.0 + 1;
        for entry in page.into_iter().filter(|entry| entry.seq.0 < end) {
            found.push_back(entry);
            if found.len() > most {
                found.pop_front();
            }
        }
    }
    Ok(found)
}
