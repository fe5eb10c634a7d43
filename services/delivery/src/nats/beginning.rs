//! Where in the stream a place in a tenant's feed is.

use eventlog::{Feed, ReadError};
use events::Tenant;

/// The place in the stream behind which a tenant's messages with a higher `ce-sequence` than `sequence` are,
/// found by halving.
pub(super) async fn beginning(
    feed: &Feed,
    tenant: &Tenant,
    sequence: u64,
) -> Result<u64, ReadError> {
    // All up to `low` are before the place, and none behind `high` is.
    let (mut low, mut high) = (0, feed.end().await?.seq);
    while low < high {
        let middle = low + (high - low) / 2;
        let page = feed.page(tenant, middle, 1, 0).await?;
        match page.entries.first() {
            Some(entry) if numbered(entry) <= sequence => low = entry.seq.0,
            Some(_) | None => high = middle,
        }
    }
    Ok(low)
}

/// The tenant's own number of a message.
fn numbered(entry: &eventlog::Entry) -> u64 {
    entry.header(feed::header::SEQUENCE).and_then(|text| text.parse().ok()).unwrap_or(0)
}
