//! A write engine that does not understand its log must not decide upon it.

use eventlog::{Log, LogOptions, clock, ids, seal};
use events::{Actor, CreatedTenant, Envelope, Event, EventId, Position, Tenant, TenantId, header};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use writer::{StartError, Writer};

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
    sealed.close(Position::START);
    log.append(Position::START, &[sealed]).await.expect("the log is empty");
}

/// A log of its own, and the server that holds it.
async fn log() -> (Log, embedded::Nats) {
    let nats = tokio::task::spawn_blocking(embedded::Nats::start_for_tests).await;
    let nats = nats.expect("no panic").expect("start nats-server");
    let log = Log::open(&nats.url(), LogOptions::default()).await.expect("open the log");
    (log, nats)
}

async fn writer(log: &Log) -> Result<Writer, StartError> {
    let (progress, stop) = (watch::Sender::default(), CancellationToken::new());
    Writer::start(log.clone(), None, false, &progress, stop).await
}

#[tokio::test]
async fn the_engine_starts_on_a_log_that_it_understands() {
    let (log, _nats) = log().await;
    wrote(&log, |_| {}).await;
    writer(&log).await.expect("every event is known");
}

#[tokio::test]
async fn the_engine_refuses_to_start_on_an_event_that_it_does_not_know() {
    let (log, _nats) = log().await;
    wrote(&log, |headers| {
        for (name, value) in headers {
            if *name == header::TYPE {
                "rollcall.tenant.merged".clone_into(value);
            }
        }
    })
    .await;
    let refused = writer(&log).await.expect_err("nobody knows what a merged tenant is");
    assert!(
        matches!(&refused, StartError::UnknownEvent { name, .. } if name == "tenant.merged"),
        "{refused:?}"
    );
}
