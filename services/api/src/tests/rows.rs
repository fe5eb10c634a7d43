//! The rows behind the tests: history goes into a real log, and the projections make rows of it.

use std::sync::Arc;

use directory::Directory;
use eventlog::{Log, LogOptions};
use events::{Actor, AdministratorId, Envelope, EventId, Position, Seq};
use projector::{Database, Projection, StatusHandle, project};
use retention::Retention;
use teams::Teams;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::history::history;

/// Where the last event of history stands.
pub(super) fn end() -> Seq {
    Seq(history().len() as u64)
}

/// A database that the projections have filled; its URL.
pub(super) async fn filled() -> String {
    let url = empty().await;
    fill(&url).await;
    url
}

/// A database without anything; its URL.
pub(super) async fn empty() -> String {
    let made = tokio::task::spawn_blocking(|| embedded::for_tests().fresh_database());
    made.await.expect("a database")
}

/// Runs the projections until they have applied all of history.
pub(super) async fn fill(url: &str) {
    let database = Database::connect(url, 4).await.expect("a database");
    tokio::join!(
        Box::pin(caught_up::<Directory>(&database)),
        Box::pin(caught_up::<Teams>(&database)),
        Box::pin(caught_up::<Retention>(&database)),
    );
}

async fn caught_up<P: Projection>(database: &Database) {
    let (status, stop) = (Arc::new(StatusHandle::default()), CancellationToken::new());
    let mut changes = status.watch();
    let projecting = project::<P>(log().await, database.clone(), P::NAME, status, stop.clone());
    let watching = async {
        changes.wait_for(|now| now.position >= end()).await.expect("a status");
        stop.cancel();
    };
    let (projected, ()) = tokio::join!(projecting, watching);
    projected.expect("a projection that can be stopped");
}

/// The log, with history in it.
async fn log() -> Log {
    static WRITTEN: OnceCell<()> = OnceCell::const_new();
    let url = tokio::task::spawn_blocking(|| embedded::for_tests().nats().url());
    let log = Log::open(&url.await.expect("a nats-server"), LogOptions::default()).await;
    let log = log.expect("a log");
    WRITTEN.get_or_init(|| write(&log)).await;
    log
}

async fn write(log: &Log) {
    let mut end = Position::START;
    let mut batch = Vec::new();
    let history = history();
    let last = history.len();
    for (number, (tenant, event)) in (1_u128..).zip(history) {
        let envelope = Envelope {
            id: EventId(Uuid::from_u128(number)),
            tenant,
            time: "2026-05-01T08:00:00Z".parse().unwrap(),
            actor: Actor::portal(AdministratorId(Uuid::from_u128(0xad3))),
            request: None,
            trace_parent: None,
        };
        let commit = number == last as u128;
        let (sealed, recorded) =
            eventlog::seal(end, commit, envelope, event).expect("a known event");
        end = recorded.position();
        batch.push(sealed);
    }
    log.append(Position::START, &batch).await.expect("an empty log");
}
