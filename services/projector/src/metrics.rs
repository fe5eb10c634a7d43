//! What a projection counts of its transactions.

use std::time::Duration;

use jiff::Timestamp;
use prometheus_client::metrics::histogram::Histogram;

/// How long transactions take, and how late events are in the read model.
#[derive(Debug)]
pub struct ProjectionMetrics {
    /// Seconds that a batch of events took to be written.
    pub apply: Histogram,
    /// Seconds from the time of the last event of a batch to when it was written.
    pub delay: Histogram,
}

/// Upper bounds in seconds, from one row to a rebuild that is hours behind.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0, 3600.0];

impl Default for ProjectionMetrics {
    fn default() -> Self {
        Self { apply: Histogram::new(SECONDS), delay: Histogram::new(SECONDS) }
    }
}

impl ProjectionMetrics {
    /// Counts a batch that was written, whose last event happened at `event_at`.
    pub(crate) fn applied(&self, took: Duration, event_at: Timestamp) {
        self.apply.observe(took.as_secs_f64());
        let delay = eventlog::clock::now().duration_since(event_at).as_secs_f64();
        self.delay.observe(delay.max(0.0));
    }
}
