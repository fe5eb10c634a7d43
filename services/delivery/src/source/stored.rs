//! The feed on its stream.

use std::sync::Arc;

use eventlog::{Entry, Feed, ReadError};
use events::Tenant;

use super::item::{BadItem, Item};
use crate::recent::Stretch;

/// The feed on its stream.
#[derive(Clone, Debug)]
pub(super) struct Stored(pub(super) Feed);

/// Why the feed cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    /// The stream cannot be read.
    #[error("read the feed")]
    Stream(#[from] ReadError),
    /// What it holds is no event.
    #[error("message {position} of the feed is no event")]
    BadItem {
        /// Where it is.
        position: u64,
        /// Why it is none.
        source: BadItem,
    },
}

impl Stored {
    /// What a tenant's feed has behind a position. It is known to have nothing up to `end`, if it
    /// has nothing at all behind `after`.
    pub(super) async fn read(
        &self,
        tenant: &Tenant,
        after: u64,
        max: usize,
        end: u64,
    ) -> Result<Stretch<Item>, SourceError> {
        let mut page = self.0.page(tenant, after, max, 0).await?;
        if page.entries.is_empty() {
            // A replica may be behind; the leader is not.
            let last = self.0.last(Some(tenant)).await?.map_or(0, |last| last.seq.0);
            if last <= after {
                return Ok(Stretch { events: vec![], through: end.max(after) });
            }
            page = self.0.page(tenant, after, max, last).await?;
        }
        let events = page.entries.iter().map(|entry| Ok((entry.seq.0, Arc::new(item(entry)?))));
        let events = events.collect::<Result<_, SourceError>>()?;
        Ok(Stretch { events, through: page.through })
    }

    /// The event of a tenant at a position, unless it is not there any more.
    pub(super) async fn at(
        &self,
        tenant: &Tenant,
        position: u64,
    ) -> Result<Option<Arc<Item>>, SourceError> {
        let page = self.0.page(tenant, position.saturating_sub(1), 1, position).await?;
        let found = page.entries.iter().find(|entry| entry.seq.0 == position);
        found.map(|entry| item(entry).map(Arc::new)).transpose()
    }
}

/// One message as an event.
pub(super) fn item(entry: &Entry) -> Result<Item, SourceError> {
    let position = entry.seq.0;
    Item::read(position, entry.subject(), |name| entry.header(name), entry.body())
        .map_err(|source| SourceError::BadItem { position, source })
}
