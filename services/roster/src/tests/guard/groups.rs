//! Groups that lose all their members at once.

use super::*;

/// A team of five.
fn team() -> History {
    let five: Vec<String> = (0..5).map(|n| id(person(n))).collect();
    let five: Vec<&str> = five.iter().map(String::as_str).collect();
    company(true).and([new_group(CORE, "Core", &five)])
}

fn without(numbers: std::ops::Range<u128>) -> Intent {
    let values: Vec<String> = numbers.map(|n| id(person(n))).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    members(CORE, "Core", vec![remove(&values)])
}

#[test]
fn a_group_that_is_emptied_raises_an_alert_that_holds_nobody() {
    let at_once = team().when(&without(0..5));
    let at_once = at_once.then([EventKind::GroupMembersRemoved, EventKind::AlertRaised]);
    let Ok([_, Event::AlertRaised(raised)]) = at_once.told.as_deref() else { panic!() };
    let cause = AlertCause::GroupEmptied { team_id: CORE, deleted: false };
    assert_eq!((raised.cause, raised.held), (cause, false));
    let one_by_one = team().and((0..4).map(|n| without(n..n + 1)));
    assert_eq!(one_by_one.alerts(), []);
    one_by_one
        .clone()
        .when(&without(4..5))
        .then([EventKind::GroupMembersRemoved, EventKind::AlertRaised]);
    one_by_one.later(11).when(&without(4..5)).then([EventKind::GroupMembersRemoved]);
}

#[test]
fn a_group_that_is_deleted_with_its_members_raises_an_alert_by_that_event() {
    let deleted = Intent::NoGroup { team: CORE };
    let alert = |outcome: &Outcome| match outcome.told.as_deref() {
        Ok([Event::GroupDeleted(deleted)]) => deleted.raised(),
        other => panic!("{other:?}"),
    };
    let outcome = team().when(&deleted);
    let raised = alert(&outcome).expect("an alert");
    let cause = AlertCause::GroupEmptied { team_id: CORE, deleted: true };
    assert_eq!((raised.alert_id, raised.cause, raised.held), (FIRST, cause, false));
    assert_eq!(outcome.after.alerts(), [(FIRST, 0, None)]);
    let noted = outcome.after.tenant().guard().alert(FIRST).expect("the alert");
    assert_eq!(noted.group.as_deref(), Some("Core"), "nothing else knows what it was called");
    let shrunk = team().and([without(0..1)]);
    assert!(alert(&shrunk.clone().when(&deleted)).is_some());
    assert_eq!(alert(&shrunk.later(11).when(&deleted)), None);
    let empty = team().and([without(0..5)]).when(&deleted);
    assert_eq!(alert(&empty), None, "there was nobody left in it");
}

#[test]
fn a_group_whose_members_are_replaced_is_not_emptied() {
    let others = [id(person(7))];
    let exactly = exactly(&[&others[0]]);
    let replaced = team().when(&members(CORE, "Core", vec![exactly]));
    replaced.then([EventKind::GroupMembersReplaced]);
}
