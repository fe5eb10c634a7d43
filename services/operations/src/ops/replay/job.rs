//! How far a replay is: what its acts say, and what its slots show.

use acts::{
    BlastRadius, By, Forecast, Job, JobId, JobRefusal, Jobs, Plan, Planned, Role, Scope, Stage,
};
use axum::extract::State;
use eventlog::clock;
use events::Tenant;
use jiff::Timestamp;
use projector::{ReadModel, Slots};
use schemars::JsonSchema;
use serde::Serialize;
use web::Problem;

use super::notes::notes;
use super::world::{slots, whose, world};
use crate::job_progress::{Progress, READY, candidate, is_ready};
use crate::operations::Operations;
use crate::ops::extract::Path;
use crate::ops::{Answer, Answered, Caller, Confined, OpsError};
use crate::way_back::{WayBack, is_seen, way_back};

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
    /// `planned`, `void`, `expired`, `running`, `paused`, `ready`, `cut-over`, `done`, `rolled-back`,
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
    /// What went wrong, why it stands still, why the plan is void, or why the cut-over cannot be undone.
    why: Option<String>,
    /// What it would take; of a plan that was not started.
    planned: Option<PlannedWork>,
    /// Whether the candidate of a job that has ended is still there: the worker of its projection has
    /// not dropped it yet.
    candidate_left: bool,
}

/// What a replay would take, and whom it may touch.
#[derive(Debug, Serialize, JsonSchema)]
struct PlannedWork {
    forecast: Forecast,
    blast_radius: BlastRadius,
    /// How many events of the live slot wait because they cannot be applied; they are tried again.
    parked: u64,
    /// What the operator has to know before it is run.
    notes: Vec<String>,
}

impl Answer for JobStatus {
    const SCHEMA: &'static str = "rollcall.replay-job.v1";
}

impl JobStatus {
    /// What a plan says of itself, whether it was started or not.
    fn of(plan: &Plan, by: &By, started_at: Timestamp) -> Self {
        Self {
            job: plan.id.to_string(),
            plan: plan.id.to_string(),
            projection: plan.projection.clone(),
            scope: plan.scope.clone(),
            state: "planned",
            reason: plan.reason.clone(),
            by: by.to_string(),
            started_at,
            since: started_at,
            until: None,
            progress: None,
            live_lag_events: None,
            why: None,
            planned: None,
            candidate_left: false,
        }
    }
}

pub(crate) async fn list(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
) -> Result<Answered<JobList>, OpsError> {
    caller.may(Role::OpsRead)?;
    let seen = Seen::of(&ops, caller.own()).await?;
    let state = ops.acts().current().await?;
    let is_there = |plan: &Plan| caller.sees(plan.scope.tenant());
    let (jobs, plans) = (state.jobs.all(), state.jobs.plans());
    let jobs = jobs.into_iter().filter(|job| is_there(&job.plan)).map(|job| seen.job(job));
    let plans = plans.into_iter().filter(|planned| is_there(&planned.plan));
    let jobs = jobs.chain(plans.map(|plan| seen.plan(plan, &state.jobs))).collect();
    Ok(Answered(JobList { jobs }))
}

pub(crate) async fn show(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Path(id): Path<String>,
) -> Result<Answered<JobStatus>, OpsError> {
    caller.may(Role::OpsRead)?;
    let id = job_id(&id)?;
    let caller = whose_job(caller, &ops.acts().current().await?.jobs, &id)?;
    told(&ops, &caller, &id).await
}

