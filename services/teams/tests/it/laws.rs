//! What holds after any history that the roster's rules allow.

use std::collections::BTreeSet;

use events::{
    ChangedMembers, EmployeeId, Event, ExternalId, GroupProfile, IntegrationId, IntegrationProfile,
    MemberRef, Profile, Recorded, ResourceId, TeamId, TenantId,
};
use kit::projection::{self, Logs, ParkingWorld, World, acme, at, build, check, erasure};
use proptest::collection::vec;
use proptest::prelude::*;
use roster::{EffectiveTeam, Intent, MemberChange, Rank, Roster};
use serde_json::Map;
use teams::Teams;
use teams::queries::{Kind, Membership, Origin, members, memberships, team};
use uuid::Uuid;

const RESOURCES: u128 = 7;
const TEAMS: u128 = 4;

fn resource(number: u128) -> ResourceId {
    ResourceId(Uuid::from_u128(0xe000 + number))
}

fn employee(number: u128) -> EmployeeId {
    EmployeeId(resource(number).0)
}

fn a_team(number: u128) -> TeamId {
    TeamId(Uuid::from_u128(0x7000 + number))
}

/// A person has the one or the other name, so that they can be made anew beside an old resource.
fn profile(resource: u128, person: u8) -> Profile {
    Profile {
        user_name: format!("{person}.{}@acme.example", resource % 2).parse().unwrap(),
        external_id: Some(ExternalId(person.to_string())),
        attributes: Map::new(),
    }
}

fn group_profile(number: u128) -> GroupProfile {
    GroupProfile {
        display_name: format!("Team {number}"),
        external_id: None,
        attributes: Map::new(),
    }
}

