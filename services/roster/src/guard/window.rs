//! The departures that the mass-change guard counts: those within the window.

use events::{AlertId, EmployeeId, Seq};
use imbl::OrdMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who left within the window, by time and by employee.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Departures {
    by_time: OrdMap<(Timestamp, Seq), EmployeeId>,
    by_employee: OrdMap<EmployeeId, CountedDeparture>,
}

/// That somebody left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct CountedDeparture {
    when: (Timestamp, Seq),
    /// The alerts that it belongs to: several, where the guard was set in between.
    alerts: Vec<AlertId>,
}

impl Departures {
    /// Somebody leaves. The departure belongs to no alert yet, whatever one before belonged to.
    pub(super) fn put(&mut self, employee: EmployeeId, time: Timestamp, seq: Seq) {
        self.insert(employee, CountedDeparture { when: (time, seq), alerts: Vec::new() });
    }

    fn insert(&mut self, employee: EmployeeId, departure: CountedDeparture) {
        self.remove(employee);
        self.by_time.insert(departure.when, employee);
        self.by_employee.insert(employee, departure);
    }

    pub(super) fn remove(&mut self, employee: EmployeeId) {
        if let Some(departure) = self.by_employee.remove(&employee) {
            self.by_time.remove(&departure.when);
        }
    }

    /// Takes whoever left after `time`, by a clock that has been set back since, to have left at
    /// `time`: they would be counted too long otherwise.
    pub(super) fn not_after(&mut self, time: Timestamp) {
        while let Some((when, employee)) = self.by_time.get_max().copied() {
            if when.0 <= time {
                return;
            }
            let Some(departure) = self.by_employee.get(&employee).cloned() else { return };
            self.insert(employee, CountedDeparture { when: (time, when.1), ..departure });
        }
    }

    /// Whoever left first, if that was before `time`.
    pub(super) fn first_before(&self, time: Timestamp) -> Option<EmployeeId> {
        self.by_time.get_min().filter(|(when, _)| when.0 < time).map(|(_, employee)| *employee)
    }

    /// Notes that a departure belongs to an alert, if it is within the window.
    pub(super) fn add_alert(&mut self, employee: EmployeeId, alert: AlertId) {
        if let Some(departure) = self.by_employee.get_mut(&employee)
            && !departure.alerts.contains(&alert)
        {
            departure.alerts.push(alert);
        }
    }

    /// Whose departure belongs to an alert.
    pub(super) fn of_alert(&self, alert: AlertId) -> Vec<EmployeeId> {
        let of_it = |departure: &CountedDeparture| departure.alerts.contains(&alert);
        let people = self.by_employee.iter().filter(|(_, departure)| of_it(departure));
        people.map(|(employee, _)| *employee).collect()
    }

    /// The first to leave first.
    pub(super) fn people(&self) -> impl Iterator<Item = EmployeeId> {
        self.by_time.values().copied()
    }

    pub(super) fn contains(&self, employee: EmployeeId) -> bool {
        self.by_employee.contains_key(&employee)
    }

    pub(super) fn len(&self) -> usize {
        self.by_employee.len()
    }
}
