//! Letting readers see what a job has built, and undoing that.
//!
//! The slots are switched first, in one transaction of Postgres, and the act is written behind it,
//! whatever came in between. A process that dies between leaves slots that tell what was done: whoever
//! decides next, or looks after jobs, writes the act.

use acts::{Act, CutOver, Job, JobId, Role, RolledBack, Stage, State as Known};
use axum::extract::State;
use eventlog::clock;
use events::Tenant;
use jiff::Timestamp;
use projector::{RollBackBy, Slots, SwitchError, SwitchRefusal, Switched};
use serde::Deserialize;
use web::json_body::{Body, OptionalBody};

use super::job::{JobStatus, job_id, told, whose_job};
use super::turn::{to_its_end, turn};
use super::world::{model, slots};
use crate::act_log::ActError;
use crate::audit::unnoted;
use crate::job_progress::{candidate, is_ready};
use crate::operations::Operations;
use crate::ops::extract::Path;
use crate::ops::reason_text::ReasonText;
use crate::ops::{Answered, Caller, Confined, OpsError, sees};
use crate::way_back::{KEPT, WayBack, name, way_back};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirmation {
    /// What is replaced, typed: the person's id, the tenant's name, or the projection's.
    pub(super) confirm: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    pub(super) reason: Option<ReasonText>,
    /// Whether it is enough that the previous slot is there, though it has not seen what the live one
    /// has.
    #[serde(default)]
    pub(super) even_if_behind: bool,
    /// Whether readers are to see rows again that were changed by hand.
    #[serde(default)]
    pub(super) even_if_changed: bool,
}

/// What a switch came to, also one of which another process died.
pub(super) struct Done {
    pub(super) position: events::Seq,
    pub(super) milliseconds: u64,
    pub(super) kept_until: Timestamp,
}

impl Done {
    pub(super) fn of(switched: &Switched) -> Self {
        Self {
            position: switched.position,
            milliseconds: u64::try_from(switched.held.as_millis()).unwrap_or(u64::MAX),
            kept_until: switched.kept_until.unwrap_or_else(|| clock::now() + KEPT),
        }
    }

    /// What the slots tell of a switch that was done and not written down.
    fn found(slots: &Slots) -> Self {
        let kept_until = slots.previous.as_ref().and_then(|previous| previous.kept_until);
        Self {
            position: slots.live.as_ref().map(|live| live.position).unwrap_or_default(),
            milliseconds: 0,
            kept_until: kept_until.unwrap_or_else(|| clock::now() + KEPT),
        }
    }
}

pub(crate) async fn cut_over(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Path(id): Path<String>,
    Body(Confirmation { confirm }): Body<Confirmation>,
) -> Result<Answered<JobStatus>, OpsError> {
    to_its_end(show(ops, caller, id, confirm)).await
}

/// Lets readers see what a job has built.
async fn show(
    ops: Operations,
    caller: Confined<Caller>,
    id: String,
    confirm: String,
) -> Result<Answered<JobStatus>, OpsError> {
    caller.may(Role::ReplayCutover)?;
    let id = job_id(&id)?;
    let known = ops.acts().current().await?;
    let caller = whose_job(caller, &known.jobs, &id)?;
    let model = model(&ops, &known.jobs.job(&id)?.plan.projection)?;
    let _turn = turn(&ops, model).await?;
    let known = ops.acts().current().await?;
    let job = known.jobs.job(&id)?;
    let named = job.plan.replaces();
    if confirm != named {
        return Err(OpsError::refused(format!(
            "this replaces what readers see of {named}; type that to confirm it (--confirm {named})"
        )));
    }
    if !known.jobs.may_cut_over(&id)? {
        return told(&ops, &caller, &id).await;
    }
    let found = slots(&ops, model).await?;
    may_be_seen(job, &found)?;
    leaves_others_their_way_back(caller.own(), &known, &found)?;
    let candidate_of = id.to_string();
    let switched = model.cut_over(ops.database().pool(), Some(&candidate_of));
    let switched = switched.await.map_err(switch_error)?;
    let Done { position, milliseconds, kept_until } = Done::of(&switched);
    let act = Act::ReplayCutOver(CutOver { job: id.clone(), position, milliseconds, kept_until });
    note(&ops, &caller, &id, &act, |stage| match stage {
        Stage::Running | Stage::Paused | Stage::Cancelled | Stage::Failed { .. } => true,
        Stage::CutOver { .. } | Stage::RolledBack => false,
    })
    .await?;
    told(&ops, &caller, &id).await
}

