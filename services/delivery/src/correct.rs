//! What was told and is not so: what a subscriber knows, against what the rules say. Pure.
//!
//! It is needed when the log is not the one any more from which applications were told, since lost events
//! were given up, and when a new release has other rules.

use std::collections::{BTreeMap, BTreeSet};

use events::{AlertId, BookingId, EmployeeId, TeamId, Tenant};
use feed::{
    Alert, AlertEvent, Booking, BookingEvent, Employee, EmployeeEvent, Fact, FeedEvent,
    ReceiptEvent, Team, TeamEvent,
};
use roster::{Roster, TenantRoster};

use crate::facts::{alert_event, booking_event, employee_event, team_goes, team_stays};
use crate::state;

/// What one tenant's applications know.
#[derive(Clone, Debug, Default)]
struct Known {
    employees: BTreeMap<EmployeeId, Employee>,
    teams: BTreeMap<TeamId, Team>,
    bookings: BTreeMap<BookingId, Booking>,
    alerts: BTreeMap<AlertId, Alert>,
}

/// What all applications know: the fold of the feed.
#[derive(Clone, Debug, Default)]
pub struct Told(BTreeMap<Tenant, Known>);

impl Told {
    /// Takes in a message of the feed: its tenant, its `ce-type` and its body. Fails if this program
    /// does not know such events.
    pub fn take(&mut self, tenant: &Tenant, kind: &str, body: &[u8]) -> Result<(), UnknownFact> {
        let known = self.0.entry(tenant.clone()).or_default();
        let name = kind.strip_prefix("rollcall.").unwrap_or(kind);
        let unknown = || UnknownFact(kind.to_owned());
        let fact = Fact::ALL.into_iter().find(|fact| fact.name() == name).ok_or_else(unknown)?;
        known.take(fact, body).map_err(|_| unknown())
    }

    /// What has to be told so that applications know what the roster says, tenant by tenant.
    pub fn corrections(&self, roster: &Roster) -> Vec<(Tenant, Vec<FeedEvent>)> {
        let tenants: BTreeSet<&Tenant> =
            self.0.keys().chain(roster.tenants().map(|(tenant, _)| tenant)).collect();
        let nothing = (Known::default(), TenantRoster::default());
        let corrected = tenants.into_iter().map(|tenant| {
            let known = self.0.get(tenant).unwrap_or(&nothing.0);
            let now = roster.tenant(tenant).unwrap_or(&nothing.1);
            (tenant.clone(), known.corrections(now))
        });
        corrected.filter(|(_, events)| !events.is_empty()).collect()
    }
}

/// A message of the feed that this program does not know.
#[derive(Debug, thiserror::Error)]
#[error("the feed has a {0:?}, which this release does not know; start the release that wrote it")]
pub struct UnknownFact(String);

impl Known {
    fn take(&mut self, fact: Fact, body: &[u8]) -> Result<(), serde_json::Error> {
        match fact {
            Fact::EmployeeJoined
            | Fact::EmployeeChanged
            | Fact::EmployeeLeft
            | Fact::EmployeeReturned
            | Fact::EmployeeHeld
            | Fact::EmployeeReversed => {
                let EmployeeEvent { employee, .. } = serde_json::from_slice(body)?;
                self.employees.insert(employee.id, employee);
            }
            Fact::EmployeeReceiptClosed => {
                let ReceiptEvent { employee, .. } = serde_json::from_slice(body)?;
                self.employees.insert(employee.id, employee);
            }
            Fact::EmployeeErased => {
                let feed::ErasedEmployee { id, .. } = serde_json::from_slice(body)?;
                self.employees.remove(&id);
                self.bookings.retain(|_, booking| booking.employee_id != id);
            }
            Fact::TeamCreated | Fact::TeamChanged => {
                let TeamEvent { team, .. } = serde_json::from_slice(body)?;
                self.teams.insert(team.id, team);
            }
            Fact::TeamDeleted => {
                let TeamEvent { team, .. } = serde_json::from_slice(body)?;
                self.teams.remove(&team.id);
            }
            Fact::BookingRecorded
            | Fact::BookingChanged
            | Fact::BookingCancelled
            | Fact::BookingClosed => {
                let BookingEvent { booking, .. } = serde_json::from_slice(body)?;
                self.bookings.insert(booking.id, booking);
            }
            Fact::AlertRaised | Fact::AlertReleased | Fact::AlertReversed => {
                let AlertEvent { alert, .. } = serde_json::from_slice(body)?;
                self.alerts.insert(alert.id, alert);
            }
            Fact::SubscriberTest => {}
        }
        Ok(())
    }

    fn corrections(&self, now: &TenantRoster) -> Vec<FeedEvent> {
        let groups = now.groups().skipping(0).map(|group| group.team);
        let teams = groups.chain(now.own_teams().map(|own| own.team_id));
        let teams: BTreeSet<TeamId> = self.teams.keys().copied().chain(teams).collect();
        let alerts = now.guard().alerts().map(|alert| alert.id);
        let alerts: BTreeSet<AlertId> = self.alerts.keys().copied().chain(alerts).collect();
        let people = now.people().all().map(|person| person.employee);
        let people: BTreeSet<EmployeeId> = self.employees.keys().copied().chain(people).collect();
        let bookings = now.bookings().all().map(|booking| booking.id);
        let bookings: BTreeSet<BookingId> = self.bookings.keys().copied().chain(bookings).collect();
        let mut events = Vec::new();
        for id in &teams {
            events.extend(team_stays(self.teams.get(id).cloned(), state::team(now, *id)));
        }
        for id in alerts {
            let alert = now.guard().alert(id).map(state::alert);
            events.extend(alert_event(self.alerts.get(&id), alert, None));
        }
        for id in people {
            let known = self.employees.get(&id).cloned();
            events.extend(employee_event(known, state::employee(now, id)));
        }
        for id in bookings {
            let known = self.bookings.get(&id).cloned();
            events.extend(booking_event(known, state::booking(now, id)));
        }
        for id in teams {
            events.extend(team_goes(self.teams.get(&id).cloned(), state::team(now, id).as_ref()));
        }
        events
    }
}
