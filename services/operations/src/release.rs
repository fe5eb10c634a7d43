//! How far a release is with a projection: what its candidate waits for, and what can be had back. Pure.

use acts::{Job, Jobs, LastSwitch, Stage, State};
use events::Seq;
use jiff::Timestamp;
use projector::{Scope, SlotPeek, Slots};
use schemars::JsonSchema;
use serde::Serialize;

use crate::way_back::{WayBack, name, way_back};

/// How far a candidate may be behind the live slot and count as ready: as that of a job.
const CLOSE: u64 = 1000;

/// How far a release is with a projection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Release {
    /// See its variants.
    pub state: ReleaseState,
    /// Until when what readers saw before is kept, and can be had back.
    pub until: Option<Timestamp>,
    /// Why it cannot be cut over to, or gone back.
    pub why: Option<String>,
    /// The next command, if one may follow.
    pub next: Option<String>,
}

/// How far a release is with a projection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseState {
    /// Nothing waits, and there is no way back but that of a job.
    Settled,
    /// Its candidate has not seen what readers see.
    Building,
    /// Its candidate can be cut over to; with `--on-new-rules auto` that happens by itself.
    Ready,
    /// Its candidate was cut over to, and what was live before can be had back.
    CutOver,
    /// An operator went back to what was live before, and can cut over again.
    RolledBack,
}

impl ReleaseState {
    /// One word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Settled => "settled",
            Self::Building => "building",
            Self::Ready => "ready",
            Self::CutOver => "cut-over",
            Self::RolledBack => "rolled-back",
        }
    }

    /// Whether somebody has to do something, or to wait.
    pub(crate) fn waits(self) -> bool {
        match self {
            Self::Building | Self::Ready => true,
            Self::Settled | Self::CutOver | Self::RolledBack => false,
        }
    }
}

/// The candidate that a release built, if there is one.
pub(crate) fn of_release(slots: &Slots) -> Option<&SlotPeek> {
    slots.candidate.as_ref().filter(|slot| slot.job.is_none() && slot.scope == Scope::Whole)
}

/// The job whose cut-over was the last switch and can be undone: the way back is its own.
pub(crate) fn undoable<'j>(jobs: &'j Jobs, projection: &str, slots: &Slots) -> Option<&'j Job> {
    let jobs = jobs.all().into_iter().filter(|job| job.plan.projection == projection);
    jobs.filter(|job| matches!(job.stage, Stage::CutOver { .. }))
        .find(|job| matches!(way_back(job, slots), WayBack::Open))
}

/// How far a release is with `projection`.
pub(crate) fn release(known: &State, projection: &str, slots: &Slots) -> Release {
    let cutover = format!("rollcall replay cutover {projection} --confirm {projection}");
    if let Some(candidate) = of_release(slots) {
        let why = not_ready(candidate, slots);
        let compare = format!("rollcall replay diff {projection}, then {cutover}");
        let (state, next) = match why {
            None => (ReleaseState::Ready, Some(compare)),
            Some(_) => (ReleaseState::Building, None),
        };
        return Release { state, until: None, why, next };
    }
    let settled = |why| Release { state: ReleaseState::Settled, until: None, why, next: None };
    let (Some(live), Some(previous)) = (&slots.live, &slots.previous) else {
        return settled(None);
    };
    if let Some(job) = undoable(&known.jobs, projection, slots) {
        return Release {
            next: Some(format!("rollcall replay rollback {}", job.id)),
            ..settled(None)
        };
    }
    if let Some(why) = no_way_back(&known.jobs, previous) {
        return settled(Some(why));
    }
    let back = matches!(
        known.releases.last(projection, &name(live)),
        Some(LastSwitch::RolledBack(last)) if last.before == name(previous)
    );
    let (state, next) = if back {
        (ReleaseState::RolledBack, cutover)
    } else {
        (ReleaseState::CutOver, format!("rollcall replay rollback {projection}"))
    };
    Release { state, until: previous.kept_until, why: None, next: Some(next) }
}

/// Why readers may not be let see the candidate of a release yet.
pub(crate) fn not_ready(candidate: &SlotPeek, slots: &Slots) -> Option<String> {
    let live = slots.live.as_ref().map_or(Seq(0), |live| live.position);
    let goal = candidate.goal.max(live);
    if candidate.building() || live.0.saturating_sub(candidate.position.0) >= CLOSE {
        let halted = candidate.halted.as_ref().map(|why| format!(", and stands still: {why}"));
        let halted = halted.unwrap_or_default();
        return Some(format!(
            "the candidate is being built: event {} of {goal}{halted}",
            candidate.position
        ));
    }
    if candidate.attended() {
        return None;
    }
    Some(
        "nobody keeps the candidate in step with the log: start the release that built it, \
         or it is dropped"
            .to_owned(),
    )
}

/// Why the previous slot cannot be had back.
pub(crate) fn no_way_back(jobs: &Jobs, previous: &SlotPeek) -> Option<String> {
    let undone = jobs.all().into_iter().find(|job| {
        job.stage == Stage::RolledBack && previous.job.as_deref() == Some(&job.id.to_string())
    });
    if let Some(job) = undone {
        Some(format!(
            "the previous slot is what the job {} built, which was gone back from",
            job.id
        ))
    } else if previous.scope != Scope::Whole {
        let job = previous.job.as_deref().unwrap_or("a job");
        Some(format!("what was exchanged last were rows of one tenant or person, by {job}"))
    } else if !previous.whole {
        Some("what readers saw before lacks a table".to_owned())
    } else if previous.expired {
        Some("what readers saw before was kept for its time".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
