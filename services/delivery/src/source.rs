//! The feed as subscribers read it: its end from memory, what is further back from the stream.

mod item;
mod stored;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use eventlog::Feed;
use events::Tenant;
use futures_util::StreamExt as _;

pub(crate) use item::Item;
pub(crate) use stored::SourceError;

use crate::feed_watch::{FeedWatch, TenantWatch};
use crate::messages::is_marker;
use crate::places::place_of;
use crate::recent::{Recent, Stretch};
use stored::Stored;

/// How much of the feed is held in memory, in bytes.
const CAPACITY: usize = 32 * 1024 * 1024;

/// The feed as subscribers read it. One reader fills it, whoever wants reads.
#[derive(Debug)]
pub(crate) struct Source {
    stored: Stored,
    recent: Mutex<Recent<Item>>,
    watch: FeedWatch,
}

impl Source {
    /// A source that holds nothing yet, and is fed from behind `position` on.
    fn after_position(feed: Feed, position: u64) -> Self {
        let recent = Mutex::new(Recent::after_position(position, CAPACITY));
        Self { stored: Stored(feed), recent, watch: FeedWatch::default() }
    }

    /// A source that is fed as long as the future beside it is polled.
    pub(crate) async fn start(
        feed: Feed,
    ) -> Result<(Arc<Self>, impl Future<Output = Result<(), SourceError>>), SourceError> {
        let end = feed.end().await?.seq;
        let source = Arc::new(Self::after_position(feed.clone(), end));
        let filled = Arc::clone(&source);
        let feeding = async move {
            let mut entries = std::pin::pin!(feed.follow(end));
            while let Some(entry) = entries.next().await {
                let entry = entry?;
                if !is_marker(&entry) {
                    filled.push(stored::item(&entry)?);
                }
            }
            Ok(())
        };
        Ok((source, feeding))
    }

    /// The next event.
    fn push(&self, item: Item) {
        let (tenant, position, size) = (item.tenant.clone(), item.position, item.size());
        lock(&self.recent).push(&tenant, position, Arc::new(item), size);
        self.watch.note(&tenant, position);
    }

    /// The stream.
    pub(crate) fn feed(&self) -> &Feed {
        &self.stored.0
    }

    /// Tells when the tenant's feed has more.
    pub(crate) fn watch(&self, tenant: &Tenant) -> TenantWatch {
        self.watch.of(tenant)
    }

    /// What a tenant's feed has behind a position, at most `max` events.
    pub(crate) async fn read(
        &self,
        tenant: &Tenant,
        after: u64,
        max: usize,
    ) -> Result<Stretch<Item>, SourceError> {
        let end = {
            let recent = lock(&self.recent);
            if let Some(stretch) = recent.after(tenant, after, max) {
                return Ok(stretch);
            }
            recent.end()
        };
        self.stored.read(tenant, after, max, end).await
    }

    /// The event of a tenant at a position, unless it is not there any more.
    pub(crate) async fn at(
        &self,
        tenant: &Tenant,
        position: u64,
    ) -> Result<Option<Arc<Item>>, SourceError> {
        self.stored.at(tenant, position).await
    }

    /// The position of the tenant's event with this number, or of the last one before it.
    pub(crate) async fn place_of(&self, tenant: &Tenant, number: u64) -> Result<u64, SourceError> {
        Ok(place_of(&self.stored.0, tenant, number).await?)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