/// Refuses a candidate that is not ready, or whose plan was about another live slot.
fn may_be_seen(job: &Job, slots: &Slots) -> Result<(), OpsError> {
    if slots.live.as_ref().map(name) != job.plan.world.live {
        return Err(OpsError::out_of_date(format!(
            "the live slot of {} is another one than when the job {} was planned; cancel it, and \
             plan again",
            job.plan.projection, job.id
        )));
    }
    let candidate = candidate(job, slots);
    if candidate.is_some_and(|slot| slot.made_by != job.plan.world.rules) {
        return Err(OpsError::out_of_date(format!(
            "the candidate of the job {} was built by a release with other rules or tables than the \
             plan's; cancel it, and plan again",
            job.id
        )));
    }
    if candidate.is_some_and(|slot| is_ready(job, slot, slots)) {
        return Ok(());
    }
    Err(OpsError::refused(format!(
        "the job {} is not ready: its candidate has not seen what readers see; `rollcall replay \
         status {}` tells how far it is",
        job.id, job.id
    )))
}

/// A cut-over gives up what readers saw before the last one, whoever's that was. That is for an operator to
/// weigh: an administrator is refused as long as it is not their own.
fn leaves_others_their_way_back(
    own: Option<&Tenant>,
    known: &Known,
    slots: &Slots,
) -> Result<(), OpsError> {
    let (Some(own), Some(previous)) = (own, &slots.previous) else { return Ok(()) };
    let until = previous.kept_until.filter(|until| *until > clock::now());
    let job = |id: &String| known.jobs.job(&id.parse().ok()?).ok();
    let whose = previous.job.as_ref().and_then(job).and_then(|job| job.plan.scope.tenant());
    match until {
        Some(until) if !sees(Some(own), whose) => Err(OpsError::refused(format!(
            "until {until} another change of this read model can be undone, and this would give that up; cut over \
             then, or ask those who operate Rollcall to do it now"
        ))),
        Some(_) | None => Ok(()),
    }
}

pub(crate) async fn roll_back(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Path(id): Path<String>,
    OptionalBody(wish): OptionalBody<Wish>,
) -> Result<Answered<JobStatus>, OpsError> {
    to_its_end(undo(ops, caller, id, wish)).await
}

/// Lets readers see again what they saw before a job.
async fn undo(
    ops: Operations,
    caller: Confined<Caller>,
    id: String,
    Wish { reason, even_if_behind, even_if_changed }: Wish,
) -> Result<Answered<JobStatus>, OpsError> {
    caller.may(Role::ReplayCutover)?;
    let id = job_id(&id)?;
    let known = ops.acts().current().await?;
    let caller = whose_job(caller, &known.jobs, &id)?;
    let model = model(&ops, &known.jobs.job(&id)?.plan.projection)?;
    let _turn = turn(&ops, model).await?;
    let known = ops.acts().current().await?;
    let job = known.jobs.job(&id)?;
    if !known.jobs.may_roll_back(&id, clock::now())? {
        return told(&ops, &caller, &id).await;
    }
    let found = slots(&ops, model).await?;
    let done = match way_back(job, &found) {
        WayBack::Gone => Done::found(&found),
        WayBack::Open => {
            let by = RollBackBy::Operator { even_if_behind, even_if_changed };
            match model.roll_back(ops.database().pool(), by, &found).await {
                Ok(switched) => Done::of(&switched),
                // Another operator was faster: perhaps with the same.
                Err(SwitchError::Refused(SwitchRefusal::Moved)) => {
                    let now = slots(&ops, model).await?;
                    if !matches!(way_back(job, &now), WayBack::Gone) {
                        return Err(switch_error(SwitchRefusal::Moved.into()));
                    }
                    Done::found(&now)
                }
                Err(error) => return Err(switch_error(error)),
            }
        }
        WayBack::Closed(why) => {
            return Err(OpsError::refused(format!("nothing was switched: {why}")));
        }
    };
    let Done { position, milliseconds, .. } = done;
    let reason = reason.map(String::from);
    let act = Act::ReplayRolledBack(RolledBack { job: id.clone(), position, milliseconds, reason });
    note(&ops, &caller, &id, &act, |stage| !matches!(stage, Stage::RolledBack)).await?;
    told(&ops, &caller, &id).await
}

/// Notes what was done with the slots, whether or not it would be allowed now: it is done. An act that
/// somebody else wrote about it since is enough, which is seen in the stage of the job.
async fn note(
    ops: &Operations,
    caller: &Caller,
    id: &JobId,
    act: &Act,
    is_new: impl Fn(&Stage) -> bool,
) -> Result<(), OpsError> {
    let note = |known: &Known| -> Result<Option<Act>, ActError> {
        let is_new = known.jobs.job(id).is_ok_and(|job| is_new(&job.stage));
        Ok(is_new.then(|| act.clone()))
    };
    ops.acts().act(&caller.by, note).await.map_err(|error| unnoted(&error))?;
    Ok(())
}

pub(super) fn switch_error(error: SwitchError) -> OpsError {
    match error {
        SwitchError::Refused(why) => OpsError::refused(why.to_string()),
        SwitchError::Database(error) => error.into(),
    }
}
