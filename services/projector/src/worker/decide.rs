//! What a worker does with the slots that it finds. Pure.

use std::time::Duration;

use events::Digest;

use super::options::OnNewRules;
use crate::schema::Making;
use crate::scope::Scope;
use crate::slots::{SlotPeek, Slots};
use crate::wanted::{Wanted, WantedCandidate};

/// A candidate that nobody keeps, of rules that are not ours and that nobody asked for, is given up
/// after this time.
const ABANDONED: Duration = Duration::from_hours(1);

/// What is to be done in each slot, and whether one of them is to be made live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) live: Live,
    pub(super) candidate: Candidate,
    pub(super) previous: Previous,
    pub(super) switch: Option<Switch>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Live {
    /// It is ours, or there is none yet.
    Follow,
    /// It is of other rules, or lacks a table, and serves what it holds.
    Serve(Why),
}

/// Why nothing is written to the live slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Another release made it, and this one is to follow it.
    NewRules,
    /// Another release made it, which came after this one.
    Superseded,
    /// It lacks a table.
    Incomplete,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Candidate {
    None,
    Make(Making),
    Follow,
    Drop,
    /// Another release builds its own.
    Wait,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Previous {
    None,
    Follow,
    Drop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Switch {
    CutOver,
    RollBack,
}

/// What a worker of the rules `ours` does. `wanted` is none as long as the journal is not known.
pub(super) fn decide(
    slots: &Slots,
    ours: &Digest,
    wanted: Option<&Wanted>,
    policy: OnNewRules,
) -> Decision {
    let is_ours = |slot: &SlotPeek| slot.slot_id.is_some() && slot.made_by == *ours;
    let live = live(slots, ours);
    let superseded = matches!(live, Live::Serve(Why::Superseded));
    // Rolling back a release ends its processes: nobody keeps the live slot any more.
    let left = slots.live.as_ref().is_some_and(|live| !live.attended() && !live.pinned);
    let auto = policy == OnNewRules::Auto;
    let previous_ours = slots.previous.as_ref().filter(|slot| is_ours(slot) && slot.whole);
    let back = auto
        && superseded
        && left
        && previous_ours.is_some_and(|slot| slot.scope == Scope::Whole && !slot.building());
    let needed = match live {
        Live::Follow => false,
        Live::Serve(Why::NewRules | Why::Incomplete) => true,
        Live::Serve(Why::Superseded) => left && !back,
    };
    let job = wanted.and_then(|wanted| wanted.candidate.as_ref());
    // Who cuts over to a job's candidate writes that down afterwards: until then the job wants one.
    let job = job.filter(|job| !is_seen(slots, job));
    let ended = wanted.map(|wanted| wanted.ended.as_slice());
    let candidate = candidate(slots, &is_ours, needed, ended, job);
    let previous = match &slots.previous {
        Some(slot) if slot.expired && !back => Previous::Drop,
        Some(_) if previous_ours.is_some() => Previous::Follow,
        Some(_) | None => Previous::None,
    };
    let caught_up = |slot: &SlotPeek| {
        let live = slots.live.as_ref().map_or(slot.goal, |live| live.position);
        !slot.building() && slot.position >= live
    };
    let mends = live == Live::Serve(Why::Incomplete);
    let over = (auto || mends)
        && needed
        && candidate == Candidate::Follow
        && slots.candidate.as_ref().is_some_and(|slot| slot.job.is_none() && caught_up(slot));
    let switch = if back && previous_ours.is_some_and(caught_up) {
        Some(Switch::RollBack)
    } else {
        over.then_some(Switch::CutOver)
    };
    Decision { live, candidate, previous, switch }
}

fn live(slots: &Slots, ours: &Digest) -> Live {
    let Some(live) = &slots.live else { return Live::Follow };
    if live.slot_id.is_none() || live.made_by != *ours {
        let superseded = live.superseded.contains(ours);
        Live::Serve(if superseded { Why::Superseded } else { Why::NewRules })
    } else if live.whole {
        Live::Follow
    } else {
        Live::Serve(Why::Incomplete)
    }
}

/// Whether readers see what the job has built: its slot is live, or holds the rows that were.
fn is_seen(slots: &Slots, job: &WantedCandidate) -> bool {
    let of_job = |slot: &Option<SlotPeek>| {
        slot.as_ref().is_some_and(|slot| slot.job.as_ref() == Some(&job.job))
    };
    of_job(&slots.live) || of_job(&slots.previous)
}

/// `ended` are the jobs that have ended; none, as long as the journal is not known.
fn candidate(
    slots: &Slots,
    is_ours: &impl Fn(&SlotPeek) -> bool,
    needed: bool,
    ended: Option<&[String]>,
    job: Option<&WantedCandidate>,
) -> Candidate {
    let making = match job {
        Some(WantedCandidate { job, scope, .. }) => {
            Some(Making { scope: scope.clone(), job: Some(job.clone()) })
        }
        None => needed.then(Making::default),
    };
    let Some(found) = &slots.candidate else {
        return making.map_or(Candidate::None, Candidate::Make);
    };
    let unwanted = found.job.is_some() && ended.is_some();
    let has_ended = found.job.as_ref().is_some_and(|job| ended.unwrap_or_default().contains(job));
    if !is_ours(found) {
        // Somebody else's, who is there.
        if found.attended() {
            return if making.is_some() { Candidate::Wait } else { Candidate::None };
        }
        let abandoned = found.lease_age.is_none_or(|age| age > ABANDONED);
        return if making.is_some() || unwanted || abandoned {
            Candidate::Drop
        } else {
            Candidate::None
        };
    }
    if !found.whole {
        return Candidate::Drop;
    }
    match making {
        Some(making) if making.scope == found.scope && making.job == found.job => Candidate::Follow,
        Some(_) | None if has_ended => Candidate::Drop,
        // Another process may know the journal sooner than this one: what is new is left alone.
        Some(_) | None if found.fresh => Candidate::None,
        // Before the journal is known, a job's candidate is neither begun nor dropped.
        Some(_) | None if found.job.is_some() && ended.is_none() => Candidate::None,
        Some(_) => Candidate::Drop,
        None if unwanted => Candidate::Drop,
        // A new release built it, and lives by now without it.
        None if slots.live.as_ref().is_some_and(|live| is_ours(live) && live.whole) => {
            Candidate::Drop
        }
        None => Candidate::None,
    }
}

#[cfg(test)]
mod tests;