/// Who asks about this job, or this plan. Of another tenant's an administrator is told that there is none.
pub(crate) fn whose_job(
    caller: Confined<Caller>,
    jobs: &Jobs,
    id: &JobId,
) -> Result<Caller, OpsError> {
    let plan = jobs.plan(&id.into()).ok();
    let tenant = plan.and_then(|planned| planned.plan.scope.tenant());
    if caller.sees(tenant) {
        Ok(caller.at(tenant)?)
    } else {
        Err(JobRefusal::NoJob(id.clone()).into())
    }
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
pub(super) async fn told(
    ops: &Operations,
    caller: &Caller,
    id: &JobId,
) -> Result<Answered<JobStatus>, OpsError> {
    let seen = Seen::of(ops, caller.own()).await?;
    let state = ops.acts().current().await?;
    match state.jobs.job(id) {
        Ok(job) => Ok(Answered(seen.job(job))),
        Err(none) => match state.jobs.plan(&id.into()) {
            Ok(plan) => Ok(Answered(seen.plan(plan, &state.jobs))),
            Err(_) => Err(none.into()),
        },
    }
}

/// The slots, as they were looked at for one answer.
struct Seen {
    slots: Vec<(ReadModel, Slots)>,
    /// The end of the log.
    end: u64,
    now: Timestamp,
    /// Whose jobs alone are told of, if not everybody's.
    own: Option<Tenant>,
}

impl Seen {
    async fn of(ops: &Operations, own: Option<&Tenant>) -> Result<Self, OpsError> {
        let mut all = Vec::new();
        for model in ops.projections() {
            all.push((*model, slots(ops, *model).await?));
        }
        Ok(Self { slots: all, end: ops.log().end().await?.0, now: clock::now(), own: own.cloned() })
    }

    /// Of a projection that this release knows.
    fn slots(&self, projection: &str) -> Option<&(ReadModel, Slots)> {
        self.slots.iter().find(|(model, _)| model.name == projection)
    }

    fn plan(&self, planned: &Planned, jobs: &Jobs) -> JobStatus {
        let Planned { plan, by, at, given_up } = planned;
        let moved = match self.slots(&plan.projection) {
            Some((model, slots)) => plan.world.moved(&world(*model, slots, jobs)),
            None => vec!["this release has no such projection"],
        };
        let (state, why) = if *given_up {
            ("cancelled", None)
        } else if plan.expires_at <= self.now {
            ("expired", None)
        } else if moved.is_empty() {
            ("planned", None)
        } else {
            ("void", Some(format!("{}; plan again", moved.join(", and "))))
        };
        let until = (state == "planned").then_some(plan.expires_at);
        let notes = self.slots(&plan.projection).map_or_else(Vec::new, |(model, slots)| {
            notes(*model, plan, slots, jobs, self.own.as_ref())
        });
        let planned = Some(PlannedWork {
            forecast: plan.forecast.clone(),
            blast_radius: plan.blast_radius,
            parked: plan.parked,
            notes,
        });
        JobStatus { state, until, why, planned, ..JobStatus::of(plan, by, *at) }
    }

    fn job(&self, job: &Job) -> JobStatus {
        let found = self.slots(&job.plan.projection).map(|(_, slots)| slots);
        let candidate = found.and_then(|slots| candidate(job, slots));
        let mut told = JobStatus {
            job: job.id.to_string(),
            state: job.stage.as_str(),
            since: job.since,
            ..JobStatus::of(&job.plan, &job.by, job.started_at)
        };
        match &job.stage {
            // Whoever cut over to it died before that was noted, which is done within a second.
            Stage::Running | Stage::Paused if found.is_some_and(|slots| is_seen(job, slots)) => {
                told.state = "cut-over";
                let previous = found.and_then(|slots| slots.previous.as_ref());
                told.until = previous.and_then(|slot| slot.kept_until);
            }
            Stage::Running | Stage::Paused => {
                let live = found.and_then(|slots| slots.live.as_ref());
                told.live_lag_events = live.map(|live| self.end.saturating_sub(live.position.0));
                if let (Some(slots), Some(candidate)) = (found, candidate) {
                    told.progress = Some(Progress::of(job, candidate, self.end, self.now));
                    told.why.clone_from(&candidate.halted);
                    if job.stage == Stage::Running && is_ready(job, candidate, slots) {
                        told.state = READY;
                    }
                } else if let Some(other) = found.and_then(|slots| slots.candidate.as_ref()) {
                    let whose = whose(other, self.own.as_ref());
                    told.why = Some(format!("the candidate {whose} has to be dropped first"));
                }
            }
            Stage::CutOver { kept_until } if *kept_until <= self.now => told.state = "done",
            Stage::CutOver { kept_until } => match found.map(|slots| way_back(job, slots)) {
                Some(WayBack::Closed(why)) => (told.state, told.why) = ("done", Some(why)),
                // Nor was this noted yet.
                Some(WayBack::Gone) => told.state = "rolled-back",
                Some(WayBack::Open) | None => told.until = Some(*kept_until),
            },
            Stage::Failed { why } => {
                told.why = Some(why.clone());
                told.candidate_left = candidate.is_some();
            }
            Stage::RolledBack | Stage::Cancelled => told.candidate_left = candidate.is_some(),
        }
        told
    }
}
