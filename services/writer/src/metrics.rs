//! What the write engine counts of its appends.

use std::time::Duration;

use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// How large appends are and how long they take. All clones are the same.
#[derive(Clone, Debug)]
pub struct AppendMetrics {
    events: Histogram,
    duration: Histogram,
}

/// Upper bounds of the number of events: 1 is a publish of its own, more are an atomic batch.
const EVENTS: [f64; 8] = [1.0, 2.0, 5.0, 10.0, 50.0, 100.0, 500.0, 1000.0];
/// Upper bounds in seconds, from a quick fsync to an append that is given up.
const SECONDS: [f64; 10] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];

impl Default for AppendMetrics {
    fn default() -> Self {
        Self { events: Histogram::new(EVENTS), duration: Histogram::new(SECONDS) }
    }
}

impl AppendMetrics {
    /// Shows these counts under `/metrics`.
    pub fn register(&self, registry: &mut Registry) {
        let help = "Events that were appended to the log together";
        registry.register("rollcall_append_events", help, self.events.clone());
        let help = "How long an append took until it was durable, with all that it was tried again";
        let name = "rollcall_append_duration";
        registry.register_with_unit(name, help, Unit::Seconds, self.duration.clone());
    }

    /// Counts an append that is durable.
    #[expect(clippy::cast_precision_loss, reason = "an append has at most a thousand events")]
    pub(crate) fn appended(&self, events: usize, took: Duration) {
        self.events.observe(events as f64);
        self.duration.observe(took.as_secs_f64());
    }
}
