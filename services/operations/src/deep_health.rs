//! `GET /health/deep`: whether an event that is written now is applied by every projection, and how
//! long that takes. A process may live, be ready, and yet do nothing any more: this is seen here.
//!
//! It needs no token, so that a watcher outside can ask, and what it costs does not depend on who asks
//! how often: there is one look in ten seconds, whose result all share. The canary is a real event of a
//! tenant of its own, since any other would not go the way that events go. It is written when the log
//! has had no event for five minutes: the last event of a busy log tells as much, and a log that
//! nobody else writes to grows by a hundred thousand small events a year at most.

use std::sync::Arc;
use std::time::Duration;

use access::{CommandError, WriteAccess};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use eventlog::{Log, clock, ids, sentence};
use events::{Guard, Seq, Tenant, TenantId, header};
use jiff::{SignedDuration, Timestamp};
use projector::{Database, ReadModel};
use roster::{Intent, Roster};
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::Instant;
use web::{Problem, note_routes};
use writer::{Access, Command, Provenance};

/// For how long a look counts.
const SHARED_FOR: Duration = Duration::from_secs(10);
/// A log that had no event for so long gets a canary.
const QUIET: SignedDuration = SignedDuration::from_mins(5);
/// How long a projection may take to apply an event before it counts as frozen.
const APPLY_TIMEOUT: Duration = Duration::from_secs(5);
/// How often it is looked whether it has.
const LOOK_INTERVAL: Duration = Duration::from_millis(5);
/// The tenant of the canaries. It has no people, no credentials and no integration.
const CANARY: &str = "rollcall-canary";

/// What a look at the whole way of an event needs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DeepHealth(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    log: Log,
    database: Database,
    projections: &'static [ReadModel],
    writes: WriteAccess,
    last: Mutex<Option<(Instant, Arc<DeepReport>)>>,
}

/// What a look found.
#[derive(Debug, Serialize)]
struct DeepReport {
    healthy: bool,
    at: Timestamp,
    /// The event that was looked for.
    position: u64,
    /// Whether it was written for this look, and how long that took; none, if another event served.
    #[serde(skip_serializing_if = "Option::is_none")]
    canary_ms: Option<f64>,
    /// Why there is none, if one was due.
    #[serde(skip_serializing_if = "Option::is_none")]
    canary_error: Option<String>,
    projections: Vec<Seen>,
}

/// Whether a projection has applied the event.
#[derive(Debug, Serialize)]
struct Seen {
    projection: &'static str,
    applied: bool,
    /// From when the look began, or the canary was durable, to when it was seen applied.
    ms: Option<f64>,
    /// How long ago whoever keeps it was heard of, in seconds.
    heartbeat_age: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl DeepHealth {
    /// Looks at these projections, with canaries that this writer writes.
    pub fn new(
        log: Log,
        database: Database,
        projections: &'static [ReadModel],
        writes: WriteAccess,
    ) -> Self {
        Self(Arc::new(Parts { log, database, projections, writes, last: Mutex::default() }))
    }

    /// The last look, or a new one if that is too old. Who asks meanwhile waits for the same.
    async fn report(&self) -> Arc<DeepReport> {
        let mut last = self.0.last.lock().await;
        if let Some((at, report)) = &*last
            && at.elapsed() < SHARED_FOR
        {
            return Arc::clone(report);
        }
        let report = Arc::new(self.0.look().await);
        *last = Some((Instant::now(), Arc::clone(&report)));
        report
    }
}

impl Parts {
    async fn look(&self) -> DeepReport {
        let at = clock::now();
        let begun = Instant::now();
        let (mut canary_ms, mut canary_error) = (None, None);
        if self.is_quiet(at).await {
            match self.sing().await {
                Ok(()) => canary_ms = Some(milliseconds(begun)),
                Err(error) => canary_error = Some(sentence(&error)),
            }
        }
        let durable = Instant::now();
        let (position, log_error) = match self.log.end().await {
            Ok(end) => (end, None),
            Err(error) => (Seq(0), Some(sentence(&error))),
        };
        let seen = self.projections.iter().map(|model| self.watch(model.name, position, durable));
        let projections = futures_util::future::join_all(seen).await;
        let canary_error = canary_error.or(log_error);
        let healthy = canary_error.is_none() && projections.iter().all(|seen| seen.applied);
        DeepReport { healthy, at, position: position.0, canary_ms, canary_error, projections }
    }

    /// Whether the last event is so old that it tells nothing about now.
    async fn is_quiet(&self, now: Timestamp) -> bool {
        let last = async {
            let entry = self.log.get(self.log.end().await.ok()?).await.ok()??;
            entry.header(header::TIME)?.parse::<Timestamp>().ok()
        };
        last.await.is_none_or(|at| now.duration_since(at) > QUIET)
    }

    /// Writes an event that changes nothing for anybody: a setting of the canary's own tenant, back and
    /// forth.
    async fn sing(&self) -> Result<(), CommandError> {
        let tenant: Tenant = CANARY.parse().expect("a slug");
        if !self.writes.has_tenant(CANARY) {
            let id = TenantId(ids::uuid_v7());
            let make = move |_: &Roster| Ok::<_, CommandError>(Intent::NewTenant { tenant: id });
            self.writes.writer().execute(command(&tenant, make)).await?;
        }
        let whose = tenant.clone();
        let set = move |roster: &Roster| {
            let now = roster.tenant(&whose).map(|tenant| tenant.guard().settings());
            let window_minutes =
                if now.is_some_and(|now| now.window_minutes == 60) { 61 } else { 60 };
            let guard = Guard { on: false, window_minutes, ..now.unwrap_or_default() };
            Ok::<_, CommandError>(Intent::SetGuard { guard })
        };
        self.writes.writer().execute(command(&tenant, set)).await?;
        Ok(())
    }

    /// Waits until a projection's live slot has applied the event at `position`.
    async fn watch(&self, projection: &'static str, position: Seq, since: Instant) -> Seen {
        loop {
            let slots = projector::slots(self.database.pool(), projection).await;
            let seen = match &slots {
                Ok(slots) => slots.live.as_ref(),
                Err(_) => None,
            };
            let applied = seen.is_some_and(|live| live.position >= position);
            if applied || since.elapsed() > APPLY_TIMEOUT {
                return Seen {
                    projection,
                    applied,
                    ms: applied.then(|| milliseconds(since)),
                    heartbeat_age: seen.and_then(|live| Some(live.lease_age?.as_secs_f64())),
                    error: slots.err().map(|error| sentence(&error)),
                };
            }
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
    }
}

fn command<I>(tenant: &Tenant, intent: I) -> Command<I> {
    let access = Access::Operator;
    let tenant = tenant.clone();
    Command::new(Provenance { tenant, access, request: None, trace_parent: None }, intent)
}

fn milliseconds(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 1e6).round() / 1e3
}

/// `GET /health/deep`.
pub fn routes(health: DeepHealth) -> Router {
    let router = Router::new().route("/health/deep", get(show));
    let router = router.method_not_allowed_fallback(Problem::no_such_method);
    note_routes(router).with_state(health)
}

async fn show(State(health): State<DeepHealth>) -> (StatusCode, Json<serde_json::Value>) {
    let report = health.report().await;
    let status = if report.healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(serde_json::json!(*report)))
}
