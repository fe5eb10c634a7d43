//! The span of a batch that was applied, in the trace of each request that its events come from.

use std::time::Duration;

use eventlog::clock;
use jiff::SignedDuration;
use traces::KeyValue;

use crate::batch_reader::Batch;

/// What happened longer ago is applied for no request any more: a read model is being built.
const LIVE: SignedDuration = SignedDuration::from_mins(10);

/// Tells of a batch that is in the read model `slot` now.
pub(crate) fn applied(slot: &str, batch: &Batch, took: Duration) {
    if !traces::is_on() {
        return;
    }
    let since = clock::now() - LIVE;
    let live = batch.events.iter().filter(|event| event.envelope.time > since);
    let requests = live.filter_map(|event| event.envelope.trace_parent.as_deref());
    let attributes = [
        KeyValue::new("rollcall.slot", slot.to_owned()),
        KeyValue::new("rollcall.events", whole(batch.events.len())),
        KeyValue::new("rollcall.position", batch.end.seq.to_string()),
    ];
    traces::work("apply", took, requests, &attributes);
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
