//! What a part of the log comes to, in feed events. Pure.

use std::collections::BTreeMap;

use events::{AlertId, BookingId, EmployeeId, Event, Recorded, Standing, TeamId};
use feed::{
    Alert, AlertEvent, AlertOutcome, Body, Booking, BookingEvent, Change, Employee, EmployeeEvent,
    ErasedEmployee, Fact, FeedEvent, Team, TeamEvent, change,
};
use roster::{Roster, TenantRoster, Touched};
use uuid::Uuid;

use crate::state;

/// A feed event, and the event of the log that it follows from, by its place among those that were
/// looked at.
pub type Derived = (FeedEvent, usize);

/// What may have changed with some events, each with the place of the last of them.
#[derive(Debug, Default)]
struct Places {
    people: BTreeMap<EmployeeId, usize>,
    teams: BTreeMap<TeamId, usize>,
    bookings: BTreeMap<BookingId, usize>,
    alerts: BTreeMap<AlertId, usize>,
}

/// What one request led to: `events`, all of one tenant, which bring `roster` to where it is
/// afterwards.
///
/// It is told together, so that nobody is told to have left whom the same decision holds. Teams come
/// before their members, people before their bookings, and a team goes when nobody is in it.
pub fn derive(roster: &mut Roster, events: &[Recorded]) -> Vec<Derived> {
    let Some(first) = events.first() else { return Vec::new() };
    let empty = TenantRoster::default();
    let picture = roster.clone();
    let before = picture.tenant(first.tenant()).unwrap_or(&empty);
    let mut places = Places::default();
    for (place, event) in events.iter().enumerate() {
        let tenant = roster.tenant(first.tenant()).unwrap_or(&empty);
        places.take(Touched::by(&event.event, tenant), place);
        roster::evolve(roster, event);
    }
    let after = roster.tenant(first.tenant()).unwrap_or(&empty);
    let mut derived = Vec::new();
    for (team, place) in &places.teams {
        let (old, new) = (state::team(before, *team), state::team(after, *team));
        derived.extend(team_stays(old, new).map(|event| (event, *place)));
    }
    for (alert, place) in &places.alerts {
        let told = |tenant: &TenantRoster| tenant.guard().alert(*alert).map(state::alert);
        let reason = reason(&events[*place].event);
        derived
            .extend(alert_event(told(before).as_ref(), told(after), reason).map(|e| (e, *place)));
    }
    for (person, place) in &places.people {
        let (old, new) = (state::employee(before, *person), state::employee(after, *person));
        derived.extend(employee_event(old, new).map(|event| (event, *place)));
    }
    for (booking, place) in &places.bookings {
        let (old, new) = (state::booking(before, *booking), state::booking(after, *booking));
        let reason = reason(&events[*place].event);
        derived.extend(booking_event(old, new, reason).map(|event| (event, *place)));
    }
    for (team, place) in &places.teams {
        let (old, new) = (state::team(before, *team), state::team(after, *team));
        derived.extend(team_goes(old, new.as_ref()).map(|event| (event, *place)));
    }
    derived
}

impl Places {
    fn take(&mut self, touched: Touched, place: usize) {
        self.people.extend(touched.people.into_iter().map(|id| (id, place)));
        self.teams.extend(touched.teams.into_iter().map(|id| (id, place)));
        self.bookings.extend(touched.bookings.into_iter().map(|id| (id, place)));
        self.alerts.extend(touched.alerts.into_iter().map(|id| (id, place)));
    }
}

fn employee_event(before: Option<Employee>, after: Option<Employee>) -> Option<FeedEvent> {
    let (fact, change, employee) = match (before, after) {
        (None, None) => return None,
        (Some(gone), None) => {
            let body = ErasedEmployee { id: gone.id, sequences: Vec::new() };
            return Some(event(Fact::EmployeeErased, gone.id.0, Body::Erased(body)));
        }
        (None, Some(new)) => (Fact::EmployeeJoined, Change::default(), new),
        (Some(old), Some(new)) => (employee_fact(&old, &new), change(&old, &new)?, new),
    };
    let about = employee.id.0;
    Some(event(fact, about, Body::Employee(EmployeeEvent { employee, change })))
}

/// Where somebody stands comes first: who only cares who works here reads two facts.
fn employee_fact(old: &Employee, new: &Employee) -> Fact {
    match (old.standing, new.standing) {
        (Standing::Active, Standing::Former) => Fact::EmployeeLeft,
        (Standing::Former, Standing::Active) => Fact::EmployeeReturned,
        (Standing::Active, Standing::Active) if new.held.is_some() && new.held != old.held => {
            Fact::EmployeeHeld
        }
        (Standing::Active, Standing::Active)
            if old.held.is_some() && new.directory_standing == Standing::Former =>
        {
            if new.held.is_some() { Fact::EmployeeChanged } else { Fact::EmployeeReversed }
        }
        (Standing::Active, Standing::Active) | (Standing::Former, Standing::Former) => {
            Fact::EmployeeChanged
        }
    }
}

