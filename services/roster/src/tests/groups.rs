//! Groups and their members, as SCIM sees them.

use events::{ChangedMembers, Event, EventKind, MemberRef};
use serde_json::json;

use super::words::*;
use super::{History, given};
use crate::{Intent, Refusal, TenantRoster};

fn shown(tenant: &TenantRoster) -> Vec<String> {
    let core = tenant.groups().get(CORE).expect("the group");
    let values: Vec<String> =
        tenant.members(core).map(|member| member.value().into_owned()).collect();
    assert_eq!(core.member_count(), values.len());
    assert!(values.iter().all(|value| tenant.has_member(CORE, value)));
    values
}

/// In how many groups somebody is.
fn groups_of(tenant: &TenantRoster, first: events::ResourceId) -> usize {
    tenant.groups_of(tenant.people().by_employee(employee(first)).unwrap()).count()
}

/// Ada and Bob work here, and there is a group with these members.
#[track_caller]
fn core_with(members: &[&str]) -> History {
    given([joins(ADA, "ada@x"), joins(BOB, "bob@x"), new_group(CORE, "Core", members)])
}

#[test]
fn a_group_name_has_one_holder_however_it_is_spelt() {
    let taken = Refusal::GroupNameTaken("CORE".to_owned());
    core_with(&[]).when(&new_group(SALES, "CORE", &[])).refused(&taken);
    let mut both = core_with(&[]);
    both.tell(&new_group(SALES, "Sales", &[])).unwrap();
    both.clone().when(&members(SALES, "CORE", vec![])).refused(&taken);
    both.clone().when(&members(CORE, "core", vec![])).then([EventKind::GroupChanged]);
    both.tell(&Intent::NoGroup { team: CORE }).unwrap();
    both.when(&members(SALES, "CORE", vec![])).then([EventKind::GroupChanged]);
}

#[test]
fn a_group_is_found_by_name_and_is_gone_when_deleted() {
    let history = core_with(&[&id(ADA)]);
    assert_eq!(history.tenant().groups().by_display_name("cORe").unwrap().team, CORE);
    let gone = history.when(&Intent::NoGroup { team: CORE }).then([EventKind::GroupDeleted]);
    let history = gone.so(|tenant| {
        assert_eq!(tenant.groups().by_display_name("Core"), None);
        assert_eq!(groups_of(tenant, ADA), 0);
        assert!(tenant.teams_of(employee(ADA)).is_empty());
    });
    let missing = Refusal::NoSuchGroup(CORE);
    history.clone().when(&Intent::NoGroup { team: CORE }).refused(&missing);
    history.when(&members(CORE, "Core", vec![])).refused(&missing);
}

#[test]
fn members_are_shown_in_order_of_joining() {
    core_with(&[&id(BOB), &id(ADA)]).when(&members(CORE, "Core", vec![])).then_nothing().so(
        |tenant| {
            assert_eq!(shown(tenant), [id(BOB), id(ADA)]);
            assert_eq!(groups_of(tenant, ADA), 1);
        },
    );
}

#[test]
fn a_removed_member_is_the_only_one_to_go() {
    core_with(&[&id(ADA), &id(BOB)])
        .when(&members(CORE, "Core", vec![remove(&[&id(ADA)])]))
        .then([EventKind::GroupMembersRemoved])
        .so(|tenant| {
            assert_eq!(shown(tenant), [id(BOB)]);
            assert!(!tenant.has_member(CORE, &id(ADA)));
        });
}

#[test]
fn only_the_difference_of_a_line_of_changes_happens() {
    let core = core_with(&[&id(ADA)]);
    let and_back = vec![add(&[&id(BOB), &id(BOB)]), remove(&[&id(BOB)])];
    core.clone().when(&members(CORE, "Core", and_back)).then_nothing();
    let out_and_in = vec![remove(&[&id(ADA)]), add(&[&id(ADA)])];
    core.clone().when(&members(CORE, "Core", out_and_in)).then_nothing();
    core.clone().when(&members(CORE, "Core", vec![remove(&["stranger"])])).then_nothing();
    core.when(&members(CORE, "Core", vec![exactly(&[&id(BOB)]), add(&[&id(BOB), "x"])]))
        .then([EventKind::GroupMembersReplaced])
        .so(|tenant| assert_eq!(shown(tenant), [id(BOB), "x".to_owned()]));
}

#[test]
fn nothing_new_about_members_is_no_new_version() {
    let core = core_with(&[&id(ADA)]);
    let version = core.tenant().groups().get(CORE).unwrap().version;
    core.when(&members(CORE, "Core", vec![add(&[&id(ADA)])])).then_nothing().so(|tenant| {
        assert_eq!(tenant.groups().get(CORE).unwrap().version, version);
    });
}

