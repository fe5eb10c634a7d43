//! Spans of what is done for several requests at once.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use opentelemetry::KeyValue;
use opentelemetry::trace::{Span as _, SpanKind, Tracer as _};

use crate::export::tracer;
use crate::parent;

/// As many requests as one piece of work has spans for. What is done for more is no answer to a
/// request but a backlog.
const MOST_REQUESTS: usize = 100;

/// Whether anybody wants spans.
pub fn is_on() -> bool {
    tracer().is_some()
}

/// Tells of a piece of work that is done now: a span in the trace of each request that it was done for.
/// `requests` names their spans, as events carry them.
pub fn work<'a>(
    name: &'static str,
    took: Duration,
    requests: impl IntoIterator<Item = &'a str>,
    attributes: &[KeyValue],
) {
    let Some(tracer) = tracer() else { return };
    let ended = SystemTime::now();
    let began = ended.checked_sub(took).unwrap_or(ended);
    let requests: BTreeSet<&str> = requests.into_iter().collect();
    for request in requests.into_iter().take(MOST_REQUESTS).filter_map(parent::read) {
        let builder = tracer
            .span_builder(name)
            .with_kind(SpanKind::Consumer)
            .with_start_time(began)
            .with_attributes(attributes.to_vec());
        builder.start_with_context(tracer, &parent::below(Some(request))).end_with_timestamp(ended);
    }
}
