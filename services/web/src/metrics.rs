//! `GET /metrics`: what a process tells Prometheus about itself, as `OpenMetrics` text.
//!
//! Whoever reaches the process can read it, so nothing about people or tenants goes in here. What a
//! process has counted is registered as it is; what it only knows is asked for at each scrape, and
//! has to be answered from memory.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::histogram::Histogram;

pub use prometheus_client::registry::{Registry, Unit};

use super::Problem;
use super::matched_route::note_routes;

/// Registers a gauge without labels. It is not shown while it has no value.
pub fn gauge(
    registry: &mut Registry,
    name: &'static str,
    help: &'static str,
    value: impl Fn() -> Option<i64> + Send + Sync + 'static,
) {
    let sample = move |mut encoder: DescriptorEncoder<'_>| {
        let Some(value) = value() else { return Ok(()) };
        encoder.encode_descriptor(name, help, None, MetricType::Gauge)?.encode_gauge(&value)
    };
    registry.register_collector(Box::new(Sampled { name, sample }));
}

/// Registers a gauge with one label. Each value of the label is shown once.
pub fn gauge_by_label(
    registry: &mut Registry,
    name: &'static str,
    help: &'static str,
    label: &'static str,
    values: impl Fn() -> Vec<(String, i64)> + Send + Sync + 'static,
) {
    let values = move || values().into_iter().map(|(of, value)| ([of], value)).collect();
    let encode = |mut encoder: MetricEncoder<'_>, value: i64| encoder.encode_gauge(&value);
    family(registry, (name, help, MetricType::Gauge), [label], values, encode);
}

/// Registers a gauge with several labels. Each combination of them is shown once.
pub fn gauge_by_labels<const N: usize>(
    registry: &mut Registry,
    name: &'static str,
    help: &'static str,
    labels: [&'static str; N],
    values: impl Fn() -> Vec<([String; N], f64)> + Send + Sync + 'static,
) {
    let encode = |mut encoder: MetricEncoder<'_>, value: f64| encoder.encode_gauge(&value);
    family(registry, (name, help, MetricType::Gauge), labels, values, encode);
}

/// Registers a counter with several labels, whose name has no suffix: the format adds `_total`.
pub fn counter_by_labels<const N: usize>(
    registry: &mut Registry,
    name: &'static str,
    help: &'static str,
    labels: [&'static str; N],
    counts: impl Fn() -> Vec<([String; N], u64)> + Send + Sync + 'static,
) {
    let encode = |mut encoder: MetricEncoder<'_>, count: u64| {
        encoder.encode_counter::<NoLabels, _, u64>(&count, None)
    };
    family(registry, (name, help, MetricType::Counter), labels, counts, encode);
}

/// Registers what is told apart by labels. While there is nothing, nothing is shown.
fn family<const N: usize, T>(
    registry: &mut Registry,
    (name, help, kind): (&'static str, &'static str, MetricType),
    labels: [&'static str; N],
    values: impl Fn() -> Vec<([String; N], T)> + Send + Sync + 'static,
    encode: impl Fn(MetricEncoder<'_>, T) -> fmt::Result + Send + Sync + 'static,
) {
    let sample = move |mut encoder: DescriptorEncoder<'_>| {
        let values = values();
        if values.is_empty() {
            return Ok(());
        }
        let mut family = encoder.encode_descriptor(name, help, None, kind)?;
        for (of, value) in values {
            let labels: Vec<_> = labels.into_iter().zip(of).collect();
            encode(family.encode_family(&labels)?, value)?;
        }
        Ok(())
    };
    registry.register_collector(Box::new(Sampled { name, sample }));
}

/// Of no exemplar.
type NoLabels = [(&'static str, &'static str); 0];

/// Registers histograms of seconds that are kept in several places, told apart by one label.
pub fn seconds_by_label(
    registry: &mut Registry,
    name: &'static str,
    help: &'static str,
    label: &'static str,
    histograms: Vec<(&'static str, Histogram)>,
) {
    let sample = move |mut encoder: DescriptorEncoder<'_>| {
        let unit = Some(&Unit::Seconds);
        let mut family = encoder.encode_descriptor(name, help, unit, MetricType::Histogram)?;
        for (of, histogram) in &histograms {
            histogram.encode(family.encode_family(&[(label, *of)])?)?;
        }
        Ok(())
    };
    registry.register_collector(Box::new(Sampled { name, sample }));
}

/// What is asked for at each scrape.
struct Sampled<F> {
    name: &'static str,
    sample: F,
}

impl<F> fmt::Debug for Sampled<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sampled").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<F> Collector for Sampled<F>
where
    F: Fn(DescriptorEncoder<'_>) -> fmt::Result + Send + Sync + 'static,
{
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        (self.sample)(encoder)
    }
}

/// The media type of the text.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `GET /metrics`.
pub fn routes(registry: Registry) -> Router {
    let router = Router::new().route("/metrics", get(show));
    let router = router.method_not_allowed_fallback(Problem::no_such_method);
    note_routes(router).with_state(Arc::new(registry))
}

async fn show(State(registry): State<Arc<Registry>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, OPEN_METRICS)], text(&registry))
}

fn text(registry: &Registry) -> String {
    let mut text = String::new();
    encode(&mut text, registry).expect("a String takes all that is written to it");
    text
}

#[cfg(test)]
mod tests;
