//! A subscriber as applications write it: it keeps the last state of each thing, and knows no rules.

use std::collections::BTreeMap;

use serde_json::Value;

/// The tables of a subscriber, by id.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Subscriber {
    pub(crate) employees: BTreeMap<String, Value>,
    pub(crate) teams: BTreeMap<String, Value>,
    pub(crate) bookings: BTreeMap<String, Value>,
    pub(crate) alerts: BTreeMap<String, Value>,
}

impl Subscriber {
    /// Takes in one event: its type and its body.
    pub(crate) fn take(&mut self, kind: &str, body: &Value) {
        match kind {
            "rollcall.employee.erased" => {
                let gone = &body["id"];
                self.employees.remove(gone.as_str().expect("an id"));
                self.bookings.retain(|_, booking| booking["employeeId"] != *gone);
            }
            "rollcall.team.deleted" => {
                self.teams.remove(id(&body["team"]));
            }
            _ if kind.starts_with("rollcall.employee.") => {
                keep(&mut self.employees, &body["employee"]);
            }
            _ if kind.starts_with("rollcall.team.") => keep(&mut self.teams, &body["team"]),
            _ if kind.starts_with("rollcall.booking.") => {
                keep(&mut self.bookings, &body["booking"]);
            }
            _ if kind.starts_with("rollcall.alert.") => keep(&mut self.alerts, &body["alert"]),
            _ => {}
        }
    }
}

fn keep(table: &mut BTreeMap<String, Value>, state: &Value) {
    table.insert(id(state).to_owned(), state.clone());
}

fn id(state: &Value) -> &str {
    state["id"].as_str().expect("an id")
}
