//! Figures of a process for Prometheus, as plain text. Whoever reaches the process can read them:
//! nothing about people or tenants goes in here.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

use super::Problem;

/// What a process tells about itself, asked anew at each scrape.
#[derive(Clone, Default)]
pub struct Metrics {
    sources: Vec<Source>,
}

/// It must answer from memory.
type Source = Arc<dyn Fn(&mut Gauges) + Send + Sync>;

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").field("sources", &self.sources.len()).finish()
    }
}

impl Metrics {
    /// Adds a source of figures.
    #[must_use]
    pub fn with(mut self, source: impl Fn(&mut Gauges) + Send + Sync + 'static) -> Self {
        self.sources.push(Arc::new(source));
        self
    }

    fn text(&self) -> String {
        let mut gauges = Gauges::default();
        for source in &self.sources {
            source(&mut gauges);
        }
        gauges.text()
    }
}

/// Figures that go up and down, each name with its samples together, as the format wants them.
#[derive(Debug, Default)]
pub struct Gauges {
    named: BTreeMap<&'static str, Named>,
}

#[derive(Debug, Default)]
struct Named {
    help: &'static str,
    samples: String,
}

impl Gauges {
    /// Adds a sample. A figure that has no value yet is not shown.
    pub fn add(
        &mut self,
        name: &'static str,
        help: &'static str,
        label: Option<(&str, &str)>,
        value: impl std::fmt::Display,
    ) {
        let named = self.named.entry(name).or_default();
        named.help = help;
        let written = match label {
            Some((label, of)) => {
                writeln!(named.samples, "{name}{{{label}=\"{}\"}} {value}", escaped(of))
            }
            None => writeln!(named.samples, "{name} {value}"),
        };
        written.expect("a String takes all that is written to it");
    }

    fn text(&self) -> String {
        let section = |(name, named): (&&str, &Named)| {
            format!("# HELP {name} {}\n# TYPE {name} gauge\n{}", named.help, named.samples)
        };
        self.named.iter().map(section).collect()
    }
}

fn escaped(label: &str) -> String {
    label.replace('\\', r"\\").replace('"', r#"\""#).replace('\n', r"\n")
}

/// `GET /metrics`, in the text format of Prometheus (0.0.4).
pub fn routes(metrics: Metrics) -> Router {
    let router = Router::new().route("/metrics", get(show));
    router.method_not_allowed_fallback(Problem::no_such_method).with_state(metrics)
}

async fn show(State(metrics): State<Metrics>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_one_name_stand_together_whoever_tells_them() {
        let open = |tenant: &'static str, count: u32| {
            move |gauges: &mut Gauges| {
                gauges.add("alerts_open", "Open alerts.", Some(("tenant", tenant)), count);
                gauges.add("position", "The last event.", None, 7);
            }
        };
        let metrics = Metrics::default().with(open("acme", 2)).with(open("a\"b", 0));
        let expected = "# HELP alerts_open Open alerts.\n# TYPE alerts_open gauge\n\
                        alerts_open{tenant=\"acme\"} 2\nalerts_open{tenant=\"a\\\"b\"} 0\n\
                        # HELP position The last event.\n# TYPE position gauge\n\
                        position 7\nposition 7\n";
        assert_eq!(metrics.text(), expected);
    }
}
