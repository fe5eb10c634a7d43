//! What the server counts: requests, how long they take, and connections.

use std::time::Duration;

use axum::http::StatusCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The counts of one process, whatever number of listeners it has. All clones are the same.
#[derive(Clone, Debug)]
pub struct ServerMetrics {
    requests: Family<RequestLabels, Histogram, fn() -> Histogram>,
    /// Connections that are open now.
    pub(crate) connections: Gauge,
}

/// Each has few values: routes and methods are ours, and statuses are HTTP's.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    method: &'static str,
    status: u16,
}

/// Upper bounds in seconds, from a read out of memory to the time in which any answer has begun.
const SECONDS: [f64; 12] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0, 60.0];

impl Default for ServerMetrics {
    fn default() -> Self {
        let requests = Family::new_with_constructor((|| Histogram::new(SECONDS)) as fn() -> _);
        Self { requests, connections: Gauge::default() }
    }
}

impl ServerMetrics {
    /// Shows these counts under `/metrics`.
    pub fn register(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "rollcall_http_request_duration",
            "From the headers of a request to the beginning of its answer",
            Unit::Seconds,
            self.requests.clone(),
        );
        let help = "Connections that are open now";
        registry.register("rollcall_http_connections", help, self.connections.clone());
    }

    /// Counts a request that was answered.
    pub(crate) fn answered(
        &self,
        route: &str,
        method: &'static str,
        status: StatusCode,
        took: Duration,
    ) {
        let labels = RequestLabels { route: route.to_owned(), method, status: status.as_u16() };
        self.requests.get_or_create(&labels).observe(took.as_secs_f64());
    }
}
