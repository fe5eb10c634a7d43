//! Reading on in a tenant's feed.

use eventlog::{Entry, Feed, ReadError};
use events::Tenant;
use feed::{cloud_event, header};

use super::query::Types;

/// Messages that are looked at for one page, and so at most are passed over without one that is wanted.
const MAX_LOOKED_AT: usize = 5_000;
/// Messages that are asked for at a time, when few of them are wanted.
const AT_A_TIME: usize = 500;
/// Bytes of a page, but for its last event.
const MAX_BYTES: usize = 4 << 20;

/// An event as JSON: CloudEvents 1.0, structured mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShownEvent {
    /// Its place in the feed.
    pub(crate) seq: u64,
    /// Its `type`.
    pub(crate) kind: String,
    pub(crate) json: String,
}

/// Some events in a row, of those that are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct EventPage {
    pub(crate) events: Vec<ShownEvent>,
    /// All wanted events up to here are in this page or before it.
    pub(crate) through: u64,
    /// Whether there is more to be read already.
    pub(crate) has_more: bool,
}

/// Why no page could be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    #[error(transparent)]
    Read(#[from] ReadError),
    /// What is in the feed was not written by us.
    #[error("message {seq} of the feed is no event of ours")]
    NoEvent { seq: u64, source: feed::NotAnEvent },
}

/// Up to `limit` events of a tenant behind `after`, of the wanted types. `known` is the last message
/// that the tenant is known to have.
pub(crate) async fn read(
    feed: &Feed,
    tenant: &Tenant,
    after: u64,
    types: &Types,
    limit: usize,
    known: u64,
) -> Result<EventPage, PageError> {
    let mut page = EventPage { through: after, ..EventPage::default() };
    let (mut looked_at, mut bytes) = (0, 0);
    loop {
        let wanted = if types.is_everything() { limit - page.events.len() } else { AT_A_TIME };
        let found = feed.page(tenant, page.through, wanted, known).await?;
        if found.entries.is_empty() {
            page.through = page.through.max(found.through);
            page.has_more = false;
            return Ok(page);
        }
        for entry in &found.entries {
            looked_at += 1;
            if entry.header(header::TYPE).is_some_and(|kind| types.include(kind)) {
                let shown = show(entry)?;
                bytes += shown.json.len();
                page.events.push(shown);
            }
            page.through = entry.seq.0;
            page.has_more = true;
            let is_full = page.events.len() >= limit || bytes >= MAX_BYTES;
            if is_full || looked_at >= MAX_LOOKED_AT {
                return Ok(page);
            }
        }
    }
}

fn show(entry: &Entry) -> Result<ShownEvent, PageError> {
    let seq = entry.seq.0;
    let event = cloud_event(|name| entry.header(name), entry.body())
        .map_err(|source| PageError::NoEvent { seq, source })?;
    let kind = event.get("type").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned();
    let json = serde_json::to_string(&event).expect("an event has text keys only");
    Ok(ShownEvent { seq, kind, json })
}
