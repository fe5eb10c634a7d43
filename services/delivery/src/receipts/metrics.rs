//! What receipts count. Nothing of it tells whose they are.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::Histogram;
use web::metrics::{Registry, Unit, gauge};

/// Upper bounds in seconds, from an application next door to one that was away for a day.
const SECONDS: [f64; 11] =
    [0.005, 0.025, 0.1, 0.5, 2.5, 15.0, 60.0, 300.0, 3600.0, 14_400.0, 86_400.0];

/// What receipts count. All clones are the same.
#[derive(Clone, Debug)]
pub struct ReceiptMetrics {
    latency: Histogram,
    open: Arc<AtomicI64>,
    overdue: Arc<AtomicI64>,
    late: Counter,
}

impl Default for ReceiptMetrics {
    fn default() -> Self {
        Self {
            latency: Histogram::new(SECONDS),
            open: Arc::default(),
            overdue: Arc::default(),
            late: Counter::default(),
        }
    }
}

impl ReceiptMetrics {
    /// Registers all of them.
    pub fn register(&self, registry: &mut Registry) {
        let help = "From a departure to its acknowledgement by a subscriber";
        let name = "rollcall_leaver_latency";
        registry.register_with_unit(name, help, Unit::Seconds, self.latency.clone());
        let open = Arc::clone(&self.open);
        let help = "Departures that some subscriber has not acknowledged yet, and is in time";
        gauge(registry, "rollcall_receipts_open", help, move || Some(open.load(Ordering::Relaxed)));
        let overdue = Arc::clone(&self.overdue);
        let help = "Departures that some subscriber has not acknowledged in time";
        let name = "rollcall_receipts_overdue";
        gauge(registry, name, help, move || Some(overdue.load(Ordering::Relaxed)));
        let help =
            "Departures that were due before the feed told of them, so that no receipt was opened";
        registry.register("rollcall_receipts_late", help, self.late.clone());
    }

    /// So many departures were due before anybody could open their receipts.
    pub(super) fn late(&self, departures: u64) {
        self.late.inc_by(departures);
    }

    pub(super) fn acknowledged(&self, seconds: f64) {
        self.latency.observe(seconds.max(0.0));
    }

    pub(super) fn watched(&self, open: i64, overdue: i64) {
        self.open.store(open, Ordering::Relaxed);
        self.overdue.store(overdue, Ordering::Relaxed);
    }
}
