//! Some of a tenant's recorded requests.

use eventlog::{ReadError, RequestLog, RequestMessage};
use events::Tenant;
use jiff::{SignedDuration, Timestamp};
use requests::{RequestRecord, Selected};

use crate::request_trace::arrival;

/// So many are asked for at a time.
const BATCH: usize = 500;
/// How long after it was made a request is recorded at the latest, and how far clocks are apart.
const AROUND: SignedDuration = SignedDuration::from_mins(5);

/// Which requests.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) tenant: &'a Tenant,
    pub(crate) selected: &'a Selected,
    /// How many at most.
    pub(crate) limit: usize,
}

/// Some requests, each with its number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub(crate) requests: Vec<(u64, RequestRecord)>,
    /// Whether there are others behind them.
    pub(crate) more: bool,
}

/// The newest ones, or the newest of those before a number; the newest first.
pub(crate) async fn newest(
    log: &RequestLog,
    wanted: &Wanted<'_>,
    before: Option<u64>,
) -> Result<Page, ReadError> {
    let pattern = wanted.selected.pattern(wanted.tenant);
    let (found, more) = log.newest(&pattern, before, wanted.limit).await?;
    Ok(Page { requests: found.iter().rev().filter_map(read).collect(), more })
}

/// Those behind a number, the oldest first.
pub(crate) async fn later(
    log: &RequestLog,
    wanted: &Wanted<'_>,
    after: u64,
) -> Result<Page, ReadError> {
    let pattern = wanted.selected.pattern(wanted.tenant);
    let mut found = log.page(&pattern, after + 1, wanted.limit + 1).await?;
    let more = found.len() > wanted.limit;
    found.truncate(wanted.limit);
    Ok(Page { requests: found.iter().filter_map(read).collect(), more })
}

/// Those with this id: a client may use one twice. They are looked for about when the request arrived,
/// which an id of ours says, or else `at`.
pub(crate) async fn of_request(
    log: &RequestLog,
    wanted: &Wanted<'_>,
    request: &str,
    at: Option<Timestamp>,
) -> Result<Page, ReadError> {
    let pattern = wanted.selected.pattern(wanted.tenant);
    let Some(at) = arrival(request).or(at) else { return Ok(Page::default()) };
    let mut requests = Vec::new();
    let mut page = log.page_since(&pattern, at - AROUND, BATCH).await?;
    while let Some(last) = page.last() {
        let next = last.seq + 1;
        let records: Vec<_> = page.iter().filter_map(read).collect();
        let is_past = records.last().is_some_and(|(_, last)| last.at > at + AROUND);
        requests.extend(records.into_iter().filter(|(_, record)| record.request == request));
        if is_past || requests.len() >= wanted.limit {
            break;
        }
        page = log.page(&pattern, next, BATCH).await?;
    }
    requests.truncate(wanted.limit);
    Ok(Page { requests, more: false })
}

/// A record that this program can read: one of a later release may have another form.
fn read(message: &RequestMessage) -> Option<(u64, RequestRecord)> {
    Some((message.seq, serde_json::from_slice(&message.body).ok()?))
}
