//! What each event changes: event in, changes out.

use events::{DeletedResource, Event, MemberResource, MemberResources, ResourceId, Standing};
use projector::Projection;
use teams::{Authorship, Change, Edit, Moment, Origin, TeamRow, Teams};
use uuid::Uuid;

use crate::given::{
    ADA, BOB, CORE, added, added_unknown, assigned, chosen, first, group, group_gone, group_of,
    joined, own_team, own_team_gone, removed, replaced, reset, unassigned, user,
};
use kit::projection::{acme, at, log};

fn changes(event: Event) -> Vec<Change> {
    Teams::project(&log([event])[0])
}

const FIRST: Moment = Moment { seq: 1, at: jiff::Timestamp::constant(1_800_000_001, 0) };

fn by_grace() -> Authorship {
    Authorship { actor: "portal:grace".to_owned(), moment: FIRST }
}

#[test]
fn the_first_event_is_where_the_tests_think() {
    assert_eq!(FIRST.at, at(1));
}

#[test]
fn a_group_is_a_synced_team_and_an_own_team_a_local_one() {
    let row = TeamRow {
        tenant: acme(),
        team: CORE,
        name: "Core".to_owned(),
        description: Some("They make it".to_owned()),
        external_id: None,
        origin: Origin::Synced,
        seq: 1,
    };
    assert_eq!(changes(group(CORE, "Core")), [Change::Team(row.clone())]);
    let own = TeamRow { description: None, origin: Origin::Local, ..row };
    assert_eq!(changes(own_team(CORE, "Core")), [Change::Team(own)]);
    for gone in [group_gone(CORE), own_team_gone(CORE)] {
        assert_eq!(changes(gone), [Change::NoTeam { tenant: acme(), team: CORE }]);
    }
}

#[test]
fn a_member_joins_as_a_resource_and_leaves_as_a_person() {
    let member = |employee| Change::Member {
        tenant: acme(),
        team: CORE,
        resource: first(employee),
        since: FIRST,
    };
    assert_eq!(changes(added(CORE, &[ADA, BOB])), [member(ADA), member(BOB)]);
    let left = |employee| Change::Left { tenant: acme(), team: CORE, employee, seq: 1 };
    assert_eq!(changes(removed(CORE, &[ADA, BOB])), [left(ADA), left(BOB)]);
    assert_eq!(changes(replaced(CORE, &[ADA], &[BOB])), [left(ADA), member(BOB)]);
    let begun = changes(group_of(CORE, "Core", &[ADA]));
    assert_eq!(begun, [changes(group(CORE, "Core")), vec![member(ADA)]].concat());
}

#[test]
fn a_member_whose_value_can_be_no_id_of_ours_is_passed_over() {
    let waiting = ResourceId(Uuid::from_u128(0xabc));
    let values = ["nobody", &waiting.to_string().to_uppercase(), &waiting.to_string(), ""];
    let member = Change::Member { tenant: acme(), team: CORE, resource: waiting, since: FIRST };
    assert_eq!(changes(added_unknown(CORE, &values)), [member]);
}

#[test]
fn only_a_new_resource_of_a_person_is_news() {
    let state = || user(ADA, first(ADA), Standing::Active);
    let arrived =
        [Change::Resource { tenant: acme(), resource: first(ADA), employee: ADA, seq: 1 }];
    assert_eq!(changes(joined(ADA)), arrived);
    assert_eq!(changes(Event::UserReturned(state())), arrived);
    for event in [Event::UserChanged, Event::UserReactivated] {
        assert_eq!(changes(event(state())), []);
    }
    assert_eq!(changes(Event::UserDeactivated(state().into())), []);
    assert_eq!(changes(Event::UserDeleted(state().into())), [], "a leaver keeps their teams");
    let (employee_id, resource_id) = (ADA, first(ADA));
    let gone = DeletedResource { employee_id, resource_id };
    assert_eq!(changes(Event::UserResourceDeleted(gone)), [], "and so does one of two resources");
    let resources = vec![MemberResource { resource_id }];
    let named = MemberResources { team_id: CORE, employee_id, resources };
    assert_eq!(changes(Event::GroupMemberResourcesChanged(named)), [], "nobody joins or leaves");
}

#[test]
fn local_edits_say_who_made_them_and_when() {
    let edited =
        |edit| Change::Edited { tenant: acme(), employee: ADA, team: CORE, edit, by: by_grace() };
    assert_eq!(changes(assigned(ADA, CORE)), [edited(Edit::Assigned)]);
    assert_eq!(changes(unassigned(ADA, CORE)), [edited(Edit::Unassigned)]);
    let primary = Change::Primary { tenant: acme(), employee: ADA, team: CORE, by: by_grace() };
    assert_eq!(changes(chosen(ADA, CORE)), [primary]);
    assert_eq!(changes(reset(ADA)), [Change::Reset { tenant: acme(), employee: ADA }]);
}

#[test]
fn an_event_of_a_later_release_changes_nothing() {
    assert_eq!(changes(Event::Unknown { name: "user.promoted".to_owned() }), []);
}
