//! What a projection counts of its transactions.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use prometheus_client::metrics::histogram::Histogram;

use crate::error::ProjectorError;

/// How long transactions take, how late events are in the read model, and what failed. All clones
/// are the same.
#[derive(Clone, Debug)]
pub struct ProjectionMetrics {
    /// Seconds that a batch of events took to be written.
    pub apply: Histogram,
    /// Seconds from the time of the last event of a batch to when it was written.
    pub delay: Histogram,
    errors: Arc<Mutex<BTreeMap<String, u64>>>,
}

/// Upper bounds in seconds, from one row to a rebuild that is hours behind.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0, 3600.0];

impl Default for ProjectionMetrics {
    fn default() -> Self {
        let (apply, delay) = (Histogram::new(SECONDS), Histogram::new(SECONDS));
        Self { apply, delay, errors: Arc::default() }
    }
}

impl ProjectionMetrics {
    /// Counts a batch that was written, whose last event happened at `event_at`.
    pub(crate) fn applied(&self, took: Duration, event_at: Timestamp) {
        self.apply.observe(took.as_secs_f64());
        let delay = eventlog::clock::now().duration_since(event_at).as_secs_f64();
        self.delay.observe(delay.max(0.0));
    }

    /// Counts that an event, or all of a batch, could not be applied.
    pub(crate) fn failed(&self, cause: &str) {
        let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        *errors.entry(cause.to_owned()).or_default() += 1;
    }

    /// Counts an error that interrupts the work; that somebody else moved the checkpoint is none.
    pub(crate) fn interrupted(&self, error: &ProjectorError) {
        if !error.is_moved() {
            self.failed(error.cause());
        }
    }

    /// How often something could not be applied, by its cause, in the order of their names.
    pub fn errors(&self) -> Vec<(String, u64)> {
        let errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        errors.iter().map(|(cause, times)| (cause.clone(), *times)).collect()
    }
}
