//! Where in the stream a place in a tenant's feed is.

use eventlog::{Entry, Feed, ReadError};
use events::Tenant;
use feed::header;

/// The tenant's own number of a message.
pub(crate) fn number_of(entry: &Entry) -> u64 {
    entry.header(header::SEQUENCE).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// The position of the tenant's event with this number, or of the last one before it.
pub(crate) async fn place_of(feed: &Feed, tenant: &Tenant, number: u64) -> Result<u64, ReadError> {
    if number == 0 {
        return Ok(0);
    }
    let found = last_where(feed, tenant, |entry| number_of(entry) <= number).await?;
    Ok(found.map_or(0, |entry| entry.seq.0))
}

/// The last of a tenant's messages for which something holds that holds for all before it, and for none
/// behind it; found by halving.
pub(crate) async fn last_where(
    feed: &Feed,
    tenant: &Tenant,
    holds: impl Fn(&Entry) -> bool,
) -> Result<Option<Entry>, ReadError> {
    let Some(last) = feed.last(Some(tenant)).await? else { return Ok(None) };
    if holds(&last) {
        return Ok(Some(last));
    }
    // It holds up to `found`, and from `high` on it does not.
    let (mut found, mut low, mut high) = (None, 0, last.seq.0);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let page = feed.page(tenant, middle - 1, 1, last.seq.0).await?;
        match page.entries.into_iter().next().filter(|entry| holds(entry)) {
            Some(entry) => {
                low = entry.seq.0;
                found = Some(entry);
            }
            None => high = middle,
        }
    }
    Ok(found)
}
