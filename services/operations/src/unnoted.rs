//! What the slots tell and no act does: a switch of which the process died before it was written down, one
//! that a release made by itself, schemas that somebody renamed by hand, and what a release began to build.
//! It is noted by whoever sees it, so that jobs and the journal are as readers see it.

use acts::{
    Act, By, CutOver, Job, LastSwitch, ReleaseBegun, ReleaseSwitched, RolledBack, Stage, State,
};
use eventlog::clock;
use jiff::Timestamp;
use projector::{ReadModel, Scope, SlotPeek, Slots};

use crate::operations::Operations;
use crate::ops::OpsError;
use crate::ops::replay::try_turn;
use crate::release::of_release;
use crate::way_back::{KEPT, WayBack, is_seen, name, way_back};

/// Why the program notes that somebody went back.
const FOUND_BACK: &str = "readers see it: who went back died before that was noted, or renamed the \
                          schemas by hand";

/// More than slots can tell at once.
const MOST: usize = 8;

/// Notes what is to be noted of a projection. Who decides about it just now writes that down himself.
pub(crate) async fn note_unnoted(ops: &Operations, model: ReadModel) -> Result<(), OpsError> {
    let found = projector::slots(ops.database().pool(), model.name).await?;
    if first_unnoted(&ops.acts().state(), model.name, &found, clock::now()).is_some() {
        // Whoever takes the turn notes it.
        try_turn(ops, model).await?;
    }
    Ok(())
}

/// Notes all that is to be noted of a projection, for whoever has the turn to decide about it.
pub(crate) async fn note_all(ops: &Operations, model: ReadModel) -> Result<(), OpsError> {
    let found = projector::slots(ops.database().pool(), model.name).await?;
    let act =
        |known: &State| Ok::<_, OpsError>(first_unnoted(known, model.name, &found, clock::now()));
    for _ in 0..MOST {
        if ops.acts().act(&By::Program, act).await?.is_none() {
            break;
        }
    }
    Ok(())
}

/// What is to be noted first, if anything is.
fn first_unnoted(known: &State, projection: &str, found: &Slots, now: Timestamp) -> Option<Act> {
    let jobs = known.jobs.all();
    let mut jobs = jobs.into_iter().filter(|job| job.plan.projection == projection);
    jobs.find_map(|job| of_job(job, found, now))
        .or_else(|| of_switch(known, projection, found))
        .or_else(|| of_candidate(known, projection, found))
}

fn of_job(job: &Job, found: &Slots, now: Timestamp) -> Option<Act> {
    let live = found.live.as_ref()?;
    match job.stage {
        Stage::Running | Stage::Paused if is_seen(job, found) => {
            Some(Act::ReplayCutOver(CutOver {
                job: job.id.clone(),
                position: live.position,
                milliseconds: 0,
                kept_until: kept_until(found, now),
            }))
        }
        Stage::CutOver { kept_until } if kept_until > now => match way_back(job, found) {
            WayBack::Gone => Some(Act::ReplayRolledBack(RolledBack {
                job: job.id.clone(),
                position: live.position,
                milliseconds: 0,
                reason: Some(FOUND_BACK.to_owned()),
            })),
            WayBack::Open | WayBack::Closed(_) => None,
        },
        Stage::Running
        | Stage::Paused
        | Stage::CutOver { .. }
        | Stage::RolledBack
        | Stage::Cancelled
        | Stage::Failed { .. } => None,
    }
}

/// The switch to what a release built, or back, that no act tells of.
fn of_switch(known: &State, projection: &str, found: &Slots) -> Option<Act> {
    let (live, previous) = (found.live.as_ref()?, found.previous.as_ref()?);
    // What was exchanged are rows, or nothing was switched.
    if previous.scope != Scope::Whole || live.slot_id.is_none() {
        return None;
    }
    let kept_until = previous.kept_until?;
    let switched = |reason: &str| {
        Box::new(ReleaseSwitched {
            projection: projection.to_owned(),
            live: name(live),
            rules: live.made_by,
            before: name(previous),
            rules_before: previous.made_by,
            position: live.position,
            milliseconds: 0,
            kept_until,
            reason: Some(reason.to_owned()),
        })
    };
    let back = match known.releases.latest(projection) {
        Some(LastSwitch::CutOver(last) | LastSwitch::RolledBack(last))
            if last.live == name(live) =>
        {
            return None;
        }
        Some(LastSwitch::CutOver(last)) => last.before == name(live) && last.live == name(previous),
        Some(LastSwitch::RolledBack(_)) | None => false,
    };
    if back {
        let why = "the release that made it is back, and nobody kept what was live";
        return Some(Act::ReleaseRolledBack(switched(why)));
    }
    // A job's are its own acts; and what was live when a job was planned is nothing new.
    let was_live = known.jobs.all().iter().any(|job| job.plan.world.live == Some(name(live)));
    if live.job.is_some() || was_live {
        return None;
    }
    Some(Act::ReleaseCutOver(switched(why_built(previous, live))))
}

/// A candidate that no job wanted, and that no act tells of.
fn of_candidate(known: &State, projection: &str, found: &Slots) -> Option<Act> {
    let candidate = of_release(found)?;
    candidate.slot_id?;
    let slot = name(candidate);
    if known.releases.begun(projection) == Some(slot.as_str()) {
        return None;
    }
    let reason = found.live.as_ref().map_or("nothing is live", |live| why_built(live, candidate));
    Some(Act::ReleaseBegun(ReleaseBegun {
        projection: projection.to_owned(),
        slot,
        rules: candidate.made_by,
        reason: reason.to_owned(),
    }))
}

fn why_built(before: &SlotPeek, built: &SlotPeek) -> &'static str {
    if before.made_by == built.made_by {
        "the live slot was not whole: somebody dropped a table of it"
    } else {
        "a release has other rules or tables than the live slot"
    }
}

/// Until when what readers saw before is kept. Who renames schemas by hand says nothing of that.
fn kept_until(found: &Slots, now: Timestamp) -> Timestamp {
    let previous = found.previous.as_ref().and_then(|slot| slot.kept_until);
    previous.unwrap_or_else(|| now + KEPT)
}

#[cfg(test)]
mod tests;
