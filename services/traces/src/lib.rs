//! Spans of requests and of events, sent to an OpenTelemetry collector where one is named.
//!
//! The trace of a request goes on in the log: each event carries the span of its request in
//! `ce-traceparent`, and whoever appends or applies it makes a child of that span. Without a collector
//! nothing of this happens, and asking costs one load from memory.
//!
//! Spans say what was done and how long it took, never about whom: routes are templates, and events
//! are counted.
#![warn(missing_docs)]

mod delivery;
mod export;
mod parent;
mod request;
mod work;

pub use export::{ENDPOINTS, Exporting, StartError, start};
pub use opentelemetry::KeyValue;
pub use request::RequestSpan;
pub use work::{is_on, work};
