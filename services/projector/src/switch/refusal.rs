//! Why a slot is not made live.

use events::Seq;
use tokio_postgres::error::SqlState;

use super::Switch;
use super::as_written::Unfit;
use crate::database::WaitError;
use crate::scope::Scope;
use crate::slot::SlotRole;
use crate::slots::{SlotPeek, Slots};

/// How far a slot may be behind the live one when a switch begins, which then holds the live one's
/// writer until it has caught up.
const MAX_BEHIND: u64 = 5000;

/// Why a slot is not made live.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SwitchRefusal {
    /// Nothing is live.
    #[error(
        "there is no live slot: start its projection, which builds one (`rollcall project NAME`, or `up`)"
    )]
    NoLive,
    /// There is no candidate.
    #[error(
        "there is no candidate: `rollcall replay list` shows the jobs, and `rollcall replay plan \
         PROJECTION` begins with another one"
    )]
    NoCandidate,
    /// There is no previous slot.
    #[error(
        "there is no previous slot: nothing was cut over, it was kept for its time, or somebody dropped \
         it; `rollcall replay plan PROJECTION` builds anew what the log says"
    )]
    NoPrevious,
    /// The candidate is another job's.
    #[error("the candidate is of {}", .0.as_deref().map_or_else(|| "a new release".to_owned(), |job| format!("job {job}")))]
    OtherJob(Option<String>),
    /// It lacks a table.
    #[error("the {} slot lacks a table", .0.as_str())]
    Incomplete(SlotRole),
    /// It has not seen what there was when it was made.
    #[error("the {} slot is being built: {position} of {goal} events", .role.as_str())]
    Building {
        /// Which.
        role: SlotRole,
        /// How far it is.
        position: Seq,
        /// How far it must be.
        goal: Seq,
    },
    /// It has not seen what the live one has.
    #[error("the {} slot is {by} events behind the live one", .role.as_str())]
    Behind {
        /// Which.
        role: SlotRole,
        /// How many events.
        by: u64,
    },
    /// It holds a part only, which cannot be all that is read.
    #[error("the {} slot holds a part of the events only", .0.as_str())]
    Narrow(SlotRole),
    /// Other rules made it, and rows of two sets of rules never stand in one table.
    #[error(
        "the {} slot and the live one were made by different rules; replay the whole projection",
        .0.as_str()
    )]
    OtherRules(SlotRole),
    /// It holds a part only, and is never where the live one is.
    #[error("the {} slot and the live one are {by} events apart, and do not meet; try again", .role.as_str())]
    Apart {
        /// Which.
        role: SlotRole,
        /// How many events.
        by: u64,
    },
    /// What waits in one slot may be in the rows of the other.
    #[error("events of the tenant are parked; decide about them first, or replay the whole tenant")]
    Parked,
    /// Somebody wrote into it who is not the projection.
    #[error(
        "the {} slot holds rows that were changed by hand since they were written, and readers would \
         see them: {}; {}",
        .role.as_str(),
        first(.places),
        way_out(*.role)
    )]
    ChangedByHand {
        /// Which.
        role: SlotRole,
        /// In which tables, of whom.
        places: Vec<String>,
    },
    /// Somebody altered its tables.
    #[error(
        "the tables of the {} slot are not as they were made: {}; {}",
        .role.as_str(),
        first(.what),
        other_tables(*.role)
    )]
    Altered {
        /// Which.
        role: SlotRole,
        /// What is not as it was, in words.
        what: Vec<String>,
    },
    /// Somebody was faster.
    #[error("the slots were switched since they were looked at")]
    Moved,
    /// Readers or the writer were at work all the time.
    #[error("readers or the writer held the live slot all the time; try again")]
    Busy,
}

