//! What the mass-change guard of a tenant remembers.

use std::sync::Arc;

use events::{AlertCause, AlertId, Digest, EmployeeId, Guard, Seq, TeamId};
use imbl::OrdMap;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use self::window::Departures;

mod window;

/// A group that had so many members within the window raises an alert when it is emptied.
pub(crate) const MIN_ALERT_MEMBERS: usize = 5;

/// One tenant's guard: how it is set, who left lately, and its alerts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GuardState {
    pub(crate) settings: Guard,
    departures: Departures,
    /// When a group last lost somebody while it had [`MIN_ALERT_MEMBERS`] members.
    pub(crate) shrinking: OrdMap<TeamId, Timestamp>,
    /// The alert that whoever leaves next belongs to, if too many have left by then. It ends when
    /// it is decided, when the guard is set, or when the window holds no leaver. Other alerts may
    /// be undecided.
    pub(crate) current_alert: Option<AlertId>,
    overrides: OrdMap<EmployeeId, StandingOverride>,
    /// How many of the leavers have an override.
    overridden_leavers: usize,
    pub(crate) alerts: OrdMap<AlertId, Arc<Alert>>,
}

/// Too much that changed within too short a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// When it was raised, by the clock.
    pub raised_at: Timestamp,
    /// What it is about.
    pub cause: AlertCause,
    /// Whether its people stay Active until somebody has decided.
    pub held: bool,
    /// How many departures were counted to it; who leaves it and comes again counts twice.
    pub departures: usize,
    /// `None` while nobody has decided.
    pub decision: Option<AlertOutcome>,
    /// What its group was called when it was raised. Snapshots of earlier releases have none.
    #[serde(default)]
    pub group: Option<String>,
}

/// What somebody decided on an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AlertOutcome {
    /// What happened is right: held people are Former.
    Released,
    /// What happened is wrong: held people stay Active.
    Reversed,
}

/// Why somebody is Active although the directory says that they left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StandingOverride {
    /// Until somebody decides on this alert.
    Held(AlertId),
    /// Somebody reversed the alert: until the directory says something new.
    Reversed,
}

/// Whom an alert holds, as far as whoever decides about it says whom they were shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeldPeople {
    /// How many people.
    pub number: Option<usize>,
    /// Who: the SHA-256 of their ids in order.
    pub digest: Option<Digest>,
}

impl GuardState {
    /// How the guard is set.
    pub fn settings(&self) -> Guard {
        self.settings
    }

    /// An alert, decided or not.
    pub fn alert(&self, id: AlertId) -> Option<&Alert> {
        self.alerts.get(&id).map(Arc::as_ref)
    }

    /// All alerts there ever were, in the order of their ids.
    pub fn alerts(&self) -> impl Iterator<Item = &Alert> {
        self.alerts.values().map(Arc::as_ref)
    }

    /// Whether somebody is Active although the directory says that they left.
    pub fn standing_override(&self, employee: EmployeeId) -> Option<StandingOverride> {
        self.overrides.get(&employee).copied()
    }

    /// Everybody who is Active although the directory says that they left.
    pub(crate) fn overrides(&self) -> impl Iterator<Item = (EmployeeId, StandingOverride)> {
        self.overrides.iter().map(|(employee, kept)| (*employee, *kept))
    }

    /// How many people are held.
    pub fn held(&self) -> usize {
        let is_held = |one: &&StandingOverride| match one {
            StandingOverride::Held(_) => true,
            StandingOverride::Reversed => false,
        };
        self.overrides.values().filter(is_held).count()
    }

    /// Whom an alert holds.
    pub(crate) fn held_by(&self, alert: AlertId) -> impl Iterator<Item = EmployeeId> {
        let held = move |one: &StandingOverride| *one == StandingOverride::Held(alert);
        self.overrides().filter(move |(_, one)| held(one)).map(|(employee, _)| employee)
    }

    /// Whom an alert holds, as a decision about it names them.
    pub fn held_people(&self, alert: AlertId) -> HeldPeople {
        let ids: Vec<EmployeeId> = self.held_by(alert).collect();
        let bytes: Vec<u8> = ids.iter().flat_map(|id| *id.0.as_bytes()).collect();
        HeldPeople { number: Some(ids.len()), digest: Some(Digest::of(&bytes)) }
    }

    pub(crate) fn window(&self) -> SignedDuration {
        SignedDuration::from_mins(self.settings.window_minutes.into())
    }

