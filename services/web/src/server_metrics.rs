//! What the server counts: requests, how long they take, and connections.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::http::StatusCode;
use foldhash::fast::RandomState;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The counts of one process, whatever number of listeners it has. All clones are the same.
#[derive(Clone, Debug, Default)]
pub struct ServerMetrics {
    requests: RequestHistograms,
    /// Connections that are open now.
    pub(crate) connections: Gauge,
}

impl ServerMetrics {
    /// Shows these counts under `/metrics`.
    pub fn register(&self, registry: &mut Registry) {
        registry.register_collector(Box::new(self.requests.clone()));
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
        let answer = Answer { method, status: status.as_u16() };
        self.requests.of(route, answer).observe(took.as_secs_f64());
    }
}

/// Upper bounds in seconds, from a read out of memory to the time in which any answer has begun.
const SECONDS: [f64; 12] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0, 60.0];

/// A histogram for each route and kind of answer. A request finds its own without a lock, and without
/// making labels of its own: the first of its kind makes them.
#[derive(Clone, Debug, Default)]
struct RequestHistograms(Arc<ArcSwap<ByRoute>>);

/// Routes, methods and statuses are few: the first two are ours, and the last are HTTP's.
type ByRoute = HashMap<String, Vec<(Answer, Histogram)>, RandomState>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Answer {
    method: &'static str,
    status: u16,
}

impl RequestHistograms {
    fn of(&self, route: &str, answer: Answer) -> Histogram {
        if let Some(histogram) = find(&self.0.load(), route, answer) {
            return histogram;
        }
        let made = Histogram::new(SECONDS);
        self.0.rcu(|known| {
            let mut more = ByRoute::clone(known);
            // Another request of the same kind may have been quicker.
            if find(&more, route, answer).is_none() {
                more.entry(route.to_owned()).or_default().push((answer, made.clone()));
            }
            more
        });
        find(&self.0.load(), route, answer).unwrap_or(made)
    }
}

fn find(known: &ByRoute, route: &str, answer: Answer) -> Option<Histogram> {
    let (_, histogram) = known.get(route)?.iter().find(|(of, _)| *of == answer)?;
    Some(histogram.clone())
}

impl Collector for RequestHistograms {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let known = self.0.load();
        if known.is_empty() {
            return Ok(());
        }
        let (name, help) = (
            "rollcall_http_request_duration",
            "From the headers of a request to the beginning of its answer.",
        );
        let unit = Some(&Unit::Seconds);
        let mut family = encoder.encode_descriptor(name, help, unit, MetricType::Histogram)?;
        for (route, answers) in &**known {
            for (Answer { method, status }, histogram) in answers {
                let status = status.to_string();
                let labels =
                    [("route", route.as_str()), ("method", *method), ("status", status.as_str())];
                histogram.encode(family.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }
}