/// The first of them, and how many more.
fn first(places: &[String]) -> String {
    const TOLD: usize = 5;
    let told = places[..places.len().min(TOLD)].join(", ");
    match places.len().saturating_sub(TOLD) {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

/// What somebody can do about rows that were changed by hand.
fn way_out(role: SlotRole) -> &'static str {
    match role {
        SlotRole::Live | SlotRole::Candidate => {
            "cancel its job and plan again: a new candidate holds what the log says"
        }
        SlotRole::Previous => {
            "plan a replay instead, which shows what the log says; or say that you want to see those \
             rows again (--even-if-changed)"
        }
    }
}

/// What somebody can do about tables that were altered by hand.
fn other_tables(role: SlotRole) -> &'static str {
    match role {
        SlotRole::Live => {
            "rows are not exchanged with other tables: plan the whole projection (without --tenant), \
             which makes them anew"
        }
        SlotRole::Candidate => {
            "cancel its job and plan again: a new candidate has the tables of this release"
        }
        SlotRole::Previous => "plan a replay instead, which shows what the log says",
    }
}

/// Why nothing was switched.
#[derive(Debug, thiserror::Error)]
pub enum SwitchError {
    /// It may not be.
    #[error(transparent)]
    Refused(#[from] SwitchRefusal),
    /// Postgres did not do it.
    #[error(transparent)]
    Database(#[from] WaitError),
}

impl From<tokio_postgres::Error> for SwitchError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error.into())
    }
}

/// The live slot and the one that is to be live, if it may be.
pub(super) fn checked<'s>(
    slots: &'s Slots,
    switch: Switch<'_>,
) -> Result<(&'s SlotPeek, &'s SlotPeek), SwitchRefusal> {
    let live = slots.live.as_ref().ok_or(SwitchRefusal::NoLive)?;
    let other = match switch {
        Switch::CutOver { job } => {
            let candidate = slots.candidate.as_ref().ok_or(SwitchRefusal::NoCandidate)?;
            if candidate.job.as_deref() != job {
                return Err(SwitchRefusal::OtherJob(candidate.job.clone()));
            }
            candidate
        }
        Switch::RollBack(_, seen) => {
            let previous = slots.previous.as_ref().ok_or(SwitchRefusal::NoPrevious)?;
            unmoved(slots, seen)?;
            previous
        }
    };
    let role = other.role;
    if other.scope != Scope::Whole {
        return Err(SwitchRefusal::Narrow(role));
    }
    if !other.whole {
        return Err(SwitchRefusal::Incomplete(role));
    }
    if other.building() {
        let (position, goal) = (other.position, other.goal);
        return Err(SwitchRefusal::Building { role, position, goal });
    }
    let by = live.position.0.saturating_sub(other.position.0);
    if by > MAX_BEHIND && !switch.even_if_behind() {
        return Err(SwitchRefusal::Behind { role, by });
    }
    Ok((live, other))
}

/// Refuses slots that were switched since they were `seen`: to go back twice is to stay.
pub(crate) fn unmoved(now: &Slots, seen: &Slots) -> Result<(), SwitchRefusal> {
    let live = |slots: &Slots| slots.live.as_ref().map(|slot| slot.slot_id);
    // Each exchange of rows says anew until when the previous slot is kept.
    let previous =
        |slots: &Slots| slots.previous.as_ref().map(|slot| (slot.slot_id, slot.kept_until));
    if live(now) == live(seen) && previous(now) == previous(seen) {
        Ok(())
    } else {
        Err(SwitchRefusal::Moved)
    }
}

/// Refuses a slot of which something was found that speaks against it.
pub(crate) fn presentable(role: SlotRole, found: Unfit) -> Result<(), SwitchRefusal> {
    if !found.altered.is_empty() {
        return Err(SwitchRefusal::Altered { role, what: found.altered });
    }
    as_written(role, found.changed)
}

/// Refuses a slot in whose tables somebody wrote at these `places` who is not the projection.
pub(crate) fn as_written(role: SlotRole, places: Vec<String>) -> Result<(), SwitchRefusal> {
    if places.is_empty() { Ok(()) } else { Err(SwitchRefusal::ChangedByHand { role, places }) }
}

/// Whether a lock could not be had in time.
pub(crate) fn busy(
    outcome: Result<(), tokio_postgres::Error>,
) -> Result<Option<SwitchRefusal>, tokio_postgres::Error> {
    match outcome {
        Ok(()) => Ok(None),
        Err(error)
            if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE)
                || error.code() == Some(&SqlState::T_R_DEADLOCK_DETECTED) =>
        {
            Ok(Some(SwitchRefusal::Busy))
        }
        Err(error) => Err(error),
    }
}
