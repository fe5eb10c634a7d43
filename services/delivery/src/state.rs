//! Things as they count, taken from the roster.

use events::{BookingId, EmployeeId, TeamId, TestId};
use feed::{
    Alert, AlertOutcome, Body, Booking, Cancellation, Employee, Fact, FeedEvent, Membership,
    Origin, Rank, Subscriber, Team, TestEvent,
};
use roster::{EffectiveTeam, Group, StandingOverride, TenantRoster};

/// A person, if there is one.
pub fn employee(tenant: &TenantRoster, id: EmployeeId) -> Option<Employee> {
    let person = tenant.people().by_employee(id)?;
    let profile = person.profile();
    let held = match tenant.guard().standing_override(id) {
        Some(StandingOverride::Held(alert)) => Some(alert),
        Some(StandingOverride::Reversed) | None => None,
    };
    let teams = tenant.teams_of(id).into_iter().take(Employee::MAX_TEAMS);
    Some(Employee {
        id,
        resource_id: (!person.gone).then_some(person.resource),
        user_name: person.user_name().to_owned(),
        external_id: person.external_id().map(str::to_owned),
        display_name: profile.shown_name(),
        standing: tenant.standing(person),
        directory_standing: tenant.directory_standing(person),
        held,
        teams: teams.map(membership).collect(),
        profile,
    })
}

fn membership(team: EffectiveTeam) -> Membership {
    let kind = match team.rank {
        roster::Rank::Primary => Rank::Primary,
        roster::Rank::Additional => Rank::Additional,
    };
    let origin = match team.origin {
        roster::Origin::Synced => Origin::Synced,
        roster::Origin::Local => Origin::Local,
    };
    Membership { id: team.team, kind, origin }
}

/// A team, if there is one.
pub fn team(tenant: &TenantRoster, id: TeamId) -> Option<Team> {
    let own = || {
        let own = tenant.own_team(id)?;
        Some(Team {
            id,
            name: own.name.clone(),
            description: None,
            external_id: None,
            origin: Origin::Local,
        })
    };
    tenant.groups().get(id).map(synced).or_else(own)
}

fn synced(group: &Group) -> Team {
    let profile = group.profile();
    Team {
        id: group.team,
        name: profile.display_name.clone(),
        description: profile.description().map(str::to_owned),
        external_id: profile.external_id.as_ref().map(|id| id.as_str().to_owned()),
        origin: Origin::Synced,
    }
}

/// A booking, if there is one.
pub fn booking(tenant: &TenantRoster, id: BookingId) -> Option<Booking> {
    let booking = tenant.bookings().get(id)?;
    Some(Booking {
        id,
        source: booking.source.clone(),
        reference: booking.reference.to_string(),
        employee_id: booking.employee,
        booked_for: booking.booked_for,
        place: booking.place.clone(),
        state: booking.state(),
        cancelled_by: booking.cancelled_by(),
        cancellation: booking.cancelled.as_deref().map(cancellation),
    })
}

fn cancellation(cancelled: &roster::Cancellation) -> Cancellation {
    Cancellation {
        at: cancelled.at,
        actor: cancelled.actor.clone(),
        reason: cancelled.reason.clone(),
    }
}

/// An alert as it stands.
pub fn alert(alert: &roster::Alert) -> Alert {
    let outcome = alert.decision.map(|decision| match decision {
        roster::AlertOutcome::Released => AlertOutcome::Released,
        roster::AlertOutcome::Reversed => AlertOutcome::Reversed,
    });
    Alert { id: alert.id, cause: alert.cause, holds: alert.held, outcome }
}

/// What a subscriber is told to try whether it is there.
pub fn test(subscriber: &roster::Subscriber, test_id: TestId) -> FeedEvent {
    let roster::Subscriber { id, name, .. } = subscriber;
    let subscriber = Subscriber { id: *id, name: name.clone() };
    let body = Body::Test(TestEvent { subscriber, test_id });
    FeedEvent { fact: Fact::SubscriberTest, about: id.0, body }
}
