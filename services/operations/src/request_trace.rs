//! What one request led to: its events, and whether each read model has them.

use std::time::Duration;

use eventlog::{Entry, Log, ReadError, Selection, Since};
use events::{Seq, Tenant, header};
use futures_util::{StreamExt as _, pin_mut};
use jiff::{SignedDuration, Timestamp};
use percent_encoding::percent_decode_str;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::{Uuid, Version};

use crate::person::answer::EventRef;

/// Ids that Rollcall makes say when the request came. It has its events within this time, or none.
const AFTER_ARRIVAL: SignedDuration = SignedDuration::from_mins(5);
/// How far clocks may be apart.
const CLOCKS_APART: SignedDuration = SignedDuration::from_secs(10);
/// How long a search may take: whoever asks is told how far it came.
const TIMEOUT: Duration = Duration::from_secs(30);

/// An event that a request caused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct TracedEvent {
    /// Whose.
    pub(crate) tenant: Tenant,
    /// Where it was published.
    pub(crate) subject: String,
    /// The event.
    #[serde(flatten)]
    pub(crate) event: EventRef,
    /// The W3C trace context of the request, if it had one.
    pub(crate) trace_parent: Option<String>,
}

/// Whether a read model has what a request caused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct TracedProjection {
    /// Which.
    pub(crate) projection: String,
    /// How many of the events are in it.
    pub(crate) applied: usize,
    /// The last event that is in it.
    pub(crate) position: u64,
    /// When it was moved last, if that is known: what is in it was applied by then.
    pub(crate) applied_by: Option<Timestamp>,
}

/// Where a request was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Searched {
    /// Events that the log took from here on.
    pub(crate) from: Timestamp,
    /// To here.
    pub(crate) to: Timestamp,
    /// How many there were.
    pub(crate) events: u64,
    /// The last that was looked at.
    pub(crate) position: u64,
    /// Whether all were looked at: a search ends after half a minute.
    pub(crate) complete: bool,
}

/// What one request led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Trace {
    /// The request, as its sender or Rollcall called it.
    pub(crate) request: String,
    /// When it arrived, if its id says so.
    pub(crate) arrived_at: Option<Timestamp>,
    /// Where it was looked for.
    pub(crate) searched: Searched,
    /// Its events. A request that changed nothing, or was refused, has none.
    pub(crate) events: Vec<TracedEvent>,
    /// The read models, if there are events.
    pub(crate) projections: Vec<TracedProjection>,
}

/// When a request arrived, if its id is one that Rollcall made, or is made like those.
pub(crate) fn arrival(request: &str) -> Option<Timestamp> {
    let id = Uuid::parse_str(request).ok()?;
    if id.get_version() != Some(Version::SortRand) {
        return None;
    }
    let (seconds, nanoseconds) = id.get_timestamp()?.to_unix();
    Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanoseconds).ok()?).ok()
}

/// Looks for a request's events: about when it arrived, or since a moment.
pub(crate) async fn search(
    log: &Log,
    request: &str,
    tenant: Option<&Tenant>,
    since: Option<Timestamp>,
    now: Timestamp,
) -> Result<Trace, ReadError> {
    let arrived_at = arrival(request);
    let (from, to) = match (since, arrived_at) {
        (Some(since), _) => (since, now),
        (None, Some(at)) => (at - CLOCKS_APART, (at + AFTER_ARRIVAL).min(now)),
        (None, None) => (now - SignedDuration::from_hours(24), now),
    };
    let deadline = tokio::time::Instant::now() + TIMEOUT;
    let selection =
        Selection { tenant: tenant.cloned(), since: Since::Time(from), ..Selection::default() };
    let entries = log.select(selection);
    pin_mut!(entries);
    let (mut events, mut looked_at, mut last, mut complete) = (vec![], 0, Seq(0), true);
    while let Some(entry) = entries.next().await {
        let entry = entry?;
        if entry.time().is_ok_and(|at| at > to + CLOCKS_APART) {
            break;
        }
        (looked_at, last) = (looked_at + 1, entry.seq);
        if is_of(&entry, request) {
            events.push(traced(&entry)?);
        }
        if looked_at % 256 == 0 && tokio::time::Instant::now() > deadline {
            complete = false;
            break;
        }
    }
    Ok(Trace {
        request: request.to_owned(),
        arrived_at,
        searched: Searched { from, to, events: looked_at, position: last.0, complete },
        events,
        projections: vec![],
    })
}

/// Whether a request of this id caused an event; the header is encoded where it has to be.
fn is_of(entry: &Entry, request: &str) -> bool {
    let Some(told) = entry.header(header::REQUEST) else { return false };
    told == request
        || percent_decode_str(told).decode_utf8().is_ok_and(|told| told.as_ref() == request)
}

fn traced(entry: &Entry) -> Result<TracedEvent, ReadError> {
    let recorded =
        entry.read().map_err(|source| ReadError::Undecodable { seq: entry.seq, source })?;
    Ok(TracedEvent {
        tenant: recorded.tenant().clone(),
        subject: entry.subject().to_owned(),
        event: EventRef::of(&recorded),
        trace_parent: recorded.envelope.trace_parent,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_ours_says_when_its_request_arrived_and_others_do_not() {
        let before = eventlog::clock::now();
        let arrived = arrival(&eventlog::ids::uuid_v7().to_string()).expect("a time");
        let apart = arrived.duration_since(before).abs();
        assert!(apart < SignedDuration::from_secs(5), "{apart:?}");
        for other in ["abc", "7d444840-9dc0-11d1-b245-5ffdce74fad2", ""] {
            assert_eq!(arrival(other), None, "{other}");
        }
    }
}
