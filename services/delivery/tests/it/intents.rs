//! Histories in which everything meets everything: people who come, go and come back, groups, local
//! edits, bookings, alerts that hold, erasures.

use events::{
    BookedPlace, BookingId, BookingSource, EmployeeId, ExternalId, GroupProfile, IntegrationId,
    IntegrationProfile, Profile, ResourceId, TeamId, TenantId,
};
use kit::projection::{at, erasure, guarding, strict_guard};
use proptest::collection::vec;
use proptest::prelude::*;
use roster::{BookingWish, Intent, LeaversIntent, MemberChange, PersonRef};
use serde_json::json;
use uuid::Uuid;

const PEOPLE: u128 = 6;
const TEAMS: u128 = 4;
const BOOKINGS: u128 = 4;

pub(crate) fn resource(number: u128) -> ResourceId {
    ResourceId(Uuid::from_u128(0xe000 + number))
}

pub(crate) fn employee(number: u128) -> EmployeeId {
    EmployeeId(resource(number).0)
}

pub(crate) fn a_team(number: u128) -> TeamId {
    TeamId(Uuid::from_u128(0x7000 + number))
}

pub(crate) fn profile(resource: u128, person: u8, title: u8) -> Profile {
    let attributes =
        json!({ "displayName": format!("Person {person}"), "title": title.to_string() });
    Profile {
        user_name: format!("{person}.{}@acme.example", resource % 2).parse().unwrap(),
        external_id: Some(ExternalId(person.to_string())),
        attributes: attributes.as_object().unwrap().clone(),
    }
}

pub(crate) fn group_profile(number: u128, description: u8) -> GroupProfile {
    let attributes = json!({ "description": description.to_string() });
    GroupProfile {
        display_name: format!("Team {number}"),
        external_id: None,
        attributes: attributes.as_object().unwrap().clone(),
    }
}

fn values() -> impl Strategy<Value = Vec<String>> {
    let value = prop_oneof![
        8 => (0..PEOPLE).prop_map(|n| resource(n).to_string()),
        1 => Just("nobody".to_owned()),
    ];
    vec(value, 0..5)
}

fn member_change() -> impl Strategy<Value = MemberChange> {
    prop_oneof![
        3 => values().prop_map(MemberChange::Add),
        2 => values().prop_map(MemberChange::Remove),
        1 => values().prop_map(MemberChange::Exactly),
    ]
}

fn people() -> impl Strategy<Value = Intent> {
    let anybody = || (0..PEOPLE, 0..4_u8, 0..2_u8, prop::bool::weighted(0.7));
    prop_oneof![
        6 => anybody().prop_map(|(n, person, title, active)| Intent::NewUser {
            resource: resource(n),
            profile: profile(n, person, title),
            active,
        }),
        5 => anybody().prop_map(|(n, person, title, active)| Intent::User {
            resource: resource(n),
            profile: profile(n, person, title),
            active,
        }),
        2 => (0..PEOPLE).prop_map(|n| Intent::NoUser { resource: resource(n) }),
        1 => (0..PEOPLE).prop_map(|n| erasure(employee(n))),
    ]
}

fn teams() -> impl Strategy<Value = Intent> {
    let edit = || (0..PEOPLE, 0..TEAMS).prop_map(|(n, team)| (employee(n), a_team(team)));
    let own = || (0..TEAMS, 0..2_u8);
    prop_oneof![
        4 => (0..TEAMS, 0..2_u8, values()).prop_map(|(n, text, members)| Intent::NewGroup {
            team: a_team(n),
            profile: group_profile(n, text),
            members,
        }),
        6 => (0..TEAMS, 0..2_u8, vec(member_change(), 0..3)).prop_map(|(n, text, members)| {
            Intent::Group { team: a_team(n), profile: group_profile(n, text), members }
        }),
        1 => (0..TEAMS).prop_map(|n| Intent::NoGroup { team: a_team(n) }),
        3 => edit().prop_map(|(employee, team)| Intent::AssignTeam { employee, team }),
        2 => edit().prop_map(|(employee, team)| Intent::UnassignTeam { employee, team }),
        2 => edit().prop_map(|(employee, team)| Intent::ChoosePrimary { employee, team }),
        1 => (0..PEOPLE).prop_map(|n| Intent::ResetTeams { employee: employee(n) }),
        1 => own().prop_map(|(n, name)| Intent::NewTeam { team: a_team(n), name: own_name(n, name) }),
        1 => own().prop_map(|(n, name)| Intent::RenameTeam { team: a_team(n), name: own_name(n, name) }),
        1 => (0..TEAMS).prop_map(|n| Intent::RemoveTeam { team: a_team(n) }),
    ]
}

fn own_name(team: u128, name: u8) -> String {
    format!("Own {team} {name}")
}

fn bookings() -> impl Strategy<Value = Intent> {
    let one = || (0..BOOKINGS, 0..PEOPLE, 0..3_u64);
    prop_oneof![
        3 => one().prop_map(|(n, person, day)| Intent::Booking {
            booking: BookingId(Uuid::from_u128(0xb000 + n)),
            source: BookingSource::default(),
            reference: format!("ref-{n}"),
            person: PersonRef::Employee(employee(person)),
            place: BookedPlace {
                resource: "desk-7".to_owned(),
                resource_type: String::new(),
                title: None,
                starts_at: at(100_000 * (day + 1)),
                ends_at: at(100_000 * (day + 1) + 3_600),
            },
        }),
        1 => (0..BOOKINGS).prop_map(|n| Intent::NoBooking {
            source: BookingSource::default(),
            reference: format!("ref-{n}"),
        }),
        1 => one().prop_map(|(n, person, _)| Intent::Leavers(LeaversIntent::Decide {
            employee: employee(person),
            booking: BookingId(Uuid::from_u128(0xb000 + n)),
            wish: BookingWish::Cancel { reason: "left".to_owned() },
            seen: None,
            now: at(1),
        })),
    ]
}

/// What callers may want, from the beginning of a tenant on whose guard holds.
pub(crate) fn any_intents() -> impl Strategy<Value = Vec<Intent>> {
    let one = prop_oneof![5 => people(), 5 => teams(), 2 => bookings(), 2 => guarding()];
    vec(one, 0..60).prop_map(|intents| beginning().into_iter().chain(intents).collect())
}

/// A tenant whose guard holds whoever leaves beside another.
pub(crate) fn beginning() -> Vec<Intent> {
    vec![
        Intent::NewTenant { tenant: TenantId(Uuid::from_u128(1)) },
        Intent::ActivateIntegration {
            integration: IntegrationId(Uuid::from_u128(2)),
            profile: IntegrationProfile::Workplace,
        },
        Intent::SetGuard { guard: strict_guard(true) },
    ]
}
