//! Who counts as having left, and who as having been active before.

use super::*;

/// Of an alert that three people set off, by itself: how many had left, and of how many.
#[track_caller]
fn counted(history: &History, alert: AlertId) -> (u32, u32) {
    match history.tenant().guard().alert(alert).map(|alert| alert.cause) {
        Some(AlertCause::Deactivations { deactivations, active_before }) => {
            (deactivations, active_before)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn whose_departure_was_reversed_counts_among_those_who_were_active_before() {
    let few = Guard { hold: true, deactivations: 3, percent: 15, ..Guard::default() };
    let history = company(true).and((0..3).map(leaves)).and([reverse(FIRST)]);
    let three_more = history.clone().and((3..6).map(leaves));
    assert_eq!(counted(&three_more, SECOND), (3, 20));
    let history = history.and([Intent::SetGuard { guard: few }]).and((3..6).map(leaves));
    assert_eq!(history.alerts().len(), 1, "three of twenty are no more than 15 %");
    let history = history.and([leaves(6)]);
    assert_eq!(counted(&history, SECOND), (4, 20));
}

#[test]
fn a_reversed_person_who_is_deleted_was_active_before_once() {
    let history = company(true).and((0..3).map(leaves)).and([reverse(FIRST)]);
    let history = history.and([gone(person(0)), leaves(3), leaves(4)]);
    assert_eq!(counted(&history, SECOND), (3, 20));
}

#[test]
fn who_is_held_since_before_the_window_was_active_before_too() {
    let history = company(true).and((0..3).map(leaves)).later(11).and((3..6).map(leaves));
    assert_eq!(counted(&history, FIRST), (3, 20));
    assert_eq!(counted(&history, SECOND), (3, 20));
}

#[test]
fn who_left_came_back_and_left_again_within_the_window_counts_once() {
    let again = [leaves(0), is_back(0), leaves(0), gone(person(0)), joins(ADA_2, "0@x")];
    let history = company(false).and(again).and([gone(ADA_2), leaves(1)]);
    assert_eq!(history.alerts(), [], "two have left");
    assert_eq!(counted(&history.and([leaves(2)]), FIRST), (3, 20));
}

#[test]
fn who_was_released_was_not_active_before() {
    let history = company(true).and((0..3).map(leaves)).and([release(FIRST)]);
    assert_eq!(counted(&history.and((3..6).map(leaves)), SECOND), (3, 17));
}

#[test]
fn who_is_kept_by_an_alert_does_not_count_for_the_next() {
    let history = company(true).and((0..3).map(leaves)).and([guard(false), leaves(3), leaves(4)]);
    assert_eq!(history.alerts(), [(FIRST, 3, None)], "two have left besides those who are held");
    let history = history.and([leaves(5)]);
    assert_eq!(history.alerts(), [(FIRST, 3, None), (SECOND, 3, None)]);
    assert_eq!(counted(&history, SECOND), (3, 20));
}

#[test]
fn a_changed_guard_judges_anew() {
    let history = company(false).and((0..3).map(leaves)).and([guard(true), leaves(3)]);
    assert_eq!(history.alerts(), [(FIRST, 3, None), (SECOND, 4, None)]);
    assert_eq!(history.standing(0), Standing::Active, "who is held now left within the window");
}