#[test]
fn whom_a_group_shows_is_part_of_its_version() {
    let version = |history: &History| history.tenant().groups().get(CORE).unwrap().version;
    let mut history = given([new_group(CORE, "Core", &[&id(ADA)])]);
    for intent in [joins(ADA, "ada@x"), gone(ADA), joins(ADA_2, "ada@x")] {
        let before = version(&history);
        history.tell(&intent).unwrap();
        assert!(version(&history) > before, "{intent:?}");
    }
}

#[test]
fn a_long_list_is_spread_over_several_events() {
    let values: Vec<String> = (0..=ChangedMembers::MAX).map(|n| n.to_string()).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let outcome = given([]).when(&new_group(CORE, "Core", &values));
    let created = outcome.then([EventKind::GroupCreated, EventKind::GroupMembersAdded]);
    let history = created.so(|tenant| assert_eq!(shown(tenant), values));
    let others: Vec<String> = values.iter().map(|value| format!("other {value}")).collect();
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    let (removed, added) = (EventKind::GroupMembersRemoved, EventKind::GroupMembersAdded);
    history
        .when(&members(CORE, "Core", vec![exactly(&others)]))
        .then([removed, removed, added, added])
        .so(|tenant| assert_eq!(shown(tenant), others));
}

#[test]
fn members_who_are_replaced_go_and_come_in_one_event() {
    let outcome = core_with(&[&id(ADA), &id(BOB)]).when(&members(
        CORE,
        "Core",
        vec![exactly(&[&id(BOB), "x", "y"])],
    ));
    let Ok([Event::GroupMembersReplaced(replaced)]) = outcome.told.as_deref() else {
        panic!("{outcome:?}")
    };
    let values = |members: &[MemberRef]| {
        members.iter().map(|member| member.value.clone()).collect::<Vec<_>>()
    };
    assert_eq!(values(&replaced.removed), [id(ADA)]);
    assert_eq!(values(&replaced.added), ["x", "y"]);
    outcome.so(|tenant| assert_eq!(shown(tenant), [&id(BOB), "x", "y"]));
}

#[test]
fn a_group_that_was_created_before_its_members_came_with_it_is_read_as_it_was() {
    let body = json!({ "teamId": CORE, "profile": { "displayName": "Core" }, "changed": [] });
    let read = events::decode("group.created", 1, body.to_string().as_bytes());
    let Ok(Event::GroupCreated(created)) = read else { panic!("{read:?}") };
    assert_eq!((created.state.team_id, created.members), (CORE, vec![]));
}

#[test]
fn a_member_whom_nobody_knows_is_kept_and_counts_once_known() {
    given([new_group(CORE, "Core", &[&id(ADA), "nested"])])
        .when(&joins(ADA, "ada@x"))
        .then([EventKind::UserCreated])
        .so(|tenant| {
            assert_eq!(shown(tenant), [id(ADA), "nested".to_owned()]);
            assert_eq!(groups_of(tenant, ADA), 1);
            assert_eq!(tenant.teams_of(employee(ADA)).len(), 1);
        })
        .when(&members(CORE, "Core", vec![remove(&[&id(ADA)])]))
        .then([EventKind::GroupMembersRemoved])
        .so(|tenant| assert_eq!(shown(tenant), ["nested"]));
}

#[test]
fn an_id_in_capitals_is_another_id() {
    core_with(&[&id(ADA).to_uppercase()]).when(&members(CORE, "Core", vec![])).so(|tenant| {
        assert_eq!(shown(tenant), [id(ADA).to_uppercase()]);
        assert!(tenant.teams_of(employee(ADA)).is_empty());
    });
}

#[test]
fn whoever_is_deleted_is_not_shown_and_whoever_is_back_is_shown_anew() {
    core_with(&[&id(ADA), &id(BOB)])
        .when(&gone(ADA))
        .so(|tenant| {
            assert_eq!(shown(tenant), [id(BOB)]);
            assert!(!tenant.has_member(CORE, &id(ADA)));
        })
        .when(&joins(ADA_2, "ada@x"))
        .so(|tenant| {
            assert_eq!(shown(tenant), [id(ADA_2), id(BOB)]);
            assert!(!tenant.has_member(CORE, &id(ADA)));
            assert_eq!(groups_of(tenant, ADA), 1);
        });
}

#[test]
fn to_replace_all_members_ends_what_cannot_be_seen_too() {
    for (members_left, seen) in [(vec![], vec![]), (vec![id(BOB)], vec![id(BOB)])] {
        let mut history = core_with(&[&id(ADA), &id(BOB)]);
        history.tell(&gone(ADA)).unwrap();
        let left: Vec<&str> = members_left.iter().map(String::as_str).collect();
        let all = members(CORE, "Core", vec![exactly(&left)]);
        let outcome = history.when(&all);
        let events = outcome.told.as_ref().unwrap().clone();
        let [Event::GroupMembersRemoved(removed)] = events.as_slice() else { panic!("{events:?}") };
        let ada = removed.members.iter().find(|member| member.value == id(ADA));
        assert_eq!(ada.and_then(|ada| ada.employee_id), Some(employee(ADA)));
        outcome
            .so(|tenant| assert!(tenant.teams_of(employee(ADA)).is_empty()))
            .when(&all)
            .then_nothing()
            .so(|_| ())
            .when(&joins(ADA_2, "ada@x"))
            .so(|tenant| assert_eq!(shown(tenant), seen));
    }
}