    /// Who left within the window, the first to leave first.
    pub(crate) fn leavers(&self) -> impl Iterator<Item = EmployeeId> {
        self.departures.people()
    }

    /// How many left within the window.
    pub(crate) fn leaver_count(&self) -> usize {
        self.departures.len()
    }

    /// How many of them have no override by an earlier alert.
    pub(crate) fn leavers_without_override(&self) -> usize {
        self.departures.len() - self.overridden_leavers
    }

    /// How many would be Active if nobody had left within the window, if so many are Active by what
    /// the directory says. Whoever has an override is Active, in the window or long after it.
    pub(crate) fn active_before(&self, active: usize) -> usize {
        active + self.departures.len() + self.overrides.len() - self.overridden_leavers
    }

    /// The running count of leavers with an override, and the same counted one by one.
    #[cfg(test)]
    pub(crate) fn overridden_leavers_counted(&self) -> (usize, usize) {
        (
            self.overridden_leavers,
            self.leavers().filter(|leaver| self.standing_override(*leaver).is_some()).count(),
        )
    }

    /// The guard is set. It judges anew: whoever leaves next belongs to no alert of before. But who
    /// left before the window of then is not counted again because the new one is longer.
    pub(crate) fn set(&mut self, settings: Guard, time: Timestamp) {
        self.slide(time);
        self.settings = settings;
        self.current_alert = None;
    }

    /// Somebody leaves, which a guard that is off does not see.
    pub(crate) fn leaves(&mut self, employee: EmployeeId, time: Timestamp, seq: Seq) {
        self.slide(time);
        self.is_back(employee);
        if self.settings.on {
            self.departures.put(employee, time, seq);
        }
    }

    /// Those who left before the window that ends now are forgotten, and with the last of them the
    /// alert that they belong to.
    fn slide(&mut self, time: Timestamp) {
        self.departures.not_after(time);
        // A window that would begin before the first time there is holds everybody.
        if let Ok(begin) = time.checked_sub(self.window()) {
            while let Some(first) = self.departures.first_before(begin) {
                self.amend(first, |state| state.departures.remove(first));
            }
        }
        if self.departures.len() == 0 {
            self.current_alert = None;
        }
    }

    /// Somebody who left belongs to an alert.
    pub(crate) fn belongs(&mut self, employee: EmployeeId, alert: AlertId) {
        self.departures.add_alert(employee, alert);
    }

    /// Somebody is Active, by what the directory says.
    pub(crate) fn is_back(&mut self, employee: EmployeeId) {
        self.amend(employee, |state| {
            state.overrides.remove(&employee);
            state.departures.remove(employee);
        });
    }

    /// Somebody stays Active, although the directory says that they left.
    pub(crate) fn set_override(
        &mut self,
        employee: EmployeeId,
        standing_override: StandingOverride,
    ) {
        self.amend(employee, |state| {
            state.overrides.insert(employee, standing_override);
        });
    }

    /// An alert was decided: whoever left and belongs to it is no longer counted among those who
    /// left, so that nobody is held again for a departure that somebody decided about. Only who is
    /// held by another alert waits for that one. Tells who was held.
    pub(crate) fn decided(&mut self, id: AlertId, decision: AlertOutcome) -> Vec<EmployeeId> {
        let people: Vec<EmployeeId> = self.held_by(id).collect();
        for employee in &people {
            self.is_back(*employee);
            match decision {
                AlertOutcome::Released => {}
                AlertOutcome::Reversed => self.set_override(*employee, StandingOverride::Reversed),
            }
        }
        for employee in self.departures.of_alert(id) {
            if self.standing_override(employee).is_none() {
                self.departures.remove(employee);
            }
        }
        if self.current_alert == Some(id) {
            self.current_alert = None;
        }
        people
    }

    /// Somebody is erased.
    pub(crate) fn forget(&mut self, employee: EmployeeId) {
        self.is_back(employee);
    }

    /// Changes what is known about somebody, and keeps count of the leavers who have an override.
    fn amend(&mut self, employee: EmployeeId, change: impl FnOnce(&mut Self)) {
        let counted = |state: &Self| {
            usize::from(
                state.departures.contains(employee) && state.standing_override(employee).is_some(),
            )
        };
        self.overridden_leavers -= counted(self);
        change(self);
        self.overridden_leavers += counted(self);
    }
}
