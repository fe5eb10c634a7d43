//! The span of an append, in the trace of each request that it was made for.

use std::time::Duration;

use eventlog::Sealed;
use events::header;
use traces::KeyValue;

/// Tells of events that are durable now.
pub(crate) fn appended(sealed: &[Sealed], took: Duration) {
    if !traces::is_on() {
        return;
    }
    let headers = sealed.iter().flat_map(|sealed| &sealed.headers);
    let requests =
        headers.filter(|(name, _)| *name == header::TRACE_PARENT).map(|(_, value)| value.as_str());
    let events = i64::try_from(sealed.len()).unwrap_or(i64::MAX);
    traces::work("append", took, requests, &[KeyValue::new("rollcall.events", events)]);
}
