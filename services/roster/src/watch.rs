//! What the mass-change guard of a tenant remembers.

use std::sync::Arc;

use events::{AlertCause, AlertId, EmployeeId, Guard, Seq, TeamId};
use imbl::OrdMap;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How many members make a group one whose emptying is worth an alert.
pub(crate) const SEVERAL: usize = 5;

/// One tenant's guard: how it is set, who left lately, and its alerts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    pub(crate) guard: Guard,
    pub(crate) leavers: Leavers,
    /// When a group last lost somebody while it had [`SEVERAL`] members.
    pub(crate) shrinking: OrdMap<TeamId, Timestamp>,
    /// The alert that whoever leaves next belongs to, if too many have left by then; until there is
    /// nobody left in the window.
    pub(crate) episode: Option<AlertId>,
    pub(crate) kept: OrdMap<EmployeeId, Kept>,
    pub(crate) alerts: OrdMap<AlertId, Arc<Alert>>,
}

/// Too much that changed within too short a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    pub id: AlertId,
    pub raised_at: Timestamp,
    pub cause: AlertCause,
    /// Whether its people stay Active until somebody has decided.
    pub held: bool,
    /// How many departures were counted to it; who leaves it and comes again counts twice.
    pub departures: usize,
    /// None while it is open.
    pub decision: Option<Decision>,
}

/// What an administrator made of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decision {
    /// What happened is right: held people are Former.
    Released,
    /// What happened is wrong: held people stay Active.
    Reversed,
}

/// Why somebody is Active although the directory says that they left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kept {
    /// Until somebody decides on this alert.
    Held(AlertId),
    /// An administrator reversed it: until the directory says something new.
    Reversed,
}

impl Watch {
    pub fn guard(&self) -> Guard {
        self.guard
    }

    pub fn alert(&self, id: AlertId) -> Option<&Alert> {
        self.alerts.get(&id).map(Arc::as_ref)
    }

    /// All alerts there ever were, in the order of their ids.
    pub fn alerts(&self) -> impl Iterator<Item = &Alert> {
        self.alerts.values().map(Arc::as_ref)
    }

    /// Whether somebody is Active although the directory says that they left.
    pub fn kept(&self, employee: EmployeeId) -> Option<Kept> {
        self.kept.get(&employee).copied()
    }

    /// How many people are held.
    pub fn held(&self) -> usize {
        let is_held = |kept: &&Kept| match kept {
            Kept::Held(_) => true,
            Kept::Reversed => false,
        };
        self.kept.values().filter(is_held).count()
    }

    pub(crate) fn window(&self) -> SignedDuration {
        SignedDuration::from_mins(self.guard.window_minutes.into())
    }
}

/// Who left lately, by time and by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Leavers {
    in_order: OrdMap<(Timestamp, Seq), EmployeeId>,
    left: OrdMap<EmployeeId, (Timestamp, Seq)>,
}

impl Leavers {
    pub(crate) fn put(&mut self, employee: EmployeeId, time: Timestamp, seq: Seq) {
        self.remove(employee);
        self.in_order.insert((time, seq), employee);
        self.left.insert(employee, (time, seq));
    }

    pub(crate) fn remove(&mut self, employee: EmployeeId) {
        if let Some(when) = self.left.remove(&employee) {
            self.in_order.remove(&when);
        }
    }

    /// Takes whoever left after `time`, by a clock that has been set back since, to have left at
    /// `time`: they would be counted too long otherwise.
    pub(crate) fn not_after(&mut self, time: Timestamp) {
        while let Some((when, employee)) = self.in_order.get_max().copied() {
            if when.0 <= time {
                return;
            }
            self.put(employee, time, when.1);
        }
    }

    /// Forgets those who left before `time`.
    pub(crate) fn forget_before(&mut self, time: Timestamp) {
        while let Some((when, employee)) = self.in_order.get_min().copied() {
            if when.0 >= time {
                return;
            }
            self.in_order.remove(&when);
            self.left.remove(&employee);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.in_order.len()
    }

    /// When somebody left, by the log.
    pub(crate) fn left(&self, employee: EmployeeId) -> Option<Seq> {
        self.left.get(&employee).map(|(_, seq)| *seq)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = EmployeeId> {
        self.in_order.values().copied()
    }
}
