//! What the members of a group are called: as the client said it, or not at all.

use super::words::*;
use super::{History, given};
use crate::{Intent, MemberChange, NewMember, TenantRoster};

/// Ada and Bob work here, and there is a group to which these members were added.
#[track_caller]
fn core_with(members: Vec<NewMember>) -> History {
    let profile = group_profile("Core");
    let core = Intent::NewGroup { team: CORE, profile, members };
    given([joins(ADA, "ada@x"), joins(BOB, "bob@x"), core])
}

fn core_is_told(change: MemberChange) -> Intent {
    members(CORE, "Core", vec![change])
}

/// What everybody whom the group shows is called.
fn names(tenant: &TenantRoster) -> Vec<Option<&str>> {
    let core = tenant.groups().get(CORE).expect("the group");
    tenant.members(core).map(|member| member.display()).collect()
}

#[test]
fn a_member_is_called_as_the_client_said() {
    let nested = called("nested", "Chess");
    core_with(vec![called(&id(ADA), "Countess"), id(BOB).into()])
        .when(&core_is_told(MemberChange::Add(vec![nested])))
        .so(|tenant| assert_eq!(names(tenant), [Some("Countess"), None, Some("Chess")]));
}

#[test]
fn whoever_replaces_the_others_is_called_as_the_client_said() {
    let bob = vec![called(&id(BOB), "Bob")];
    core_with(vec![called(&id(ADA), "Ada")])
        .when(&core_is_told(MemberChange::Exactly(bob)))
        .so(|tenant| assert_eq!(names(tenant), [Some("Bob")]));
}

#[test]
fn a_member_keeps_the_name_or_the_lack_of_one_that_they_joined_with() {
    let core = core_with(vec![called(&id(ADA), "Ada"), id(BOB).into()]);
    let otherwise = vec![called(&id(ADA), "Countess"), called(&id(BOB), "Bob")];
    let silently = vec![id(ADA).into(), id(BOB).into()];
    for members in [otherwise, silently] {
        for change in [MemberChange::Add(members.clone()), MemberChange::Exactly(members)] {
            core.clone()
                .when(&core_is_told(change))
                .then_nothing()
                .so(|tenant| assert_eq!(names(tenant), [Some("Ada"), None]));
        }
    }
}

#[test]
fn whoever_left_may_join_anew_by_another_name() {
    let mut history = core_with(vec![called(&id(ADA), "Ada")]);
    history.tell(&core_is_told(remove(&[&id(ADA)]))).unwrap();
    for (member, name) in [(id(ADA).into(), None), (called(&id(ADA), "Countess"), Some("Countess"))]
    {
        history
            .clone()
            .when(&core_is_told(MemberChange::Add(vec![member])))
            .so(|tenant| assert_eq!(names(tenant), [name]));
    }
}

#[test]
fn of_two_names_in_one_breath_the_first_counts_unless_taken_back() {
    let (first, last) = (vec![called(&id(ADA), "Ada")], vec![called(&id(ADA), "Countess")]);
    let (add, exactly) = (MemberChange::Add, MemberChange::Exactly);
    for (line, name) in [
        (vec![add(first.clone()), add(last.clone())], "Ada"),
        (vec![add(first.clone()), remove(&[&id(ADA)]), add(last.clone())], "Countess"),
        (vec![add(first), exactly(last)], "Countess"),
    ] {
        core_with(vec![])
            .when(&members(CORE, "Core", line))
            .so(|tenant| assert_eq!(names(tenant), [Some(name)]));
    }
}

#[test]
fn whoever_is_deleted_and_back_is_called_as_before() {
    let mut history = core_with(vec![called(&id(ADA), "Ada")]);
    history.tell(&gone(ADA)).unwrap();
    assert!(names(history.tenant()).is_empty());
    history.when(&joins(ADA_2, "ada@x")).so(|tenant| assert_eq!(names(tenant), [Some("Ada")]));
}

#[test]
fn a_member_whom_nobody_knew_keeps_the_name_once_known() {
    core_with(vec![called(&id(EVE), "Eve")])
        .when(&joins(EVE, "eve@x"))
        .so(|tenant| assert_eq!(names(tenant), [Some("Eve")]));
}

#[test]
fn two_members_who_turn_out_to_be_one_are_called_like_the_first() {
    for (first, last) in [(ADA, ADA_2), (ADA_2, ADA)] {
        let two = vec![called(&id(first), "Ada"), called(&id(last), "Countess")];
        let mut history = core_with(two);
        history.tell(&gone(ADA)).unwrap();
        history.when(&joins(ADA_2, "ada@x")).so(|tenant| assert_eq!(names(tenant), [Some("Ada")]));
    }
}

#[test]
fn nobody_is_called_by_name_in_the_event_of_their_leaving() {
    let outcome = core_with(vec![called(&id(ADA), "Ada")]).when(&core_is_told(remove(&[&id(ADA)])));
    let events = outcome.told.as_ref().unwrap();
    let [events::Event::GroupMembersRemoved(removed)] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(removed.members[0].display, None);
}