#[test]
fn who_cannot_be_seen_stays_a_member_if_all_are_replaced_by_them() {
    let mut history = core_with(&[&id(ADA), &id(BOB)]);
    history.tell(&gone(ADA)).unwrap();
    history
        .when(&members(CORE, "Core", vec![exactly(&[&id(ADA)])]))
        .so(|tenant| assert!(shown(tenant).is_empty()))
        .when(&joins(ADA_2, "ada@x"))
        .so(|tenant| assert_eq!(shown(tenant), [id(ADA_2)]));
}

#[test]
fn that_somebody_goes_who_cannot_be_seen_is_no_new_version_and_nothing_for_the_guard() {
    let mut history = core_with(&[&id(ADA), &id(BOB)]);
    history.tell(&gone(ADA)).unwrap();
    let version = history.tenant().groups().get(CORE).unwrap().version;
    history
        .when(&members(CORE, "Core", vec![exactly(&[&id(BOB)])]))
        .then([EventKind::GroupMembersRemoved])
        .so(|tenant| {
            assert_eq!(tenant.groups().get(CORE).unwrap().version, version);
            assert!(tenant.guard().shrinking.is_empty());
        });
}

#[test]
fn what_administrators_edited_outlasts_the_end_of_a_membership_that_cannot_be_seen() {
    let mut history = core_with(&[&id(ADA)]);
    history.tell(&Intent::UnassignTeam { employee: employee(ADA), team: CORE }).unwrap();
    history.tell(&Intent::AssignTeam { employee: employee(ADA), team: CORE }).unwrap();
    history.tell(&gone(ADA)).unwrap();
    history.tell(&members(CORE, "Core", vec![exactly(&[])])).unwrap();
    history.when(&joins(ADA_2, "ada@x")).so(|tenant| {
        assert!(shown(tenant).is_empty());
        assert_eq!(tenant.teams_of(employee(ADA)).len(), 1, "an administrator has put her there");
    });
}

#[test]
fn a_line_of_changes_is_heard_to_its_end_about_those_who_cannot_be_seen_too() {
    let comes_back = |line| {
        let mut history = core_with(&[&id(BOB)]);
        history.tell(&members(CORE, "Core", vec![add(&[&id(ADA)])])).unwrap();
        history.tell(&gone(ADA)).unwrap();
        history.tell(&members(CORE, "Core", line)).unwrap();
        history.tell(&joins(ADA_2, "ada@x")).unwrap();
        shown(history.tenant())
    };
    let nobody: [&str; 0] = [];
    assert_eq!(comes_back(vec![remove(&[&id(ADA)]), exactly(&[])]), nobody);
    assert_eq!(comes_back(vec![remove(&[&id(ADA)]), add(&[&id(ADA)]), exactly(&[])]), nobody);
    let back = [id(BOB), id(ADA_2)];
    assert_eq!(comes_back(vec![remove(&[&id(ADA)]), add(&[&id(ADA)])]), back);
    let anew = vec![exactly(&[]), add(&[&id(BOB), &id(ADA)])];
    assert_eq!(comes_back(anew), back);
}

#[test]
fn an_old_id_and_the_present_one_name_one_member() {
    let mut history = core_with(&[&id(ADA)]);
    history.tell(&gone(ADA)).unwrap();
    history.tell(&joins(ADA_2, "ada@x")).unwrap();
    let both = history.clone().when(&members(CORE, "Core", vec![add(&[&id(ADA_2), &id(ADA)])]));
    both.then([EventKind::GroupMemberResourcesChanged]).so(|tenant| {
        assert_eq!((shown(tenant), groups_of(tenant, ADA)), (vec![id(ADA_2)], 1));
    });
    let outcome = history.when(&members(CORE, "Core", vec![remove(&[&id(ADA)])]));
    let events = outcome.told.as_ref().unwrap().clone();
    let [Event::GroupMembersRemoved(removed)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(removed.members[0].employee_id, Some(employee(ADA)));
    outcome.so(|tenant| assert!(shown(tenant).is_empty()));
}

#[test]
fn a_value_that_waited_for_the_second_id_of_a_member_makes_no_second_member() {
    for (first, last) in [(ADA_2, ADA), (ADA, ADA_2)] {
        let mut history = core_with(&[&id(first), &id(BOB), &id(last)]);
        history.tell(&gone(ADA)).unwrap();
        history.when(&joins(ADA_2, "ada@x")).so(|tenant| {
            assert_eq!(shown(tenant), [id(ADA_2), id(BOB)], "a member since the first of the two");
            assert_eq!(groups_of(tenant, ADA), 1);
        });
    }
}
