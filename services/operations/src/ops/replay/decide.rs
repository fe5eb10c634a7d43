//! Starting, pausing, resuming and ending a job. Said again, each changes nothing.

use acts::{Act, JobId, JobRefusal, PlanId, Role, Stage, State as Known};
use axum::extract::State;
use eventlog::clock;
use serde::Deserialize;
use web::json_body::OptionalBody;

use super::job::{JobStatus, job_id, told};
use super::world::{model, slots, world};
use crate::operations::Operations;
use crate::ops::extract::Path;
use crate::ops::reason_text::ReasonText;
use crate::ops::{Answered, Caller, OpsError};
use crate::way_back::is_seen;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    reason: Option<ReasonText>,
}

/// Makes a plan a job. The workers of its projection begin it.
pub(crate) async fn run(
    State(ops): State<Operations>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answered<JobStatus>, OpsError> {
    caller.may(Role::ReplayRun)?;
    let job = job_id(&id)?;
    let plan = PlanId::from(&job);
    let known = ops.acts().current().await?;
    let model = model(&ops, &known.jobs.plan(&plan)?.plan.projection)?;
    let slots = slots(&ops, model).await?;
    let world = world(model, &slots);
    let now = clock::now();
    let start = |known: &Known| -> Result<Option<Act>, OpsError> {
        let start = known.jobs.start(&plan, now, &world)?;
        if let (Some(_), Some(candidate)) = (&start, &slots.candidate) {
            let whose = candidate.job.as_deref().unwrap_or("the rules of a release");
            return Err(OpsError::refused(format!(
                "{} has a candidate already, for {whose}; there is one at a time: wait until it is \
                 cut over to or dropped, and plan again",
                model.name
            )));
        }
        Ok(start)
    };
    ops.acts().act(&caller.by, start).await?;
    told(&ops, &job).await
}

pub(crate) async fn pause(
    State(ops): State<Operations>,
    caller: Caller,
    Path(id): Path<String>,
    OptionalBody(Reason { reason }): OptionalBody<Reason>,
) -> Result<Answered<JobStatus>, OpsError> {
    decide(&ops, &caller, &id, |known, job| known.jobs.pause(job, reason.clone().map(String::from)))
        .await
}

pub(crate) async fn resume(
    State(ops): State<Operations>,
    caller: Caller,
    Path(id): Path<String>,
    OptionalBody(Reason { reason }): OptionalBody<Reason>,
) -> Result<Answered<JobStatus>, OpsError> {
    decide(&ops, &caller, &id, |known, job| {
        known.jobs.resume(job, reason.clone().map(String::from))
    })
    .await
}

pub(crate) async fn cancel(
    State(ops): State<Operations>,
    caller: Caller,
    Path(id): Path<String>,
    OptionalBody(Reason { reason }): OptionalBody<Reason>,
) -> Result<Answered<JobStatus>, OpsError> {
    caller.may(Role::ReplayRun)?;
    let known = ops.acts().current().await?;
    let job = known.jobs.job(&job_id(&id)?)?;
    let open = matches!(job.stage, Stage::Running | Stage::Paused);
    let found = slots(&ops, model(&ops, &job.plan.projection)?).await?;
    if open && is_seen(job, &found) {
        return Err(OpsError::refused(format!(
            "readers see what the job {} built: whoever cut over to it died before that was noted. \
             Say `rollcall replay cutover {}` again, then `rollcall replay rollback {}`",
            job.id, job.id, job.id
        )));
    }
    decide(&ops, &caller, &id, |known, job| {
        known.jobs.cancel(job, reason.clone().map(String::from))
    })
    .await
}

async fn decide(
    ops: &Operations,
    caller: &Caller,
    id: &str,
    act: impl Fn(&Known, &JobId) -> Result<Option<Act>, JobRefusal>,
) -> Result<Answered<JobStatus>, OpsError> {
    caller.may(Role::ReplayRun)?;
    let job = job_id(id)?;
    ops.acts().act(&caller.by, |known: &Known| Ok::<_, OpsError>(act(known, &job)?)).await?;
    told(ops, &job).await
}
