//! A gateway that does not understand its log must not decide upon it.

use eventlog::{Log, LogOptions, clock, ids, seal};
use events::{Actor, CreatedTenant, Envelope, Event, EventId, Position, Tenant, TenantId, header};
use ingest::{Gateway, GatewayError, Limits, Settings, StartError};
use tokio_util::sync::CancellationToken;

/// Writes the creation of a tenant; `retold` may change how its headers tell it.
async fn wrote(log: &Log, retold: impl Fn(&mut Vec<(&'static str, String)>)) {
    let tenant: Tenant = "acme".parse().expect("a slug");
    let envelope = Envelope {
        id: EventId(ids::uuid_v7()),
        tenant: tenant.clone(),
        time: clock::now(),
        actor: Actor::operator(),
        request: None,
        trace_parent: None,
    };
    let created = CreatedTenant { tenant_id: TenantId(ids::uuid_v7()), slug: tenant };
    let (mut sealed, _) = seal(Position::START, true, envelope, Event::TenantCreated(created))
        .expect("a known event");
    retold(&mut sealed.headers);
    log.append(Position::START, &[sealed]).await.expect("the log is empty");
}

/// A log of its own, and the server that holds it.
async fn log() -> (Log, embedded::Nats) {
    let nats = tokio::task::spawn_blocking(embedded::Nats::start_for_tests).await;
    let nats = nats.expect("no panic").expect("start nats-server");
    let log = Log::open(&nats.url(), LogOptions::default()).await.expect("open the log");
    (log, nats)
}

async fn gateway(log: &Log) -> Result<Gateway, GatewayError> {
    let settings = Settings {
        public_url: "http://localhost".to_owned(),
        operator: None,
        consistent_reads: false,
        limits: Limits::default(),
        snapshot: None,
    };
    Gateway::start(log.clone(), settings, CancellationToken::new()).await
}

#[tokio::test]
async fn the_gateway_starts_on_a_log_that_it_understands() {
    let (log, _nats) = log().await;
    wrote(&log, |_| {}).await;
    gateway(&log).await.expect("every event is known");
}

#[tokio::test]
async fn the_gateway_refuses_to_start_on_an_event_that_it_does_not_know() {
    let (log, _nats) = log().await;
    wrote(&log, |headers| {
        for (name, value) in headers {
            if *name == header::TYPE {
                "rollcall.tenant.merged".clone_into(value);
            }
        }
    })
    .await;
    let refused = gateway(&log).await.expect_err("nobody knows what a merged tenant is");
    assert!(
        matches!(&refused, GatewayError::Roster(StartError::UnknownEvent { name, .. }) if name == "tenant.merged"),
        "{refused:?}"
    );
}
