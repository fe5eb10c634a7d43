//! What webhooks count. Nothing of it tells whose they are.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::Histogram;
use web::metrics::{Registry, Unit, counter_by_labels, gauge_by_label};

use super::outcome::Outcome;

/// Upper bounds in seconds, from a receiver next door to one that was away for days.
const SECONDS: [f64; 11] = [0.001, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 15.0, 300.0, 3600.0, 86400.0];

/// What webhooks count. All clones are the same.
#[derive(Clone, Debug)]
pub struct WebhookMetrics {
    tries: Arc<[AtomicU64; 4]>,
    took: Histogram,
    delay: Histogram,
    given_up: Counter,
    states: Arc<[AtomicU64; 3]>,
}

/// What may come of a try, as it is counted.
const OUTCOMES: [&str; 4] = ["accepted", "failed", "throttled", "gone"];

/// How a subscriber stands, as it is counted.
const STATES: [&str; 3] = ["delivering", "waiting", "away"];

impl Default for WebhookMetrics {
    fn default() -> Self {
        Self {
            tries: Arc::default(),
            took: Histogram::new(SECONDS),
            delay: Histogram::new(SECONDS),
            given_up: Counter::default(),
            states: Arc::default(),
        }
    }
}

impl WebhookMetrics {
    /// Registers all of them.
    pub fn register(&self, registry: &mut Registry) {
        let tries = Arc::clone(&self.tries);
        let shown = move || {
            let counts = tries.iter().map(|count| count.load(Ordering::Relaxed));
            OUTCOMES
                .into_iter()
                .zip(counts)
                .map(|(name, count)| ([name.to_owned()], count))
                .collect()
        };
        let help = "Tries to deliver an event to a receiver";
        counter_by_labels(registry, "rollcall_webhook_tries", help, ["outcome"], shown);
        let help = "How long a receiver took to answer";
        let name = "rollcall_webhook_try_duration";
        registry.register_with_unit(name, help, Unit::Seconds, self.took.clone());
        let help = "From the time of an event to when its receiver had accepted it";
        let name = "rollcall_webhook_delay";
        registry.register_with_unit(name, help, Unit::Seconds, self.delay.clone());
        let help = "Events that were given up";
        registry.register("rollcall_webhook_dead_letters", help, self.given_up.clone());
        let states = Arc::clone(&self.states);
        let shown = move || {
            let counts = states.iter().map(|count| count.load(Ordering::Relaxed).cast_signed());
            STATES.into_iter().map(str::to_owned).zip(counts).collect()
        };
        let help = "Subscribers by how they stand";
        gauge_by_label(registry, "rollcall_webhook_subscribers", help, "state", shown);
    }

    pub(super) fn tried(&self, outcome: Outcome) {
        let index = match outcome {
            Outcome::Delivered => 0,
            Outcome::Failed { .. } => 1,
            Outcome::Throttled(_) => 2,
            Outcome::Gone => 3,
        };
        self.tries[index].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn took(&self, took: Duration) {
        self.took.observe(took.as_secs_f64());
    }

    pub(super) fn arrived(&self, after: SignedDuration) {
        self.delay.observe(after.as_secs_f64().max(0.0));
    }

    pub(super) fn gave_up(&self) {
        self.given_up.inc();
    }

    /// A subscriber stands otherwise than before, or has begun, or is at an end.
    pub(super) fn stands(&self, before: Option<&str>, now: Option<&str>) {
        let count = |state: &str| {
            STATES.iter().position(|known| *known == state).map(|index| &self.states[index])
        };
        if let Some(count) = before.and_then(count) {
            count.fetch_sub(1, Ordering::Relaxed);
        }
        if let Some(count) = now.and_then(count) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}
