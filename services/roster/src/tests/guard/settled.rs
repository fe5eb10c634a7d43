//! A departure that was decided about, or whose window has passed, is held no more, whatever is set since.

use super::*;

fn setting(change: impl FnOnce(&mut Guard)) -> Intent {
    let mut guard = Guard { hold: true, deactivations: 3, percent: 10, ..Guard::default() };
    change(&mut guard);
    Intent::SetGuard { guard }
}

fn mass(numbers: std::ops::Range<u128>) -> impl Iterator<Item = Intent> {
    numbers.map(leaves)
}

#[track_caller]
fn assert_settled(history: &History, numbers: std::ops::Range<u128>) {
    for number in numbers {
        assert_eq!(
            (history.standing_override(number), history.standing(number)),
            (None, Standing::Former),
            "{number} has left, which was decided before"
        );
    }
}

#[test]
fn who_was_released_is_not_held_by_the_next_alert_when_hold_was_chosen_in_between() {
    let released = company(false).and(mass(0..3)).and([guard(true), release(FIRST)]);
    let history = released.and(mass(3..6));
    assert_settled(&history, 0..3);
    assert_eq!(history.alerts(), [(FIRST, 3, Some(AlertOutcome::Released)), (SECOND, 3, None)]);
    assert_eq!(history.standing_override(3), Some(StandingOverride::Held(SECOND)));
}

#[test]
fn who_was_released_is_not_held_again_whatever_setting_changed_before_the_release() {
    let settings: [fn(&mut Guard); 4] = [
        |guard| guard.deactivations = 2,
        |guard| guard.percent = 0,
        |guard| guard.window_minutes = 1440,
        |guard| guard.on = false,
    ];
    for change in settings {
        let released = company(false).and(mass(0..3)).and([setting(change), release(FIRST)]);
        let on = Intent::SetGuard { guard: Guard { percent: 11, ..strict() } };
        let history = released.and([on]).and(mass(3..6));
        assert_settled(&history, 0..3);
        assert_eq!(history.standing_override(3), Some(StandingOverride::Held(SECOND)));
    }
}

fn strict() -> Guard {
    Guard { hold: true, deactivations: 3, percent: 10, ..Guard::default() }
}

/// Both alerts are about the same departures; the release of either settles them.
#[test]
fn who_was_told_in_two_alerts_is_settled_when_either_is_released() {
    let fewer = Intent::SetGuard { guard: Guard { hold: false, deactivations: 2, ..strict() } };
    let told_twice = company(false).and(mass(0..3)).and([fewer, leaves(3)]);
    assert_eq!(told_twice.alerts(), [(FIRST, 3, None), (SECOND, 4, None)]);
    for (alert, settled) in [(FIRST, 0..3), (SECOND, 0..4)] {
        let history = told_twice.clone().and([release(alert), guard(true)]).and(mass(4..8));
        assert_settled(&history, settled);
    }
}

#[test]
fn who_is_held_stays_so_when_another_alert_about_the_same_departure_is_released() {
    let history = company(false).and(mass(0..3)).and([guard(true), leaves(3), release(FIRST)]);
    assert_eq!(history.standing_override(0), Some(StandingOverride::Held(SECOND)));
    let joined = history.and([leaves(4)]);
    assert_eq!(joined.standing_override(4), Some(StandingOverride::Held(SECOND)));
    assert_settled(&joined.and([release(SECOND)]).and(mass(5..8)), 0..5);
}

#[test]
fn who_comes_back_and_leaves_again_may_be_held_for_the_second_departure() {
    let history = company(false).and(mass(0..3)).and([guard(true), release(FIRST)]);
    let history = history.and([is_back(0)]).and([leaves(0), leaves(3), leaves(4)]);
    assert_eq!(history.standing_override(0), Some(StandingOverride::Held(SECOND)));
    assert_settled(&history, 1..3);
}

#[test]
fn who_left_after_it_was_no_mass_any_more_counts_still_when_the_alert_is_released() {
    let history = company(true).and(mass(0..3)).later(8).and([leaves(3)]).later(4);
    let history = history.and([leaves(4), release(FIRST), leaves(5)]);
    assert_settled(&history, 0..6);
    let history = history.and([leaves(6)]);
    assert_eq!(history.alerts().len(), 2, "three have left of whom nobody was told in an alert");
    assert_eq!(history.standing_override(4), Some(StandingOverride::Held(SECOND)));
}

#[test]
fn a_longer_window_does_not_bring_back_who_left_before_the_one_of_then() {
    let history = company(false).and(mass(0..3)).later(11);
    let history = history.and([setting(|guard| guard.window_minutes = 1440), leaves(3)]);
    assert_settled(&history, 0..4);
    assert_eq!(history.alerts(), [(FIRST, 3, None)]);
    assert_settled(&history.and(mass(4..6)), 0..3);
}

#[test]
fn who_left_while_the_guard_was_off_is_not_held_once_it_is_on() {
    let history = company(true).and([setting(|guard| guard.on = false)]).and(mass(0..5));
    let history = history.and([guard(true)]).and(mass(5..7));
    assert_eq!(history.alerts(), []);
    let history = history.and([leaves(7)]);
    assert_settled(&history, 0..5);
    assert_eq!(history.standing_override(5), Some(StandingOverride::Held(FIRST)));
}
