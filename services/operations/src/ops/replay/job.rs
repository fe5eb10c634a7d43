//! How far a replay is: what its acts say, and what its slots show.

use acts::{Job, JobId, Planned, Role, Scope, Stage};
use axum::extract::State;
use eventlog::clock;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use web::Problem;

use super::world::{model, slots};
use crate::job_progress::{Progress, READY, candidate, is_ready};
use crate::operations::Operations;
use crate::ops::extract::Path;
use crate::ops::{Answer, Answered, Caller, OpsError};

/// The replays that there are and were, the oldest first; then the plans that were not started.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JobList {
    jobs: Vec<JobStatus>,
}

impl Answer for JobList {
    const SCHEMA: &'static str = "rollcall.replay-jobs.v1";
}

/// How a replay is. What readers do not need is null.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JobStatus {
    /// Its id. A plan that was not started has its own.
    job: String,
    plan: String,
    projection: String,
    #[serde(flatten)]
    scope: Scope,
    /// `planned`, `expired`, `running`, `paused`, `ready`, `cut-over`, `done`, `rolled-back`,
    /// `cancelled` or `failed`.
    state: &'static str,
    reason: Option<String>,
    /// Who started it; of a plan, who made it.
    by: String,
    /// When; of a plan, when it was made.
    started_at: Timestamp,
    /// Since when it is in this state.
    since: Timestamp,
    /// Until when the plan can be started, or the cut-over undone.
    until: Option<Timestamp>,
    /// How far the candidate is.
    progress: Option<Progress>,
    /// How far behind the log readers are meanwhile.
    live_lag_events: Option<u64>,
    /// What went wrong, or why it stands still.
    why: Option<String>,
}

impl Answer for JobStatus {
    const SCHEMA: &'static str = "rollcall.replay-job.v1";
}

pub(crate) async fn list(
    State(ops): State<Operations>,
    caller: Caller,
) -> Result<Answered<JobList>, OpsError> {
    caller.may(Role::OpsRead)?;
    let state = ops.acts().current().await?;
    let mut jobs = Vec::new();
    for job in state.jobs.all() {
        jobs.push(status(&ops, job).await?);
    }
    jobs.extend(state.jobs.plans().into_iter().map(planned));
    Ok(Answered(JobList { jobs }))
}

pub(crate) async fn show(
    State(ops): State<Operations>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answered<JobStatus>, OpsError> {
    caller.may(Role::OpsRead)?;
    told(&ops, &job_id(&id)?).await
}

/// A job by its id, or by that of its plan.
pub(super) fn job_id(text: &str) -> Result<JobId, Problem> {
    text.parse().map_err(|error: acts::BadId| {
        let text: String = text.chars().take(64).collect();
        let why = format!("{text:?} names neither: {error}; `rollcall replay list` shows them");
        Problem::malformed(why)
    })
}

/// How a job is, or its plan if it was not started.
pub(super) async fn told(ops: &Operations, id: &JobId) -> Result<Answered<JobStatus>, OpsError> {
    let state = ops.acts().current().await?;
    match state.jobs.job(id) {
        Ok(job) => Ok(Answered(status(ops, job).await?)),
        Err(none) => match state.jobs.plan(&id.into()) {
            Ok(plan) => Ok(Answered(planned(plan))),
            Err(_) => Err(none.into()),
        },
    }
}

fn planned(Planned { plan, by, at }: &Planned) -> JobStatus {
    let expired = plan.expires_at <= clock::now();
    JobStatus {
        job: plan.id.to_string(),
        plan: plan.id.to_string(),
        projection: plan.projection.clone(),
        scope: plan.scope.clone(),
        state: if expired { "expired" } else { "planned" },
        reason: plan.reason.clone(),
        by: by.to_string(),
        started_at: *at,
        since: *at,
        until: Some(plan.expires_at),
        progress: None,
        live_lag_events: None,
        why: None,
    }
}

async fn status(ops: &Operations, job: &Job) -> Result<JobStatus, OpsError> {
    let (mut progress, mut lag, mut why, mut until) = (None, None, None, None);
    let mut state = job.stage.as_str();
    match &job.stage {
        Stage::Running | Stage::Paused => {
            let slots = slots(ops, model(ops, &job.plan.projection)?).await?;
            let end = ops.log().end().await?.0;
            lag = slots.live.as_ref().map(|live| end.saturating_sub(live.position.0));
            if let Some(candidate) = candidate(job, &slots) {
                progress = Some(Progress::of(job, candidate, end, clock::now()));
                why.clone_from(&candidate.halted);
                if job.stage == Stage::Running && is_ready(job, candidate, &slots) {
                    state = READY;
                }
            }
        }
        Stage::CutOver { kept_until } => {
            until = Some(*kept_until);
            if *kept_until <= clock::now() {
                state = "done";
            }
        }
        Stage::Failed { why: failed } => why = Some(failed.clone()),
        Stage::RolledBack | Stage::Cancelled => {}
    }
    Ok(JobStatus {
        job: job.id.to_string(),
        plan: job.plan.id.to_string(),
        projection: job.plan.projection.clone(),
        scope: job.plan.scope.clone(),
        state,
        reason: job.plan.reason.clone(),
        by: job.by.to_string(),
        started_at: job.started_at,
        since: job.since,
        until,
        progress,
        live_lag_events: lag,
        why,
    })
}
