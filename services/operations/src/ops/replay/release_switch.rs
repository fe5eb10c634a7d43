//! Letting readers see what a release built, and going back: an operator's word, where
//! `--on-new-rules hold` waits for it.
//!
//! As with jobs, the slots are switched first and the act is written behind it.

use acts::{Act, LastSwitch, ReleaseSwitched, Role, State as Known};
use axum::extract::State;
use projector::{ReadModel, RollBackBy, SlotPeek, Slots, SwitchError, SwitchRefusal, Switched};
use web::json_body::{Body, OptionalBody};

use super::release::{ReleaseAnswer, told};
use super::switch::{Confirmation, Done, Wish, switch_error};
use super::turn::{to_its_end, turn};
use super::world::{model, slots};
use crate::audit::unnoted;
use crate::operations::Operations;
use crate::ops::extract::Path;
use crate::ops::{Answered, Caller, OpsError};
use crate::release::{no_way_back, not_ready, of_release, undoable};
use crate::way_back::name;

/// Lets readers see the candidate of a release; or what an operator went back from, again.
pub(crate) async fn cut_over(
    State(ops): State<Operations>,
    caller: Caller,
    Path(projection): Path<String>,
    Body(Confirmation { confirm }): Body<Confirmation>,
) -> Result<Answered<ReleaseAnswer>, OpsError> {
    to_its_end(show(ops, caller, projection, confirm)).await
}

async fn show(
    ops: Operations,
    caller: Caller,
    projection: String,
    confirm: String,
) -> Result<Answered<ReleaseAnswer>, OpsError> {
    caller.may(Role::ReplayCutover)?;
    let model = model(&ops, &projection)?;
    let named = model.name;
    if confirm != named {
        return Err(OpsError::refused(format!(
            "this replaces what readers see of {named}; type that name to confirm it (--confirm {named})"
        )));
    }
    let _turn = turn(&ops, model).await?;
    let known = ops.acts().current().await?;
    let found = slots(&ops, model).await?;
    let pool = ops.database().pool();
    if let Some(candidate) = of_release(&found) {
        if let Some(why) = not_ready(candidate, &found) {
            return Err(OpsError::refused(why));
        }
        let switched = projector::cut_over(pool, named, None).await.map_err(switch_error)?;
        let done = done(model, &found, candidate, &switched, None);
        note(&ops, &caller, Act::ReleaseCutOver(Box::new(done))).await?;
        return told(&ops, named).await;
    }
    match last(&known, named, &found) {
        // Said again.
        Some(LastSwitch::CutOver(_)) => {}
        Some(LastSwitch::RolledBack(back)) => {
            let before = found.previous.as_ref().filter(|slot| name(slot) == back.before);
            let previous = before.ok_or_else(|| {
                OpsError::refused(format!(
                    "what was gone back from is kept no more; `rollcall replay plan {named}` builds \
                     it anew"
                ))
            })?;
            let by = RollBackBy::CutOverAgain;
            let switched = projector::roll_back(pool, named, by, &found).await;
            let switched = switched.map_err(|error| moved(named, error))?;
            let done = done(model, &found, previous, &switched, None);
            note(&ops, &caller, Act::ReleaseCutOver(Box::new(done))).await?;
        }
        None => {
            let whose = found.candidate.as_ref().and_then(|slot| slot.job.as_deref());
            return Err(OpsError::refused(match whose {
                Some(job) => format!(
                    "the candidate of {named} is that of the job {job}: `rollcall replay cutover {job}`"
                ),
                None => format!(
                    "no candidate of a release waits for {named}; `rollcall replay status {named}` \
                     tells what readers see"
                ),
            }));
        }
    }
    told(&ops, named).await
}

/// Lets readers see again what they saw before a release.
pub(crate) async fn roll_back(
    State(ops): State<Operations>,
    caller: Caller,
    Path(projection): Path<String>,
    OptionalBody(wish): OptionalBody<Wish>,
) -> Result<Answered<ReleaseAnswer>, OpsError> {
    to_its_end(undo(ops, caller, projection, wish)).await
}

async fn undo(
    ops: Operations,
    caller: Caller,
    projection: String,
    Wish { reason, even_if_behind, even_if_changed }: Wish,
) -> Result<Answered<ReleaseAnswer>, OpsError> {
    caller.may(Role::ReplayCutover)?;
    let model = model(&ops, &projection)?;
    let named = model.name;
    let _turn = turn(&ops, model).await?;
    let known = ops.acts().current().await?;
    let found = slots(&ops, model).await?;
    if let Some(LastSwitch::RolledBack(_)) = last(&known, named, &found) {
        // Said again. To go forth again is to cut over.
        return told(&ops, named).await;
    }
    if let Some(job) = undoable(&known.jobs, named, &found) {
        return Err(OpsError::refused(format!(
            "what readers see of {named} is by the job {}: `rollcall replay rollback {}` undoes it",
            job.id, job.id
        )));
    }
    let previous = found.previous.as_ref().ok_or(SwitchRefusal::NoPrevious);
    let previous = previous.map_err(|why| switch_error(why.into()))?;
    if let Some(why) = no_way_back(&known.jobs, previous) {
        return Err(OpsError::refused(format!("there is no way back: {why}")));
    }
    let by = RollBackBy::Operator { even_if_behind, even_if_changed };
    let switched = projector::roll_back(ops.database().pool(), named, by, &found).await;
    let switched = switched.map_err(|error| moved(named, error))?;
    let done = done(model, &found, previous, &switched, reason.map(String::from));
    note(&ops, &caller, Act::ReleaseRolledBack(Box::new(done))).await?;
    told(&ops, named).await
}

/// The last switch of a release, if readers still see where it went.
fn last<'k>(known: &'k Known, projection: &str, found: &Slots) -> Option<&'k LastSwitch> {
    known.releases.last(projection, &name(found.live.as_ref()?))
}

fn done(
    model: ReadModel,
    found: &Slots,
    live: &SlotPeek,
    switched: &Switched,
    reason: Option<String>,
) -> ReleaseSwitched {
    // Without a live slot nothing was switched.
    let before = found.live.as_ref().unwrap_or(live);
    let Done { position, milliseconds, kept_until } = Done::of(switched);
    ReleaseSwitched {
        projection: model.name.to_owned(),
        live: name(live),
        rules: live.made_by,
        before: name(before),
        rules_before: before.made_by,
        position,
        milliseconds,
        kept_until,
        reason,
    }
}

/// Notes what was done, whatever came in between: it is done.
async fn note(ops: &Operations, caller: &Caller, act: Act) -> Result<(), OpsError> {
    Ok(ops.acts().note(&caller.by, act).await.map_err(|error| unnoted(&error))?)
}

/// Why one does not get back, with what to do about it.
fn moved(projection: &str, error: SwitchError) -> OpsError {
    let what_to_do = match &error {
        SwitchError::Refused(SwitchRefusal::Behind { .. }) => {
            "; start a process of the release that made it, which catches up, or say \
             --even-if-behind: readers then see it as old as it is until such a process runs"
                .to_owned()
        }
        SwitchError::Refused(SwitchRefusal::Moved) => {
            format!("; `rollcall replay status {projection}` tells what readers see now")
        }
        SwitchError::Refused(_) | SwitchError::Database(_) => return switch_error(error),
    };
    OpsError::refused(format!("{error}{what_to_do}"))
}
