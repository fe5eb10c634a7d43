//! By which of their ids a group shows people.

use super::*;

#[test]
fn a_group_shows_whoever_has_two_resources_by_the_ids_that_the_client_named() {
    let line = [
        new_user(ADA, "ada@x", Some("oid")),
        joins(BOB, "bob@x"),
        new_group(CORE, "Core", &[&id(ADA), &id(BOB)]),
        new_group(SALES, "Sales", &[]),
        user(ADA, "ada@x", false),
        new_user(ADA_2, "ada.king@x", Some("oid")),
    ];
    let mut history = given(line);
    assert_eq!(shown(history.tenant()), [id(ADA), id(BOB)]);
    let change = |line| members(CORE, "Core", line);
    history.clone().when(&change(vec![add(&[&id(ADA)])])).then_nothing();
    let both = history.clone().when(&change(vec![add(&[&id(ADA_2)])]));
    let both = both.then([EventKind::GroupMemberResourcesChanged]).so(|tenant| {
        assert_eq!(shown(tenant), [id(ADA), id(ADA_2), id(BOB)]);
        assert_eq!(tenant.teams_of(employee(ADA)).len(), 1, "one member");
    });
    let new = both.clone().when(&change(vec![remove(&[&id(ADA)])]));
    let new = new.then([EventKind::GroupMemberResourcesChanged]).so(|tenant| {
        assert_eq!(shown(tenant), [id(ADA_2), id(BOB)]);
        assert_eq!(tenant.teams_of(employee(ADA)).len(), 1);
    });
    let out = new.when(&change(vec![remove(&[&id(ADA_2)])]));
    let events = out.told.as_ref().unwrap().clone();
    let [Event::GroupMembersRemoved(removed)] = events.as_slice() else { panic!("{events:?}") };
    let ada = MemberRef { value: id(ADA_2), employee_id: Some(employee(ADA)) };
    assert_eq!(removed.members, [ada]);
    out.so(|tenant| assert!(tenant.teams_of(employee(ADA)).is_empty()));
    // All at once.
    both.clone().when(&change(vec![exactly(&[])])).then([EventKind::GroupMembersRemoved]).so(
        |tenant| {
            assert!(shown(tenant).is_empty());
            assert!(tenant.teams_of(employee(ADA)).is_empty());
        },
    );
    both.clone().when(&change(vec![exactly(&[&id(ADA_2), &id(ADA), &id(BOB)])])).then_nothing();
    // With the old resource, its name goes; a group that had no other shows the new one.
    for (mut history, expected) in
        [(both, vec![id(ADA_2), id(BOB)]), (history.clone(), vec![id(ADA_2), id(BOB)])]
    {
        history.tell(&gone(ADA)).unwrap();
        assert_eq!(shown(history.tenant()), expected);
        assert_eq!(history.tenant().teams_of(employee(ADA)).len(), 1);
    }
    history.tell(&members(SALES, "Sales", vec![add(&[&id(ADA_2)])])).unwrap();
    let tenant = history.tenant();
    let teams = |resource| {
        let person = tenant.people().by_resource(resource).unwrap();
        tenant.groups_of(person).map(|group| group.team).collect::<Vec<_>>()
    };
    assert_eq!((teams(ADA), teams(ADA_2)), (vec![CORE], vec![SALES]));
    assert_eq!(tenant.teams_of(employee(ADA)).len(), 2);
}

#[test]
fn a_group_that_waited_for_the_new_id_shows_it_beside_the_old_one() {
    let line = [
        new_user(ADA, "ada@x", Some("oid")),
        new_group(CORE, "Core", &[&id(ADA), &id(ADA_2)]),
        user(ADA, "ada@x", false),
    ];
    given(line).when(&new_user(ADA_2, "ada.king@x", Some("oid"))).so(|tenant| {
        assert_eq!(shown(tenant), [id(ADA), id(ADA_2)]);
        assert_eq!(tenant.teams_of(employee(ADA)).len(), 1);
    });
}

/// Ada was made anew and her old resource deleted, at once or while she had both.
fn ada_again() -> [History; 2] {
    let line = [
        new_user(ADA, "ada@x", Some("oid")),
        joins(BOB, "bob@x"),
        new_group(CORE, "Core", &[&id(ADA), &id(BOB)]),
        user(ADA, "ada@x", false),
    ];
    let anew = || new_user(ADA_2, "ada.king@x", Some("oid"));
    let (mut beside, mut after) = (given(line.clone()), given(line));
    for intent in [anew(), gone(ADA)] {
        beside.tell(&intent).unwrap();
    }
    for intent in [gone(ADA), anew()] {
        after.tell(&intent).unwrap();
    }
    [beside, after]
}

#[test]
fn a_deleted_id_removes_nobody_whom_the_group_shows_by_an_id_that_the_client_named_since() {
    let change = |line| members(CORE, "Core", line);
    let old_goes = || change(vec![remove(&[&id(ADA)])]);
    for history in ada_again() {
        assert_eq!(shown(history.tenant()), [id(ADA_2), id(BOB)]);
        // Until then it means the membership that was by it.
        history.clone().when(&old_goes()).then([EventKind::GroupMembersRemoved]).so(|tenant| {
            assert_eq!(shown(tenant), [id(BOB)]);
        });
        let named = history.clone().when(&change(vec![add(&[&id(ADA_2)])]));
        let named = named.then([EventKind::GroupMemberResourcesChanged]).so(|tenant| {
            assert_eq!(shown(tenant), [id(ADA_2), id(BOB)]);
        });
        named.clone().when(&change(vec![add(&[&id(ADA_2)])])).then_nothing();
        named.clone().when(&old_goes()).then_nothing();
        named.when(&change(vec![remove(&[&id(ADA_2)])])).then([EventKind::GroupMembersRemoved]);
        // In one request, and in whichever order.
        for line in [
            vec![add(&[&id(ADA_2)]), remove(&[&id(ADA)])],
            vec![remove(&[&id(ADA)]), add(&[&id(ADA_2)])],
        ] {
            let both = history.clone().when(&change(line));
            both.so(|tenant| assert_eq!(shown(tenant), [id(ADA_2), id(BOB)]))
                .when(&old_goes())
                .then_nothing();
        }
    }
    // A group that named but the new one, or both while both were there.
    for ids in [vec![id(ADA_2)], vec![id(ADA), id(ADA_2)]] {
        let mut history = ada_twice();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        history.tell(&new_group(CORE, "Core", &ids)).unwrap();
        history.tell(&gone(ADA)).unwrap();
        history.when(&old_goes()).then_nothing().so(|tenant| {
            assert_eq!(shown(tenant), [id(ADA_2)]);
            assert_eq!(tenant.teams_of(employee(ADA)).len(), 1);
        });
    }
}

#[test]
fn who_is_added_by_a_deleted_id_is_removed_by_it() {
    let change = |line| members(SALES, "Sales", line);
    for mut history in ada_again() {
        history.tell(&new_group(SALES, "Sales", &[])).unwrap();
        history.tell(&change(vec![add(&[&id(ADA)])])).unwrap();
        let is_in = |tenant: &TenantRoster| tenant.has_member(SALES, &id(ADA_2));
        assert!(is_in(history.tenant()));
        let out = history.when(&change(vec![remove(&[&id(ADA)])]));
        out.then([EventKind::GroupMembersRemoved]).so(|tenant| assert!(!is_in(tenant)));
    }
}