fn team_stays(before: Option<Team>, after: Option<Team>) -> Option<FeedEvent> {
    let team = after?;
    let (fact, change) = match before {
        None => (Fact::TeamCreated, Change::default()),
        Some(before) => (Fact::TeamChanged, change(&before, &team)?),
    };
    Some(event(fact, team.id.0, Body::Team(TeamEvent { team, change })))
}

fn team_goes(before: Option<Team>, after: Option<&Team>) -> Option<FeedEvent> {
    let team = before.filter(|_| after.is_none())?;
    let about = team.id.0;
    let body = TeamEvent { team, change: Change::default() };
    Some(event(Fact::TeamDeleted, about, Body::Team(body)))
}

/// A booking that is nobody's any more went with the person who was erased.
fn booking_event(
    before: Option<Booking>,
    after: Option<Booking>,
    reason: Option<String>,
) -> Option<FeedEvent> {
    let booking = after?;
    let (fact, change) = match before {
        None => (Fact::BookingRecorded, Change::default()),
        Some(before) => {
            let fact = match (before.cancelled_by, booking.cancelled_by) {
                (None, Some(_)) => Fact::BookingCancelled,
                (Some(_), None) => Fact::BookingRecorded,
                (None, None) | (Some(_), Some(_)) => Fact::BookingChanged,
            };
            (fact, change(&before, &booking)?)
        }
    };
    let reason = reason.filter(|_| booking.cancelled_by.is_some());
    Some(event(fact, booking.id.0, Body::Booking(BookingEvent { booking, reason, change })))
}

fn alert_event(
    before: Option<&Alert>,
    after: Option<Alert>,
    reason: Option<String>,
) -> Option<FeedEvent> {
    let alert = after?;
    let fact = match alert.outcome {
        _ if before == Some(&alert) => return None,
        None => Fact::AlertRaised,
        Some(AlertOutcome::Released) => Fact::AlertReleased,
        Some(AlertOutcome::Reversed) => Fact::AlertReversed,
    };
    Some(event(fact, alert.id.0, Body::Alert(AlertEvent { alert, reason })))
}

fn event(fact: Fact, about: Uuid, body: Body) -> FeedEvent {
    FeedEvent { fact, about, body }
}

/// Why somebody did it, where the roster does not keep that.
fn reason(event: &Event) -> Option<String> {
    match event {
        Event::BookingCancelled(body) => body.reason.clone(),
        Event::AlertReleased(body) | Event::AlertReversed(body) => body.reason.clone(),
        Event::AlertRaised(_)
        | Event::AlertPeopleAdded(_)
        | Event::BookingChanged(_)
        | Event::BookingRecorded(_)
        | Event::CredentialIssued(_)
        | Event::CredentialRevoked(_)
        | Event::GroupChanged(_)
        | Event::GroupCreated(_)
        | Event::GroupDeleted(_)
        | Event::GroupMemberResourcesChanged(_)
        | Event::GroupMembersAdded(_)
        | Event::GroupMembersRemoved(_)
        | Event::GroupMembersReplaced(_)
        | Event::IntegrationActivated(_)
        | Event::IntegrationDeactivated(_)
        | Event::SubscriberAdded(_)
        | Event::SubscriberChanged(_)
        | Event::SubscriberDisabled(_)
        | Event::SubscriberEnabled(_)
        | Event::SubscriberRemoved(_)
        | Event::SubscriberSecretIssued(_)
        | Event::SubscriberSecretWithdrawn(_)
        | Event::TeamCreated(_)
        | Event::TeamDeleted(_)
        | Event::TeamRenamed(_)
        | Event::TenantCreated(_)
        | Event::TenantExtensionDeclared(_)
        | Event::TenantExtensionRemoved(_)
        | Event::TenantGuardSet(_)
        | Event::Unknown { .. }
        | Event::UserChanged(_)
        | Event::UserCreated(_)
        | Event::UserDeactivated(_)
        | Event::UserDeleted(_)
        | Event::UserErased(_)
        | Event::UserPrimaryChosen(_)
        | Event::UserReactivated(_)
        | Event::UserResourceChanged(_)
        | Event::UserResourceDeleted(_)
        | Event::UserReturned(_)
        | Event::UserTeamAssigned(_)
        | Event::UserTeamUnassigned(_)
        | Event::UserTeamsReset(_) => None,
    }
}