/// Values as clients send them: people who are there, gone or still to come, groups, and nonsense.
fn values() -> impl Strategy<Value = Vec<String>> {
    let value = prop_oneof![
        8 => (0..RESOURCES).prop_map(|n| resource(n).to_string()),
        1 => (0..RESOURCES).prop_map(|n| resource(n).to_string().to_uppercase()),
        1 => (0..TEAMS).prop_map(|n| a_team(n).to_string()),
        1 => Just("nobody".to_owned()),
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

fn intent() -> impl Strategy<Value = Intent> {
    let of_person = || (0..RESOURCES, 0..4_u8, prop::bool::weighted(0.8));
    let edit = || (0..RESOURCES, 0..TEAMS).prop_map(|(n, team)| (employee(n), a_team(team)));
    prop_oneof![
        6 => of_person().prop_map(|(n, person, active)| Intent::NewUser {
            resource: resource(n),
            profile: profile(n, person),
            active,
        }),
        1 => of_person().prop_map(|(n, person, active)| Intent::User {
            resource: resource(n),
            profile: profile(n, person),
            active,
        }),
        3 => (0..RESOURCES).prop_map(|n| Intent::NoUser { resource: resource(n) }),
        4 => (0..TEAMS, values()).prop_map(|(n, members)| Intent::NewGroup {
            team: a_team(n),
            profile: group_profile(n),
            members,
        }),
        8 => (0..TEAMS, vec(member_change(), 0..3)).prop_map(|(n, members)| Intent::Group {
            team: a_team(n),
            profile: group_profile(n),
            members,
        }),
        1 => (0..TEAMS).prop_map(|n| Intent::NoGroup { team: a_team(n) }),
        3 => edit().prop_map(|(employee, team)| Intent::AssignTeam { employee, team }),
        2 => edit().prop_map(|(employee, team)| Intent::UnassignTeam { employee, team }),
        2 => edit().prop_map(|(employee, team)| Intent::ChoosePrimary { employee, team }),
        1 => (0..RESOURCES).prop_map(|n| Intent::ResetTeams { employee: employee(n) }),
        1 => (0..RESOURCES).prop_map(|n| erasure(employee(n))),
        1 => (0..TEAMS).prop_map(|n| Intent::NewTeam { team: a_team(n), name: format!("Own {n}") }),
        1 => (0..TEAMS).prop_map(|n| Intent::RemoveTeam { team: a_team(n) }),
    ]
}

/// The log and the roster that intents lead to; those that are refused lead nowhere.
fn history(intents: &[Intent]) -> (Vec<Recorded>, Roster) {
    let beginning = [
        Intent::NewTenant { tenant: TenantId(Uuid::from_u128(1)) },
        Intent::ActivateIntegration {
            integration: IntegrationId(Uuid::from_u128(2)),
            profile: IntegrationProfile::Workplace,
        },
    ];
    projection::history(beginning.iter().chain(intents))
}

/// The logs that intents lead to.
fn logs() -> impl Logs {
    vec(intent(), 0..60).prop_map(|intents| history(&intents).0)
}

#[test]
fn one_by_one_in_batches_or_in_one_go_the_tables_are_the_same() {
    projection::assert_batches_do_not_matter::<Teams>(&logs());
}

#[test]
fn an_event_that_waits_with_all_that_share_a_key_leaves_the_tables_the_same() {
    projection::assert_waiting_leaves_no_trace::<Teams>(&logs());
}

#[test]
fn whatever_cannot_be_applied_for_a_while_leaves_no_trace_once_it_was() {
    projection::assert_parking_leaves_no_trace::<Teams>(&logs());
}

#[test]
fn what_is_passed_over_changes_nothing() {
    projection::assert_passed_over_changes_nothing::<Teams>();
}

#[test]
fn what_cannot_be_read_waits_under_all_keys_that_it_may_have() {
    projection::assert_unreadable_keys_suffice::<Teams>();
}

#[test]
fn every_table_says_whose_its_rows_are() {
    projection::assert_rows_of_people_are_told::<Teams>();
}

#[test]
fn a_person_is_replaced_and_nobody_else_is_touched() {
    projection::assert_a_person_is_replaced::<Teams>(&logs());
}

#[test]
fn a_tenant_is_replaced_and_no_other_is_touched() {
    projection::assert_a_tenant_is_replaced::<Teams>(&logs());
}

#[test]
fn built_twice_anywhere_the_digests_are_the_same() {
    projection::assert_digests_are_the_same_anywhere::<Teams>(&logs());
}

#[test]
fn a_replay_without_what_was_erased_comes_to_the_same_tables() {
    projection::assert_a_replay_without_the_erased_comes_to_the_same::<Teams>(&logs());
}

/// The rule of the Primary team has two homes: `TenantRoster::teams_of`, by which commands are judged,
/// and the view `current_memberships`, which is read.
#[test]
fn the_roster_and_the_tables_derive_the_same_teams_and_the_same_primary() {
    let world = World::new();
    check(96, &vec(intent(), 0..60), |intents| {
        let (log, roster) = history(&intents);
        let tenant = roster.tenant(&acme()).expect("the history begins with it");
        world.run(async |client| {
            build::<Teams>(client, "teams", &log, 10).await;
            let mut in_teams: Vec<BTreeSet<EmployeeId>> = vec![];
            in_teams.resize_with(TEAMS as usize, BTreeSet::new);
            for person in (0..RESOURCES).map(employee) {
                let expected: Vec<_> = tenant.teams_of(person).iter().map(by_roster).collect();
                let found = memberships(client, &acme(), person).await.unwrap();
                assert_eq!(found.iter().map(by_tables).collect::<Vec<_>>(), expected, "{person}");
                for (team, found) in in_teams.iter_mut().enumerate() {
                    if expected.iter().any(|(id, ..)| *id == a_team(team as u128)) {
                        found.insert(person);
                    }
                }
            }
            for (number, expected) in in_teams.iter().enumerate() {
                let id = a_team(number as u128);
                let found = members(client, &acme(), id, None, 100).await.unwrap().rows;
                let found: BTreeSet<EmployeeId> =
                    found.iter().map(|member| member.employee_id).collect();
                assert_eq!(found, *expected, "members of team {number}");
                let count = team(client, &acme(), id).await.unwrap().map(|team| team.members);
                let there = tenant.has_team(id).then(|| i64::try_from(found.len()).unwrap());
                assert_eq!(count, there, "size of team {number}");
            }
        });
    });
}

type Seen = (TeamId, Kind, Origin, jiff::Timestamp);

fn by_roster(team: &EffectiveTeam) -> Seen {
    let kind = match team.rank {
        Rank::Primary => Kind::Primary,
        Rank::Additional => Kind::Additional,
    };
    let origin = match team.origin {
        roster::Origin::Synced => Origin::Synced,
        roster::Origin::Local => Origin::Local,
    };
    (team.team, kind, origin, at(team.since.0))
}

fn by_tables(team: &Membership) -> Seen {
    (team.id, team.kind, team.origin, team.since)
}

/// One event of a group of ten thousand cannot be applied: that group waits, in its order, and all else
/// goes on.
#[test]
fn one_event_of_a_group_of_ten_thousand_holds_up_that_group_alone() {
    let member = |number: u128| MemberRef {
        value: Uuid::from_u128(0xaaaa_0000_0000 + number).to_string(),
        employee_id: None,
    };
    let added = |team, from: u128| {
        let members = (from..from + 500).map(member).collect();
        Event::GroupMembersAdded(ChangedMembers { team_id: a_team(team), members })
    };
    // Another group comes after each event of the large one.
    let events = (0..20).flat_map(|part| [added(1, part * 500), added(2, 20_000 + part * 500)]);
    let log = projection::log(events);
    let world = ParkingWorld::new();
    let parked = world.refusing::<Teams>(&log, &member(5_250).value);
    let [event] = &parked[..] else { panic!("one event is parked: {}", parked.len()) };
    assert_eq!((event.position, event.behind), (events::Seq(21), 9));
    assert_eq!(event.key, Some(format!("team {}", a_team(1))));
}
