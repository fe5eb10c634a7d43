//! Where spans go: to the collector that OpenTelemetry's variables name, or nowhere.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use traces::Exporting;

use crate::verbs::tls_trust::TlsTrust;

/// For how long a delivery may last, unless `OTEL_EXPORTER_OTLP_TIMEOUT` says otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Begins to send spans, if the environment names a collector. Without one nothing is recorded.
pub(crate) fn start() -> anyhow::Result<Option<Exporting>> {
    if told("OTEL_SDK_DISABLED").is_some_and(|told| told.eq_ignore_ascii_case("true"))
        || told("OTEL_TRACES_EXPORTER").is_some_and(|told| told == "none")
    {
        return Ok(None);
    }
    let Some(url) = traces::ENDPOINTS.into_iter().find_map(told) else { return Ok(None) };
    let authority = told("OTEL_EXPORTER_OTLP_CERTIFICATE").map(PathBuf::from);
    let trust = TlsTrust::of(authority).at(&url)?;
    let timeout = told("OTEL_EXPORTER_OTLP_TIMEOUT").and_then(|told| told.parse().ok());
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(timeout.map_or(TIMEOUT, Duration::from_millis))
        .tls_backend_preconfigured(trust)
        .build()
        .context("set up an HTTP client")?;
    Ok(Some(traces::start(client)?))
}

/// What a variable says; one that is empty says nothing.
fn told(variable: &str) -> Option<String> {
    env::var(variable).ok().filter(|told| !told.is_empty())
}
