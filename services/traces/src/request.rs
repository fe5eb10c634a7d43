//! The span of a request.

use opentelemetry::KeyValue;
use opentelemetry::trace::{Span as _, SpanKind, Status, Tracer as _};
use opentelemetry_sdk::trace::Span;

use crate::export::tracer;
use crate::parent;

/// A request that is being answered. One that is given up ends where it is dropped.
#[derive(Debug)]
pub struct RequestSpan(Span);

impl RequestSpan {
    /// Begins the span of a request whose caller named its own span so. None without a collector.
    pub fn begin(caller: Option<&str>) -> Option<Self> {
        let tracer = tracer()?;
        let builder = tracer.span_builder("request").with_kind(SpanKind::Server);
        let parent = parent::below(caller.and_then(parent::read));
        Some(Self(builder.start_with_context(tracer, &parent)))
    }

    /// What the request's events carry, so that what comes of them is found in its trace.
    pub fn trace_parent(&self) -> String {
        parent::write(&self.0)
    }

    /// Ends the span: how it was answered. `route` is the template, which names nobody.
    pub fn answered(mut self, id: &str, method: &'static str, route: &str, status: u16) {
        let span = &mut self.0;
        if !span.is_recording() {
            return;
        }
        span.update_name(format!("{method} {route}"));
        span.set_attributes([
            KeyValue::new("rollcall.request", id.to_owned()),
            KeyValue::new("http.request.method", method),
            KeyValue::new("http.route", route.to_owned()),
            KeyValue::new("http.response.status_code", i64::from(status)),
        ]);
        if status >= 500 {
            span.set_status(Status::error(""));
        }
    }
}
