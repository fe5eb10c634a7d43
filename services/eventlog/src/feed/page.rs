//! Reading a part of a tenant's feed, without a consumer: one question, and the messages as answers.
//!
//! JetStream's direct get takes a batch (ADR-31), which the client has no call for. Any replica answers
//! it, and may be behind; whoever knows that there is more says so.

use std::time::Duration;

use async_nats::header::{NATS_SEQUENCE, NATS_SUBJECT};
use async_nats::{Message, StatusCode};
use events::{Seq, Tenant};
use futures_util::StreamExt as _;
use serde::Serialize;

use super::Feed;
use crate::connection::REQUEST_TIMEOUT;
use crate::entry::Entry;
use crate::error::{Cause, ReadError, unavailable};

/// How many pages are read at a time by a process.
pub(super) const AT_ONCE: usize = 16;
/// What one page takes at most, but for its last message. All that are read at a time stay far below
/// what nats-server lets wait for a connection.
const MAX_BYTES: usize = 1 << 20;
/// Until a replica that lacks what is known to be there is asked again.
const RETRY_DELAY: Duration = Duration::from_millis(10);
/// The status of the message behind the last one of a batch.
const END_OF_BATCH: u16 = 204;

/// Some messages of a tenant, in order.
#[derive(Clone, Debug, Default)]
pub struct FeedPage {
    /// The messages.
    pub entries: Vec<Entry>,
    /// The tenant has no others up to here than these and earlier ones.
    pub through: u64,
}

/// The question.
#[derive(Serialize)]
struct Question<'q> {
    batch: usize,
    max_bytes: usize,
    seq: u64,
    next_by_subj: &'q str,
}

impl Feed {
    /// Up to `limit` messages of a tenant behind `after`; none if there are none now.
    ///
    /// `known` is the last message that the tenant is known to have, 0 if nothing is known. A replica
    /// that shows none while there is one is asked again.
    pub async fn page(
        &self,
        tenant: &Tenant,
        after: u64,
        limit: usize,
        known: u64,
    ) -> Result<FeedPage, ReadError> {
        let _turn = self.pages.acquire().await.map_err(unavailable)?;
        let subject = self.stored(&format!("feed.{tenant}.>"));
        let asked = async {
            loop {
                let mut entries =
                    self.ask(&subject, after, limit).await.map_err(ReadError::Unavailable)?;
                entries.truncate(limit);
                if let Some(last) = entries.last() {
                    return Ok(FeedPage { through: last.seq.0, entries });
                }
                if known <= after {
                    return Ok(FeedPage { entries, through: after });
                }
                // It may have been erased since; that, the leader knows.
                let last = self.last(Some(tenant)).await?;
                if last.is_none_or(|last| last.seq.0 <= after) {
                    return Ok(FeedPage { entries, through: known });
                }
                tokio::time::sleep(RETRY_DELAY).await;
            }
        };
        match tokio::time::timeout(REQUEST_TIMEOUT, asked).await {
            Ok(answered) => answered,
            Err(_late) => Err(unavailable("the feed's stream does not answer in time")),
        }
    }

    /// Up to `limit` messages behind `after` whose subjects match `subject`, as any replica knows them.
    pub async fn page_of(
        &self,
        subject: &str,
        after: u64,
        limit: usize,
    ) -> Result<FeedPage, ReadError> {
        let subject = self.stored(subject);
        let asked = self.ask(&subject, after, limit);
        let answered = tokio::time::timeout(REQUEST_TIMEOUT, asked).await;
        let entries = answered.map_err(unavailable)?.map_err(ReadError::Unavailable)?;
        let through = entries.last().map_or(after, |last| last.seq.0);
        Ok(FeedPage { entries, through })
    }

    async fn ask(&self, subject: &str, after: u64, limit: usize) -> Result<Vec<Entry>, Cause> {
        if !self.reading.is_up() {
            return Err("there is no connection to NATS".into());
        }
        // A batch of one has no end that is told.
        let batch = limit.max(2);
        let question =
            Question { batch, max_bytes: MAX_BYTES, seq: after + 1, next_by_subj: subject };
        let asked = serde_json::to_vec(&question)?.into();
        let client = &self.reading.client;
        let inbox = client.new_inbox();
        let mut answers = client.subscribe(inbox.clone()).await?;
        let place = format!("$JS.API.DIRECT.GET.{}", self.name);
        client.publish_with_reply(place, inbox, asked).await?;
        let mut entries = Vec::new();
        while let Some(answer) = answers.next().await {
            match answer.status {
                None => entries.push(self.entry(answer)?),
                Some(StatusCode::NOT_FOUND) => return Ok(entries),
                Some(status) if status.as_u16() == END_OF_BATCH => return Ok(entries),
                Some(status) => return Err(format!("a page of the feed: {status}").into()),
            }
        }
        Err("the connection was lost".into())
    }

    fn entry(&self, answer: Message) -> Result<Entry, Cause> {
        let Message { headers, payload, .. } = answer;
        let headers = headers.ok_or("an answer has no headers")?;
        let seq = headers.get(NATS_SEQUENCE).ok_or("an answer has no sequence")?;
        let seq = Seq(seq.as_str().parse()?);
        let subject = headers.get(NATS_SUBJECT).ok_or("an answer names no subject")?;
        let subject = subject.as_str().into();
        Ok(Entry::new(&self.name, seq, subject, headers, payload))
    }
}
