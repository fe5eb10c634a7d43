//! What the role `operate` looks at every few seconds, for `/metrics`.
//!
//! A projector that has ended tells nothing any more. So its slots are looked at from outside, in the
//! tables, and how late they are is the age of the oldest event that they lack, not a difference of
//! positions.

use std::sync::Arc;
use std::time::Duration;

use acts::{Job, Stage, State};
use eventlog::{Log, clock};
use events::{Seq, header};
use jiff::Timestamp;
use projector::{Database, ReadModel, SlotPeek};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::status::MAX_MARKS;

/// How often it is looked.
const INTERVAL: Duration = Duration::from_secs(5);
/// How old a look may be before nothing is said rather than something that was.
const STALE: Duration = Duration::from_secs(30);

/// What was seen at one moment.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// When.
    at: Option<Timestamp>,
    /// The last event of the log.
    pub end: Option<Seq>,
    /// How many bytes the log takes.
    pub bytes: Option<u64>,
    /// How many bytes the log, or its account, may take.
    pub max_bytes: Option<u64>,
    /// Every slot of every projection.
    pub slots: Vec<SlotSample>,
    /// The jobs that are open.
    pub jobs: Vec<JobSample>,
    /// How many holds wait for a decision, and for how many seconds the oldest has.
    pub holds: Option<(i64, f64)>,
    /// How many erasures were begun and are not complete.
    pub erasures_incomplete: Option<usize>,
}

/// A slot.
#[derive(Clone, Debug, PartialEq)]
pub struct SlotSample {
    /// Of which projection.
    pub projection: &'static str,
    /// `live`, `candidate` or `previous`.
    pub slot: &'static str,
    /// The last event in it.
    pub position: u64,
    /// Events of the log that are not in it.
    pub lag_events: u64,
    /// For how many seconds the oldest of them has waited.
    pub lag_seconds: f64,
    /// How long ago whoever keeps it was heard of; none, if nobody ever was.
    pub heartbeat_age: Option<f64>,
    /// Whether it stands still, by an error or by somebody's will.
    pub halted: bool,
    /// In how many places somebody else than the projection has written into it.
    pub changed_by_hand: usize,
}

/// A job that builds a candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct JobSample {
    /// For which projection.
    pub projection: String,
    /// How much of it is done, from 0 to 1.
    pub progress: f64,
    /// Events a second since it began.
    pub rate: f64,
    /// How many seconds it still takes at that rate, if it goes on at all.
    pub eta: Option<f64>,
}

impl Sample {
    /// The sample, unless it is so old that nobody knows.
    pub fn fresh(&self) -> Option<&Self> {
        let age = clock::now().duration_since(self.at?);
        (age.unsigned_abs() < STALE).then_some(self)
    }
}

/// Looks again and again, until `stop`.
pub async fn keep_sampling(
    log: Log,
    database: Database,
    projections: &'static [ReadModel],
    state: watch::Receiver<Arc<State>>,
    shown: watch::Sender<Sample>,
    stop: CancellationToken,
) {
    let sampling = async {
        loop {
            let state = Arc::clone(&state.borrow());
            shown.send_replace(look(&log, &database, projections, &state).await);
            tokio::time::sleep(INTERVAL).await;
        }
    };
    stop.run_until_cancelled(Box::pin(sampling)).await;
}

async fn look(
    log: &Log,
    database: &Database,
    projections: &'static [ReadModel],
    state: &State,
) -> Sample {
    let now = clock::now();
    let seen = log.examine().await;
    let account = seen.account.ok();
    let stream = seen.log.ok();
    let end = log.end().await.ok();
    let mut slots = Vec::new();
    let mut jobs = Vec::new();
    for model in projections {
        // What cannot be asked is not shown: that it is missing is what alerts look for.
        let Ok(found) = projector::slots(database.pool(), model.name).await else { continue };
        let marks = projector::marks(database.pool(), model.name, MAX_MARKS).await;
        let marks = marks.unwrap_or_default();
        for peek in found.iter() {
            let changed = marks.iter().filter(|mark| mark.slot == peek.role).count();
            slots.push(slot(log, model.name, peek, end, now, changed).await);
        }
        let job = state.jobs.active(model.name).zip(found.candidate.as_ref());
        jobs.extend(job.map(|(job, candidate)| progress(job, candidate, now)));
    }
    Sample {
        at: Some(now),
        end,
        bytes: stream.as_ref().map(|stream| stream.bytes),
        max_bytes: stream
            .and_then(|stream| stream.max_bytes)
            .or(account.and_then(|account| account.max_bytes)),
        slots,
        jobs,
        holds: holds(database, now).await,
        erasures_incomplete: Some(state.erasures.incomplete().count()),
    }
}

async fn slot(
    log: &Log,
    projection: &'static str,
    peek: &SlotPeek,
    end: Option<Seq>,
    now: Timestamp,
    changed_by_hand: usize,
) -> SlotSample {
    let end = end.unwrap_or(peek.position);
    let lag_events = end.0.saturating_sub(peek.position.0);
    let since = if lag_events == 0 { None } else { happened_at(log, peek.position.next()).await };
    SlotSample {
        projection,
        slot: peek.role.as_str(),
        position: peek.position.0,
        lag_events,
        lag_seconds: since.map_or(0.0, |since| now.duration_since(since).as_secs_f64().max(0.0)),
        heartbeat_age: peek.lease_age.map(|age| age.as_secs_f64()),
        halted: peek.halted.is_some(),
        changed_by_hand,
    }
}

async fn happened_at(log: &Log, seq: Seq) -> Option<Timestamp> {
    log.get(seq).await.ok()??.header(header::TIME)?.parse().ok()
}

#[expect(clippy::cast_precision_loss, reason = "a rate is no count")]
fn progress(job: &Job, candidate: &SlotPeek, now: Timestamp) -> JobSample {
    let standing = match job.stage {
        Stage::Paused => now.duration_since(job.since),
        Stage::Running
        | Stage::CutOver { .. }
        | Stage::RolledBack
        | Stage::Cancelled
        | Stage::Failed { .. } => jiff::SignedDuration::ZERO,
    };
    let worked = now.duration_since(job.started_at) - job.paused - standing;
    let (done, goal) = (candidate.position.0 as f64, candidate.goal.0 as f64);
    let rate = done / worked.as_secs_f64().max(1.0);
    JobSample {
        projection: job.plan.projection.clone(),
        progress: if goal > 0.0 { (done / goal).min(1.0) } else { 1.0 },
        rate,
        eta: (rate > 0.0).then(|| (goal - done).max(0.0) / rate),
    }
}

async fn holds(database: &Database, now: Timestamp) -> Option<(i64, f64)> {
    let question =
        "SELECT count(*), min(raised_at) FROM directory.alerts WHERE held AND decision IS NULL";
    let client = database.pool().get().await.ok()?;
    let row = client.query_one(question, &[]).await.ok()?;
    let oldest: Option<Timestamp> = row.try_get(1).ok()?;
    let age = oldest.map_or(0.0, |oldest| now.duration_since(oldest).as_secs_f64());
    Some((row.try_get(0).ok()?, age))
}
