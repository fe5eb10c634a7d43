//! The rules of teams, told by examples.

use events::{Event, ResourceId, Standing, TeamId};
use teams::Teams;
use teams::queries::{Kind, Membership, Origin, memberships};
use uuid::Uuid;

use crate::given::{
    ADA, BOB, CORE, DATA, EDGE, added, added_unknown, assigned, chosen, first, group, group_gone,
    joined, own_team, own_team_gone, removed, reset, unassigned, user,
};
use kit::projection::{World, acme, at, build, log};

use Kind::{Additional, Primary};
use Origin::{Local, Synced};

/// Ada's teams after three groups, their own team EDGE, and `events`.
fn teams_of_ada(events: impl IntoIterator<Item = Event>) -> Vec<Membership> {
    let before = [joined(ADA), joined(BOB), group(CORE, "Core"), group(DATA, "Data")];
    let log = log(before.into_iter().chain([own_team(EDGE, "Edge")]).chain(events));
    World::new().run(async |client| {
        build::<Teams>(client, "teams", &log, 3).await;
        memberships(client, &acme(), ADA).await.unwrap()
    })
}

#[track_caller]
fn check(events: impl IntoIterator<Item = Event>, expected: &[(TeamId, Kind, Origin)]) {
    let found: Vec<_> =
        teams_of_ada(events).iter().map(|team| (team.id, team.kind, team.origin)).collect();
    assert_eq!(found, expected);
}

#[test]
fn the_first_group_is_primary_and_the_others_additional() {
    check(
        [added(DATA, &[BOB, ADA]), added(CORE, &[ADA])],
        &[(DATA, Primary, Synced), (CORE, Additional, Synced)],
    );
}

#[test]
fn when_the_primary_ends_the_oldest_that_remains_takes_its_place() {
    let both = [added(DATA, &[ADA]), added(CORE, &[ADA])];
    check(both.clone().into_iter().chain([removed(DATA, &[ADA])]), &[(CORE, Primary, Synced)]);
    check(both.into_iter().chain([group_gone(DATA)]), &[(CORE, Primary, Synced)]);
}

#[test]
fn who_leaves_and_joins_again_begins_anew() {
    check(
        [added(DATA, &[ADA]), added(CORE, &[ADA]), removed(DATA, &[ADA]), added(DATA, &[ADA])],
        &[(CORE, Primary, Synced), (DATA, Additional, Synced)],
    );
}

#[test]
fn a_local_team_is_primary_only_if_no_synced_one_is_there() {
    check([assigned(ADA, EDGE)], &[(EDGE, Primary, Local)]);
    check(
        [assigned(ADA, EDGE), added(CORE, &[ADA])],
        &[(CORE, Primary, Synced), (EDGE, Additional, Local)],
    );
}

#[test]
fn a_local_edit_survives_every_sync() {
    check([added(CORE, &[ADA]), unassigned(ADA, CORE), removed(CORE, &[ADA])], &[]);
    check(
        [added(CORE, &[ADA]), unassigned(ADA, CORE), removed(CORE, &[ADA]), added(CORE, &[ADA])],
        &[],
    );
    check(
        [assigned(ADA, CORE), added(CORE, &[ADA]), removed(CORE, &[ADA])],
        &[(CORE, Primary, Local)],
    );
}

#[test]
fn the_last_edit_counts() {
    check([assigned(ADA, CORE), unassigned(ADA, CORE)], &[]);
    check(
        [added(CORE, &[ADA]), unassigned(ADA, CORE), assigned(ADA, CORE)],
        &[(CORE, Primary, Synced)],
    );
}

#[test]
fn a_chosen_primary_holds_while_the_person_is_in_it() {
    let told = [added(CORE, &[ADA]), added(DATA, &[ADA]), chosen(ADA, DATA)];
    check(told.clone(), &[(DATA, Primary, Synced), (CORE, Additional, Synced)]);
    let gone = told.into_iter().chain([removed(DATA, &[ADA])]);
    check(gone.clone(), &[(CORE, Primary, Synced)]);
    check(
        gone.chain([added(DATA, &[ADA])]),
        &[(DATA, Primary, Synced), (CORE, Additional, Synced)],
    );
}

#[test]
fn a_reset_brings_back_what_is_synced() {
    check(
        [
            added(CORE, &[ADA]),
            added(DATA, &[ADA]),
            assigned(ADA, EDGE),
            unassigned(ADA, CORE),
            chosen(ADA, EDGE),
            reset(ADA),
        ],
        &[(CORE, Primary, Synced), (DATA, Additional, Synced)],
    );
}

#[test]
fn an_own_team_that_is_gone_is_nobodys() {
    check([assigned(ADA, EDGE), own_team_gone(EDGE)], &[]);
}

#[test]
fn a_membership_tells_since_when_and_by_whom() {
    let told = teams_of_ada([added(CORE, &[ADA]), assigned(ADA, EDGE)]);
    let [core, edge] = told.as_slice() else { panic!("two teams, and not {told:?}") };
    assert_eq!((core.name.as_str(), core.since, core.by.as_deref()), ("Core", at(6), None));
    assert_eq!(
        (edge.name.as_str(), edge.since, edge.by.as_deref()),
        ("Edge", at(7), Some("portal:grace"))
    );
}

#[test]
fn a_member_who_is_not_known_yet_takes_effect_when_they_arrive() {
    let waiting = ResourceId(Uuid::from_u128(0xabc));
    let back = || Event::UserReturned(user(ADA, waiting, Standing::Active));
    let told = [added_unknown(DATA, &[&waiting.to_string()]), added(CORE, &[ADA])];
    check(told.clone(), &[(CORE, Primary, Synced)]);
    // In the order in which they were added, not in that of arriving.
    check(told.into_iter().chain([back()]), &[(DATA, Primary, Synced), (CORE, Additional, Synced)]);
}

#[test]
fn two_resources_of_one_person_are_one_member_since_the_first() {
    let waiting = ResourceId(Uuid::from_u128(0xabc));
    let told = [
        added(CORE, &[ADA]),
        added_unknown(CORE, &[&waiting.to_string()]),
        Event::UserReturned(user(ADA, waiting, Standing::Active)),
    ];
    let teams = teams_of_ada(told.clone());
    assert_eq!(teams.iter().map(|team| (team.id, team.since)).collect::<Vec<_>>(), [(CORE, at(6))]);
    // … and leave as one, whichever of the two the client names.
    check(told.into_iter().chain([removed(CORE, &[ADA])]), &[]);
}

#[test]
fn a_leaver_keeps_their_teams_and_finds_them_on_return() {
    let gone = user(ADA, first(ADA), Standing::Former);
    let again = user(ADA, ResourceId(Uuid::from_u128(0xadada)), Standing::Active);
    let expected = [(CORE, Primary, Synced), (DATA, Additional, Synced)];
    let told = [added(CORE, &[ADA]), added(DATA, &[ADA]), Event::UserDeleted(gone.into())];
    check(told.clone(), &expected);
    check(told.into_iter().chain([Event::UserReturned(again)]), &expected);
}
