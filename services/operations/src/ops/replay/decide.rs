//! Starting, pausing, resuming and ending a job. Said again, each changes nothing.

use std::time::Duration;

use acts::{Act, JobId, JobRefusal, PlanId, Role, State as Known};
use axum::extract::State;
use eventlog::clock;
use events::Tenant;
use serde::Deserialize;
use tokio::time::Instant;
use web::json_body::OptionalBody;

use super::job::{JobStatus, job_id, told, whose_job};
use super::turn::turn;
use super::world::{model, slots, wanted_candidate, whose, world};
use crate::job_progress::candidate;
use crate::operations::Operations;
use crate::ops::extract::Path;
use crate::ops::reason_text::ReasonText;
use crate::ops::{Answered, Caller, Confined, OpsError, sees};

/// How long it is waited until a worker has dropped the candidate of a job that was cancelled.
const DROPPED_WITHIN: Duration = Duration::from_secs(5);
/// Between two looks whether it has.
const DROP_CHECK: Duration = Duration::from_millis(20);

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    reason: Option<ReasonText>,
}

/// Makes a plan a job. The workers of its projection begin it.
pub(crate) async fn run(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Path(id): Path<String>,
) -> Result<Answered<JobStatus>, OpsError> {
    caller.may(Role::ReplayRun)?;
    let job = job_id(&id)?;
    let plan = PlanId::from(&job);
    let known = ops.acts().current().await?;
    let caller = whose_job(caller, &known.jobs, &job)?;
    let model = model(&ops, &known.jobs.plan(&plan)?.plan.projection)?;
    let _turn = turn(&ops, model).await?;
    let slots = slots(&ops, model).await?;
    let now = clock::now();
    let start = |known: &Known| -> Result<Option<Act>, OpsError> {
        let start = known.jobs.start(&plan, now, &world(model, &slots, &known.jobs));
        let start = start.map_err(|why| not_of_others(why, caller.own(), known))?;
        // One of a job that has ended makes room by itself.
        let candidate = wanted_candidate(model, &slots, &known.jobs);
        if let (Some(_), Some(candidate)) = (&start, candidate) {
            return Err(OpsError::refused(format!(
                "{} has a candidate {} already; there is one at a time: wait until it is cut over to \
                 or dropped, and plan again",
                model.name,
                whose(candidate, caller.own())
            )));
        }
        Ok(start)
    };
    ops.acts().act(&caller.by, start).await?;
    told(&ops, &caller, &job).await
}

/// A refusal as its reader may know it: of another tenant's job an administrator learns that there is one.
fn not_of_others(refusal: JobRefusal, own: Option<&Tenant>, known: &Known) -> OpsError {
    match &refusal {
        JobRefusal::Busy { projection, job, .. } => {
            let other = known.jobs.job(job).ok();
            if sees(own, other.and_then(|job| job.plan.scope.tenant())) {
                return refusal.into();
            }
            OpsError::refused(format!(
                "another replay of {projection} is under way, and there is one at a time; try again when it \
                 has ended"
            ))
        }
        JobRefusal::NoPlan(_)
        | JobRefusal::NoJob(_)
        | JobRefusal::Expired { .. }
        | JobRefusal::GivenUp(_)
        | JobRefusal::OutOfDate { .. }
        | JobRefusal::NotNow { .. }
        | JobRefusal::NotKept { .. } => refusal.into(),
    }
}

pub(crate) async fn pause(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Path(id): Path<String>,
    OptionalBody(Reason { reason }): OptionalBody<Reason>,
) -> Result<Answered<JobStatus>, OpsError> {
    decide(&ops, caller, &id, |known, job| known.jobs.pause(job, reason.clone().map(String::from)))
        .await
}

pub(crate) async fn resume(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Path(id): Path<String>,
    OptionalBody(Reason { reason }): OptionalBody<Reason>,
) -> Result<Answered<JobStatus>, OpsError> {
    decide(&ops, caller, &id, |known, job| known.jobs.resume(job, reason.clone().map(String::from)))
        .await
}

pub(crate) async fn cancel(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Path(id): Path<String>,
    OptionalBody(Reason { reason }): OptionalBody<Reason>,
) -> Result<Answered<JobStatus>, OpsError> {
    caller.may(Role::ReplayRun)?;
    let id = job_id(&id)?;
    let caller = whose_job(caller, &ops.acts().current().await?.jobs, &id)?;
    end(&ops, &caller, &id, reason).await?;
    is_dropped(&ops, &id).await?;
    told(&ops, &caller, &id).await
}

/// Ends a job that readers do not see, or a plan that was not started.
async fn end(
    ops: &Operations,
    caller: &Caller,
    id: &JobId,
    reason: Option<ReasonText>,
) -> Result<(), OpsError> {
    let known = ops.acts().current().await?;
    let planned = known.jobs.plan(&id.into()).or(Err(JobRefusal::NoJob(id.clone())))?;
    let _turn = turn(ops, model(ops, &planned.plan.projection)?).await?;
    let reason = reason.map(String::from);
    let end = |known: &Known| Ok::<_, OpsError>(known.jobs.cancel(id, reason.clone())?);
    ops.acts().act(&caller.by, end).await?;
    Ok(())
}

/// Waits for a moment until the candidate of a job that has ended is gone. Who drops it is the worker of
/// its projection, which may be away.
async fn is_dropped(ops: &Operations, job: &JobId) -> Result<(), OpsError> {
    let state = ops.acts().current().await?;
    let Ok(job) = state.jobs.job(job) else { return Ok(()) };
    let model = model(ops, &job.plan.projection)?;
    let begun = Instant::now();
    while candidate(job, &slots(ops, model).await?).is_some() && begun.elapsed() < DROPPED_WITHIN {
        tokio::time::sleep(DROP_CHECK).await;
    }
    Ok(())
}

async fn decide(
    ops: &Operations,
    caller: Confined<Caller>,
    id: &str,
    act: impl Fn(&Known, &JobId) -> Result<Option<Act>, JobRefusal>,
) -> Result<Answered<JobStatus>, OpsError> {
    caller.may(Role::ReplayRun)?;
    let job = job_id(id)?;
    let known = ops.acts().current().await?;
    let caller = whose_job(caller, &known.jobs, &job)?;
    let projection = known.jobs.job(&job)?.plan.projection.clone();
    let _turn = turn(ops, model(ops, &projection)?).await?;
    ops.acts().act(&caller.by, |known: &Known| Ok::<_, OpsError>(act(known, &job)?)).await?;
    told(ops, &caller, &job).await
}
