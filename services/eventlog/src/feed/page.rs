//! Reading a part of a tenant's feed, without a consumer. Any replica answers, and may be behind; whoever
//! knows that there is more says so.

use std::time::Duration;

use events::Tenant;

use super::Feed;
use crate::connection::REQUEST_TIMEOUT;
use crate::direct_get::{self, Begin};
use crate::entry::Entry;
use crate::error::{Cause, ReadError, unavailable};

/// How many pages are read at a time by a process.
pub(super) const AT_ONCE: usize = 16;
/// Until a replica that lacks what is known to be there is asked again.
const RETRY_DELAY: Duration = Duration::from_millis(10);

/// Some messages of a tenant, in order.
#[derive(Clone, Debug, Default)]
pub struct FeedPage {
    /// The messages.
    pub entries: Vec<Entry>,
    /// The tenant has no others up to here than these and earlier ones.
    pub through: u64,
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
        direct_get::batch(&self.reading, &self.name, subject, Begin::Seq(after + 1), limit).await
    }
}
