//! A small world in which people, groups, teams, alerts and bookings meet.

use events::{
    BookedPlace, BookingId, BookingSource, EmployeeId, ExternalId, GroupProfile, IntegrationId,
    IntegrationProfile, Profile, Recorded, ResourceId, TeamId, TenantId,
};
use jiff::Timestamp;
use kit::projection::{self, ALERTS_FROM, strict_guard};
use proptest::collection::vec;
use proptest::prelude::*;
use roster::{Intent, MemberChange, PersonRef, Roster};
use serde_json::json;
use uuid::Uuid;

pub(super) const PEOPLE: u128 = 7;
const TEAMS: u128 = 4;

pub(super) fn resource(number: u128) -> ResourceId {
    ResourceId(Uuid::from_u128(0xe000 + number))
}

pub(super) fn employee(number: u128) -> EmployeeId {
    EmployeeId(resource(number).0)
}

pub(super) fn team(number: u128) -> TeamId {
    TeamId(Uuid::from_u128(0x7000 + number))
}

/// A person has the one or the other name, so that they can be made anew beside an old resource.
pub(super) fn profile(resource: u128, person: u8) -> Profile {
    let extension = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let attributes = json!({
        "displayName": format!("Person {person}"),
        extension: { "department": format!("D{}", resource % 3) },
    });
    Profile {
        user_name: format!("{person}.{}@acme.example", resource % 2).parse().expect("a name"),
        external_id: Some(ExternalId(person.to_string())),
        attributes: serde_json::from_value(attributes).expect("an object"),
    }
}

pub(super) fn group_profile(name: &str) -> GroupProfile {
    let attributes = serde_json::Map::new();
    GroupProfile { display_name: name.to_owned(), external_id: None, attributes }
}

fn values() -> impl Strategy<Value = Vec<String>> {
    let value = prop_oneof![
        8 => (0..PEOPLE).prop_map(|n| resource(n).to_string()),
        1 => (0..PEOPLE).prop_map(|n| resource(n).to_string().to_uppercase()),
        1 => (0..TEAMS).prop_map(|n| team(n).to_string()),
    ];
    vec(value, 0..4)
}

fn member_change() -> impl Strategy<Value = MemberChange> {
    prop_oneof![
        3 => values().prop_map(MemberChange::Add),
        2 => values().prop_map(MemberChange::Remove),
        1 => values().prop_map(MemberChange::Exactly),
    ]
}

fn desk(day: i64) -> BookedPlace {
    let at = |hour: i64| Timestamp::from_second(day * 86_400 + hour * 3600).expect("a time");
    BookedPlace {
        resource: format!("Desk {day}"),
        resource_type: "desk".to_owned(),
        title: None,
        starts_at: at(8),
        ends_at: at(9),
    }
}

fn of_people() -> BoxedStrategy<Intent> {
    let of_person = || (0..PEOPLE, 0..4_u8, prop::bool::weighted(0.7));
    prop_oneof![
        6 => of_person().prop_map(|(n, person, active)| Intent::NewUser {
            resource: resource(n),
            profile: profile(n, person),
            active,
        }),
        4 => of_person().prop_map(|(n, person, active)| Intent::User {
            resource: resource(n),
            profile: profile(n, person),
            active,
        }),
        3 => (0..PEOPLE).prop_map(|n| Intent::NoUser { resource: resource(n) }),
        1 => any::<bool>().prop_map(|hold| Intent::SetGuard { guard: strict_guard(hold) }),
        1 => (0..3_u128).prop_map(|n| Intent::ReleaseAlert { alert: alert(n), people: None, reason: None }),
        1 => (0..3_u128).prop_map(|n| Intent::ReverseAlert { alert: alert(n), people: None, reason: None }),
    ]
    .boxed()
}

fn alert(number: u128) -> events::AlertId {
    events::AlertId(Uuid::from_u128(ALERTS_FROM + number))
}

fn of_teams() -> BoxedStrategy<Intent> {
    let name = || (0..TEAMS).prop_map(|n| format!("Team {n}"));
    let edit = || (0..PEOPLE, 0..TEAMS).prop_map(|(n, t)| (employee(n), team(t)));
    prop_oneof![
        4 => (0..TEAMS, name(), values()).prop_map(|(n, name, members)| Intent::NewGroup {
            team: team(n),
            profile: group_profile(&name),
            members,
        }),
        8 => (0..TEAMS, name(), vec(member_change(), 0..3)).prop_map(|(n, name, members)| {
            Intent::Group { team: team(n), profile: group_profile(&name), members }
        }),
        1 => (0..TEAMS).prop_map(|n| Intent::NoGroup { team: team(n) }),
        3 => edit().prop_map(|(employee, team)| Intent::AssignTeam { employee, team }),
        2 => edit().prop_map(|(employee, team)| Intent::UnassignTeam { employee, team }),
        2 => edit().prop_map(|(employee, team)| Intent::ChoosePrimary { employee, team }),
        1 => (0..PEOPLE).prop_map(|n| Intent::ResetTeams { employee: employee(n) }),
        1 => (0..TEAMS).prop_map(|n| Intent::NewTeam { team: team(n), name: format!("Own {n}") }),
        1 => (0..TEAMS).prop_map(|n| Intent::RenameTeam { team: team(n), name: format!("Our {n}") }),
        1 => (0..TEAMS).prop_map(|n| Intent::RemoveTeam { team: team(n) }),
    ]
    .boxed()
}

fn of_bookings() -> BoxedStrategy<Intent> {
    prop_oneof![
        3 => (1..4_u128, 0..PEOPLE, 1..4_i64).prop_map(|(booking, n, day)| Intent::Booking {
            booking: BookingId(Uuid::from_u128(0xb000 + booking)),
            source: BookingSource::default(),
            reference: format!("b{booking}"),
            person: PersonRef::Employee(employee(n)),
            place: desk(day),
        }),
        1 => (1..4_u128).prop_map(|n| Intent::NoBooking {
            source: BookingSource::default(),
            reference: format!("b{n}"),
        }),
    ]
    .boxed()
}

pub(super) fn intents() -> impl Strategy<Value = Vec<Intent>> {
    vec(prop_oneof![6 => of_people(), 8 => of_teams(), 1 => of_bookings()], 0..70)
}

/// The log and the roster that intents lead to.
pub(super) fn history(intents: &[Intent]) -> (Vec<Recorded>, Roster) {
    let beginning = [
        Intent::NewTenant { tenant: TenantId(Uuid::from_u128(1)) },
        Intent::ActivateIntegration {
            integration: IntegrationId(Uuid::from_u128(2)),
            profile: IntegrationProfile::Workplace,
        },
    ];
    projection::history(beginning.iter().chain(intents))
}
