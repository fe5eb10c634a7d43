//! Traces, as a collector gets them.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Router, response::IntoResponse};
use kit::entra;
use kit::positions::Positions;
use kit::wait::until;
use kit::world::World;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use prost::Message as _;
use reqwest::Method;
use rollcall::projections;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A collector of traces: what OTLP over HTTP brings is kept.
struct Collector {
    url: String,
    spans: watch::Sender<Vec<Span>>,
}

#[derive(Clone, Debug)]
struct Span {
    service: String,
    trace: String,
    id: String,
    parent: String,
    name: String,
    attributes: BTreeMap<String, String>,
}

impl Collector {
    async fn start() -> Self {
        let spans = watch::Sender::new(Vec::new());
        let routes = Router::new().route("/v1/traces", post(take)).with_state(spans.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, spans }
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("OTEL_EXPORTER_OTLP_ENDPOINT", self.url.clone()),
            ("OTEL_SERVICE_NAME", "rollcall-of-the-story".to_owned()),
            ("OTEL_BSP_SCHEDULE_DELAY", "50".to_owned()),
        ]
    }

    fn of_trace(&self, trace: &str) -> Vec<Span> {
        self.spans.borrow().iter().filter(|span| span.trace == trace).cloned().collect()
    }
}

async fn take(
    State(spans): State<watch::Sender<Vec<Span>>>,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    assert_eq!(headers["content-type"], "application/x-protobuf");
    let request = ExportTraceServiceRequest::decode(body).expect("OTLP in protobuf");
    for resource in request.resource_spans {
        let service = resource.resource.expect("a resource").attributes;
        let service = texts(service).remove("service.name").expect("a name of the service");
        for span in resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            spans.send_modify(|spans| {
                spans.push(Span {
                    service: service.clone(),
                    trace: hex(&span.trace_id),
                    id: hex(&span.span_id),
                    parent: hex(&span.parent_span_id),
                    name: span.name,
                    attributes: texts(span.attributes),
                });
            });
        }
    }
    ([("content-type", "application/x-protobuf")], Bytes::new())
}

fn hex(id: &[u8]) -> String {
    id.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn texts(
    attributes: Vec<opentelemetry_proto::tonic::common::v1::KeyValue>,
) -> BTreeMap<String, String> {
    let text = |value: Option<Value>| match value {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        other => panic!("an attribute of {other:?}"),
    };
    let pair = |attribute: opentelemetry_proto::tonic::common::v1::KeyValue| {
        (attribute.key, text(attribute.value.and_then(|value| value.value)))
    };
    attributes
        .into_iter()
        .filter(|attribute| !attribute.key.starts_with("telemetry."))
        .map(pair)
        .collect()
}

#[tokio::test]
async fn the_trace_of_a_scim_request_goes_on_to_the_log_and_to_each_projection() {
    let collector = Collector::start().await;
    let world = World::set(collector.settings()).await;
    let company = world.contoso().await;
    let (trace, caller) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    let ada = entra::workplace_user("ada@contoso.example", "Ada", "object of Ada");
    let request = company.scim_request(Method::POST, "Users").bearer_auth(&company.secret_token);
    let request = request.header("traceparent", format!("00-{trace}-{caller}-01"));
    let request = request.header("x-request-id", "entra-1");
    let made = company.send(request.body(ada.to_string())).await.answered(201);

    let expected: BTreeSet<&str> = projections::NAMES.into_iter().collect();
    until("the collector has the whole trace", async || {
        let spans = collector.of_trace(trace);
        let applied = spans.iter().filter(|span| span.name == "apply");
        let slots: BTreeSet<&str> =
            applied.map(|span| span.attributes["rollcall.slot"].as_str()).collect();
        slots == expected && spans.len() >= expected.len() + 2
    })
    .await;
    let spans = collector.of_trace(trace);
    let gateway = spans.iter().find(|span| span.parent == caller).expect("the gateway's span");
    assert_eq!(gateway.name, "POST /scim/v2/{tenant}/Users");
    assert_eq!(gateway.attributes["http.response.status_code"], "201");
    assert_eq!(gateway.attributes["rollcall.request"], "entra-1");
    assert_eq!(gateway.service, "rollcall-of-the-story");
    for span in spans.iter().filter(|span| span.id != gateway.id) {
        assert_eq!(span.parent, gateway.id, "{span:?}");
    }
    assert_eq!(spans.len(), 2 + expected.len(), "{spans:#?}");
    // The event names the gateway's span.
    let told = made.position().expect("a write has a position");
    let position = Positions::at(&world.nats.url()).await.read("contoso", told).to_string();
    let shown = world.result(&format!("events show {position}")).await;
    assert_eq!(shown["traceparent"], format!("00-{trace}-{}-01", gateway.id));

    // Who names no trace gets one of their own.
    let bob = company.hire("Bob").await;
    until("the other trace is there", async || {
        let spans = collector.spans.borrow().clone();
        spans.iter().any(|span| span.parent.is_empty() && span.name == gateway.name)
    })
    .await;
    // Nothing in a span says who it was about, or holds what opens a door.
    let all = format!("{:?}", collector.spans.borrow());
    for told in [made.id().as_str(), &bob, "Ada", "contoso.example", &company.secret_token] {
        assert!(!all.contains(told), "{told} is in a span");
    }
    assert!(!all.contains("/health/"), "probes have no spans");
}

#[tokio::test]
async fn a_request_whose_caller_records_no_trace_has_no_span() {
    let collector = Collector::start().await;
    let world = World::set(collector.settings()).await;
    let company = world.contoso().await;
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let request = company.scim_request(Method::GET, "Users").bearer_auth(&company.secret_token);
    let request = request.header("traceparent", format!("00-{trace}-b7ad6b7169203331-00"));
    company.send(request).await.answered(200);
    // A later one is recorded, so that the former would have come by now.
    company.hire("Ada").await;
    until("the later trace is there", async || {
        collector.spans.borrow().iter().any(|span| span.name == "POST /scim/v2/{tenant}/Users")
    })
    .await;
    assert!(collector.of_trace(trace).is_empty());
}

#[tokio::test]
async fn a_collector_that_is_away_is_told_of_once_and_holds_nothing_up() {
    let settings = vec![
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9".to_owned()),
        ("OTEL_BSP_SCHEDULE_DELAY", "20".to_owned()),
    ];
    let mut world = World::set(settings).await;
    world.expects("the collector takes no spans");
    let company = world.contoso().await;
    company.hire("Ada").await;
    company.hire("Bob").await;
    let told = |world: &World| world.program.said().matches("takes no spans").count();
    until("it was told", async || told(&world) > 0).await;
    world.program.stop().await;
    assert_eq!(told(&world), 1, "{}", world.program.said());
}
