//! Sends spans to a collector by OTLP, as the environment says.

use std::env;
use std::error::Error;
use std::sync::OnceLock;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use reqwest::Client;
use tokio::runtime::Handle;

use crate::delivery::Delivery;

/// The variables that name a collector. OpenTelemetry's other variables count too.
pub const ENDPOINTS: [&str; 2] =
    ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

static TRACER: OnceLock<SdkTracer> = OnceLock::new();

/// What makes spans, where they are sent.
pub(crate) fn tracer() -> Option<&'static SdkTracer> {
    TRACER.get()
}

/// Why spans cannot be sent as the environment says.
#[derive(Debug)]
pub struct StartError(Box<dyn Error + Send + Sync>);

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("send spans to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names")
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

/// Spans on their way to the collector.
#[derive(Debug)]
pub struct Exporting(SdkTracerProvider);

impl Exporting {
    /// Sends what is left; a collector that does not answer is not waited for.
    pub async fn finish(self) {
        // It waits for a thread, which waits for this runtime.
        let finished = tokio::task::spawn_blocking(move || self.0.shutdown()).await;
        if !matches!(finished, Ok(Ok(()))) {
            tracing::debug!("the last spans may not have reached the collector");
        }
    }
}

/// Starts to send spans through `client`, by tasks of the runtime that calls this. A second call
/// changes nothing.
pub fn start(client: Client) -> Result<Exporting, StartError> {
    if let Ok(protocol) = env::var("OTEL_EXPORTER_OTLP_PROTOCOL")
        && !["", "http/protobuf"].contains(&protocol.as_str())
    {
        let words = format!("OTEL_EXPORTER_OTLP_PROTOCOL={protocol}: only http/protobuf is spoken");
        return Err(StartError(words.into()));
    }
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_http_client(Delivery::new(client, Handle::current()))
        .build()
        .map_err(|error| StartError(error.into()))?;
    let mut resource = Resource::builder();
    if env::var("OTEL_SERVICE_NAME").is_ok_and(|name| !name.is_empty()) {
        // The builder has read it.
    } else {
        resource = resource.with_service_name("rollcall");
    }
    let provider = SdkTracerProvider::builder()
        .with_resource(resource.build())
        .with_batch_exporter(exporter)
        .build();
    let _ = TRACER.set(provider.tracer("rollcall"));
    Ok(Exporting(provider))
}
