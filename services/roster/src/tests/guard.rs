//! The mass-change guard: too many leavers, emptied groups, and what administrators make of it.

use std::collections::BTreeSet;

use events::{AlertCause, AlertId, DepartureAlert, Event, EventKind, Guard, ResourceId, Standing};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use super::words::*;
use super::{History, Outcome, given};
use crate::{
    AlertOutcome, BookingWish, HeldPeople, Intent, LeaversIntent, PersonRef, Refusal,
    StandingOverride,
};

mod counting;
mod groups;
mod settled;

const FIRST: AlertId = super::alert_id(1);
const SECOND: AlertId = super::alert_id(2);

fn person(number: u128) -> ResourceId {
    ResourceId(Uuid::from_u128(1000 + number))
}

fn guard(hold: bool) -> Intent {
    let guard = Guard { hold, deactivations: 3, percent: 10, ..Guard::default() };
    Intent::SetGuard { guard }
}

/// A company of twenty whose guard wants three leavers and more than a tenth.
fn company(hold: bool) -> History {
    given([guard(hold)].into_iter().chain((0..20).map(|n| joins(person(n), &format!("{n}@x")))))
}

fn leaves(number: u128) -> Intent {
    looks(person(number), &format!("{number}@x"), false)
}

fn is_back(number: u128) -> Intent {
    looks(person(number), &format!("{number}@x"), true)
}

fn release(alert: AlertId) -> Intent {
    Intent::ReleaseAlert { alert, people: None, reason: None }
}

fn reverse(alert: AlertId) -> Intent {
    Intent::ReverseAlert { alert, people: None, reason: Some("a slip".to_owned()) }
}

impl History {
    #[track_caller]
    pub(super) fn and(mut self, intents: impl IntoIterator<Item = Intent>) -> Self {
        for intent in intents {
            let told = self.tell(&intent);
            assert!(told.is_ok(), "{intent:?} was refused: {told:?}");
        }
        self
    }

    fn later(self, minutes: i64) -> Self {
        Self { late: self.late + SignedDuration::from_mins(minutes), ..self }
    }

    fn standing_override(&self, number: u128) -> Option<StandingOverride> {
        self.tenant().guard().standing_override(employee(person(number)))
    }

    fn standing(&self, number: u128) -> Standing {
        let person = self.tenant().people().by_employee(employee(person(number)));
        self.tenant().standing(person.expect("somebody"))
    }

    fn alerts(&self) -> Vec<(AlertId, usize, Option<AlertOutcome>)> {
        let alerts = self.tenant().guard().alerts();
        alerts.map(|alert| (alert.id, alert.departures, alert.decision)).collect()
    }
}

#[test]
fn who_is_held_is_erased_only_where_that_is_said_and_the_others_stay_held() {
    let history = company(true).and([leaves(0), leaves(1), leaves(2)]);
    let held = employee(person(0));
    let erase = |even_if_held| Intent::EraseUser {
        employee: held,
        bookings: vec![],
        events: vec![],
        even_if_held,
    };
    history.clone().when(&erase(false)).refused(&Refusal::NotFormer(held));
    let works = Intent::EraseUser {
        employee: employee(person(3)),
        bookings: vec![],
        events: vec![],
        even_if_held: true,
    };
    history.clone().when(&works).refused(&Refusal::NotFormer(employee(person(3))));
    let after = history.and([erase(true)]);
    assert_eq!(after.standing_override(0), None);
    assert!(after.tenant().people().by_employee(held).is_none());
    assert_eq!((after.standing(1), after.standing(2)), (Standing::Active, Standing::Active));
}

#[test]
fn whose_departure_was_reversed_is_erased_only_where_that_is_said_also_when_the_resource_is_gone() {
    let history = company(true).and([leaves(0), gone(person(1)), leaves(2), reverse(FIRST)]);
    for number in [0, 1] {
        let reversed = employee(person(number));
        assert_eq!(history.standing_override(number), Some(StandingOverride::Reversed));
        let erase = |even_if_held| Intent::EraseUser {
            employee: reversed,
            bookings: vec![],
            events: vec![],
            even_if_held,
        };
        history.clone().when(&erase(false)).refused(&Refusal::NotFormer(reversed));
        let after = history.clone().and([erase(true)]);
        assert!(after.tenant().people().by_employee(reversed).is_none());
        assert_eq!(after.standing(2), Standing::Active);
    }
}

#[test]
fn whose_departure_was_reversed_has_left_once_the_directory_makes_and_deletes_them_anew() {
    let history = company(true).and((0..3).map(|n| gone(person(n)))).and([reverse(FIRST)]);
    assert_eq!(history.standing(0), Standing::Active);
    let history = history.and([joins(ADA_2, "0@x"), gone(ADA_2)]);
    assert_eq!((history.standing_override(0), history.standing(0)), (None, Standing::Former));
}

#[test]
fn one_alert_is_raised_when_too_many_have_left_and_the_next_join_it() {
    let history = company(false).and([leaves(0), leaves(1)]);
    assert_eq!(history.alerts(), []);
    let outcome = history.when(&leaves(2));
    let outcome = outcome.then([
        EventKind::UserDeactivated,
        EventKind::AlertRaised,
        EventKind::AlertPeopleAdded,
    ]);
    let Ok([_, Event::AlertRaised(raised), Event::AlertPeopleAdded(added)]) =
        outcome.told.as_deref()
    else {
        panic!("{:?}", outcome.told)
    };
    let cause = AlertCause::Deactivations { deactivations: 3, active_before: 20 };
    assert_eq!((raised.alert_id, raised.cause, raised.held), (FIRST, cause, false));
    assert_eq!(added.people, [0, 1, 2].map(|n| employee(person(n))));
    let outcome = outcome.after.when(&leaves(3));
    let Ok([Event::UserDeactivated(fourth)]) = outcome.told.as_deref() else {
        panic!("{outcome:?}")
    };
    assert_eq!(fourth.alert, Some(DepartureAlert { alert_id: FIRST, held: false }));
    let history = outcome.after;
    assert_eq!(history.alerts(), [(FIRST, 4, None)]);
    assert_eq!(history.standing(0), Standing::Former, "nobody chose to hold");
}

#[test]
fn both_the_number_and_the_part_must_be_passed() {
    let few = Guard { deactivations: 3, percent: 15, ..Guard::default() };
    let history = company(false).and([Intent::SetGuard { guard: few }]);
    let history = history.and([leaves(0), leaves(1), leaves(2)]);
    assert_eq!(history.alerts(), [], "three of twenty are no more than 15 %");
    assert_eq!(history.and([leaves(3)]).alerts(), [(FIRST, 4, None)]);
}

#[test]
fn the_default_is_twenty_and_more_than_a_tenth_within_ten_minutes_and_nobody_held() {
    let people = |count: u128| (0..count).map(|n| joins(person(n), &format!("{n}@x")));
    let large = given(people(200)).and((0..20).map(leaves));
    assert_eq!(large.alerts(), [], "a tenth is not more than a tenth");
    assert_eq!(large.and([leaves(20)]).alerts(), [(FIRST, 21, None)]);
    let small = given(people(30)).and((0..19).map(leaves));
    assert_eq!(small.alerts(), []);
    let small = small.and([leaves(19)]);
    assert_eq!(small.alerts(), [(FIRST, 20, None)]);
    assert_eq!(small.standing(19), Standing::Former);
}

#[test]
fn whoever_left_before_a_clock_was_set_back_counts_no_longer_than_the_window() {
    let back = company(true).and([leaves(0)]).later(-60).and([leaves(1)]);
    assert_eq!(back.clone().and([leaves(2)]).alerts(), [(FIRST, 3, None)], "one after the other");
    let later = back.later(11).and([leaves(2), leaves(3)]);
    assert_eq!(later.alerts(), [], "the first two left more than ten minutes ago");
}

#[test]
fn with_hold_all_who_left_within_the_window_stay_active_while_scim_says_otherwise() {
    let history = company(true).and((0..4).map(leaves));
    for number in 0..4 {
        assert_eq!(
            history.standing_override(number),
            Some(StandingOverride::Held(FIRST)),
            "{number}"
        );
        assert_eq!(history.standing(number), Standing::Active, "{number}");
        let person = history.tenant().people().by_resource(person(number)).expect("somebody");
        assert!(!person.active(), "SCIM shows what the directory said");
    }
}

#[test]
fn who_is_deleted_leaves_too_and_counts_once() {
    let history = company(true).and([leaves(0), gone(person(0)), gone(person(1))]);
    assert_eq!(history.alerts(), []);
    let history = history.and([gone(person(2))]);
    assert_eq!(history.alerts(), [(FIRST, 3, None)]);
    assert_eq!(history.standing(0), Standing::Active, "a hold outlasts the resource");
}

#[test]
fn who_left_before_the_window_is_not_counted() {
    let history = company(true).and([leaves(0), leaves(1)]).later(11).and([leaves(2)]);
    assert_eq!(history.alerts(), []);
    assert_eq!(history.standing(0), Standing::Former);
}

#[test]
fn a_single_leaver_is_never_held() {
    let strict = Guard { hold: true, deactivations: 2, percent: 0, ..Guard::default() };
    let history = company(true).and([Intent::SetGuard { guard: strict }, leaves(0)]);
    assert_eq!((history.standing_override(0), history.alerts().len()), (None, 0));
    let alone = company(true).and((0..5).map(leaves)).later(11).and([leaves(5)]);
    assert_eq!(alone.standing(4), Standing::Active, "the hold is still open");
    assert_eq!(alone.standing(5), Standing::Former);
    assert_eq!(alone.alerts(), [(FIRST, 5, None)]);
    let guard = Guard { deactivations: 1, ..Guard::default() };
    let bad = Refusal::BadGuard { what: "deactivations", given: 1, least: 2, most: 1_000_000 };
    company(true).when(&Intent::SetGuard { guard }).refused(&bad);
}

#[test]
fn another_mass_is_another_alert() {
    let history = company(true).and((0..3).map(leaves)).later(11).and((3..6).map(leaves));
    assert_eq!(history.alerts(), [(FIRST, 3, None), (SECOND, 3, None)]);
    assert_eq!(history.standing_override(5), Some(StandingOverride::Held(SECOND)));
}

#[test]
fn released_people_are_former_and_count_no_more() {
    let history = company(true).and((0..4).map(leaves)).and([release(FIRST)]);
    assert_eq!(history.standing(0), Standing::Former);
    assert_eq!(history.alerts(), [(FIRST, 4, Some(AlertOutcome::Released))]);
    let history = history.and([leaves(4)]);
    assert_eq!(history.standing(4), Standing::Former);
    assert_eq!(history.alerts().len(), 1);
}

#[test]
fn reversed_people_stay_active_when_the_next_cycle_says_the_same() {
    let history = company(true).and((0..3).map(leaves)).and([reverse(FIRST)]);
    let history = history.later(40).when(&leaves(0)).then_nothing().after;
    assert_eq!(history.standing_override(0), Some(StandingOverride::Reversed));
    let renamed =
        Intent::User { resource: person(1), profile: profile("new@x", None), active: false };
    let history = history.when(&renamed).then([EventKind::UserChanged]).after;
    assert_eq!(history.standing(1), Standing::Active);
}

#[test]
fn a_reversal_ends_when_the_directory_says_active_and_a_later_leaver_counts_anew() {
    let history = company(true).and((0..3).map(leaves)).and([reverse(FIRST), is_back(0)]);
    assert_eq!(history.standing_override(0), None);
    let history = history.and([leaves(0)]);
    assert_eq!(history.standing(0), Standing::Former);
}

#[test]
fn a_reversed_person_who_is_deleted_has_left_anew() {
    let history = company(true).and((0..3).map(leaves)).and([reverse(FIRST), gone(person(0))]);
    assert_eq!(history.standing(0), Standing::Former);
    let history = history.and([gone(person(1)), leaves(3)]);
    assert_eq!(history.alerts()[1..], [(SECOND, 3, None)], "and counts in the guard");
    assert_eq!(history.standing(0), Standing::Active, "and is held with the others");
}

#[test]
fn who_comes_back_leaves_the_hold_alone() {
    let history = company(true).and((0..3).map(leaves)).and([is_back(0)]);
    assert_eq!((history.standing_override(0), history.standing(0)), (None, Standing::Active));
    let history = history.and([release(FIRST)]);
    assert_eq!(history.standing(0), Standing::Active);
    assert_eq!(history.standing(1), Standing::Former);
}

#[test]
fn who_is_created_again_leaves_the_hold_too() {
    let history = company(true).and((0..3).map(|n| gone(person(n)))).and([joins(ADA_2, "0@x")]);
    assert_eq!((history.standing_override(0), history.standing(0)), (None, Standing::Active));
    assert_eq!(history.standing_override(1), Some(StandingOverride::Held(FIRST)));
}

#[test]
fn a_held_persons_bookings_are_not_cancelled() {
    let booking = books(1, "b", PersonRef::Employee(employee(person(0))), desk(9000));
    let cancel = Intent::Leavers(LeaversIntent::Decide {
        employee: employee(person(0)),
        booking: events::BookingId(Uuid::from_u128(1)),
        wish: BookingWish::Cancel { reason: "left".to_owned() },
        seen: None,
        now: Timestamp::UNIX_EPOCH,
    });
    let history = company(true).and([booking]).and((0..3).map(leaves));
    let active = Refusal::NotALeaver(employee(person(0)));
    history.clone().when(&cancel).refused(&active);
    history.and([release(FIRST)]).when(&cancel).then([EventKind::BookingCancelled]);
}

#[test]
fn an_alert_is_decided_once() {
    let history = company(true).and((0..3).map(leaves));
    history.clone().when(&release(SECOND)).refused(&Refusal::NoSuchAlert(SECOND));
    let history = history.and([release(FIRST)]);
    history.clone().when(&release(FIRST)).then_nothing();
    history.when(&reverse(FIRST)).refused(&Refusal::AlertDecided(FIRST));
    let unheld = company(false).and((0..3).map(leaves));
    unheld.clone().when(&reverse(FIRST)).refused(&Refusal::NothingHeld(FIRST));
    unheld.when(&release(FIRST)).then([EventKind::AlertReleased]);
}

#[test]
fn a_guard_that_is_off_sees_nothing() {
    let off = Intent::SetGuard { guard: Guard { on: false, ..Guard::default() } };
    let history = company(true).and([off.clone()]).and((0..10).map(leaves));
    assert_eq!(history.alerts(), []);
    history.when(&off).then_nothing();
}

#[test]
fn a_held_leaver_who_is_deleted_or_disabled_again_is_in_the_alert_once() {
    let history = company(true).and((0..4).map(leaves)).and([gone(person(3))]);
    assert_eq!(history.alerts(), [(FIRST, 4, None)]);
    assert_eq!(history.standing_override(3), Some(StandingOverride::Held(FIRST)));
}

#[test]
fn a_change_that_disables_and_renames_belongs_to_the_alert_like_any_departure() {
    let mangled = Intent::User {
        resource: person(3),
        profile: profile("0123456789abcdef0123456789abcdef3@x", Some("oid-3@x")),
        active: false,
    };
    let outcome = company(true).and((0..3).map(leaves)).when(&mangled);
    let Ok([Event::UserDeactivated(left)]) = outcome.told.as_deref() else { panic!("{outcome:?}") };
    assert_eq!(left.alert, Some(DepartureAlert { alert_id: FIRST, held: true }));
    assert_eq!(left.state.changed, ["userName", "active"]);
    assert_eq!(outcome.after.standing(3), Standing::Active);
}

/// As many people, whoever they are.
fn number(people: usize) -> HeldPeople {
    HeldPeople { number: Some(people), digest: None }
}

/// A decision about these people.
fn about(decide: fn(AlertId) -> Intent, held: HeldPeople) -> Intent {
    match decide(FIRST) {
        Intent::ReleaseAlert { alert, reason, .. } => {
            Intent::ReleaseAlert { alert, people: Some(held), reason }
        }
        Intent::ReverseAlert { alert, reason, .. } => {
            Intent::ReverseAlert { alert, people: Some(held), reason }
        }
        other => other,
    }
}

#[test]
fn a_decision_is_refused_once_the_alert_holds_another_person_in_place_of_one_who_was_shown() {
    let history = company(true).and((0..3).map(leaves));
    let shown = history.tenant().guard().held_people(FIRST);
    let other = history.clone().and([is_back(0), leaves(3)]);
    let held = other.tenant().guard().held_people(FIRST);
    assert_eq!((held.number, shown.number), (Some(3), Some(3)), "as many as before");
    for decide in [release, reverse] {
        let refused = Refusal::OtherPeopleHeld { alert: FIRST, held: 3 };
        other.clone().when(&about(decide, shown)).refused(&refused);
        let nameless = HeldPeople { number: None, ..shown };
        other.clone().when(&about(decide, nameless)).refused(&refused);
        let decided = other.clone().and([about(decide, held)]);
        assert_eq!(decided.tenant().guard().held(), 0, "it was about those whom it holds");
        let as_before = other.clone().and([is_back(3), leaves(0)]);
        as_before.and([about(decide, shown)]);
    }
}

proptest! {
    /// Whoever leaves or is back in between: what was shown decides about exactly those.
    #[test]
    fn a_decision_counts_if_and_only_if_the_alert_holds_whom_whoever_decides_was_shown(
        before in prop::collection::btree_set(0..6_u128, 3..=6),
        changes in prop::collection::vec((0..6_u128, any::<bool>()), 0..6),
    ) {
        let history = company(true).and(before.into_iter().map(leaves));
        let whom = |history: &History| -> BTreeSet<_> {
            history.tenant().guard().held_by(FIRST).collect()
        };
        let (first, shown) = (whom(&history), history.tenant().guard().held_people(FIRST));
        let change = |(who, gone): (u128, bool)| if gone { leaves(who) } else { is_back(who) };
        let mut history = history.and(changes.into_iter().map(change));
        let same = whom(&history) == first;
        let decided = history.tell(&about(release, shown));
        prop_assert_eq!(decided.is_ok(), same, "{:?}", decided);
    }
}

#[test]
fn a_decision_about_another_number_of_people_than_the_alert_holds_is_refused_and_changes_nothing() {
    let decide = [release, reverse].map(|decide| {
        move |expected| match decide(FIRST) {
            Intent::ReleaseAlert { alert, reason, .. } => {
                Intent::ReleaseAlert { alert, people: Some(number(expected)), reason }
            }
            Intent::ReverseAlert { alert, reason, .. } => {
                Intent::ReverseAlert { alert, people: Some(number(expected)), reason }
            }
            other => other,
        }
    });
    let history = company(true).and((0..3).map(leaves));
    let one_more = history.clone().and([leaves(3)]);
    let one_is_back = history.clone().and([is_back(0)]);
    for decide in decide {
        let refused = |held| Refusal::OtherNumberHeld { alert: FIRST, held, expected: 3 };
        one_more.clone().when(&decide(3)).refused(&refused(4));
        one_is_back.clone().when(&decide(3)).refused(&refused(2));
        assert_eq!(one_more.standing_override(3), Some(StandingOverride::Held(FIRST)));
        let decided = one_more.clone().and([decide(4)]);
        assert_eq!(decided.tenant().guard().held(), 0, "it was about as many as it holds");
        decided.when(&decide(4)).then([]);
        one_is_back.clone().and([decide(2)]);
    }
}

#[test]
fn an_alert_that_holds_nobody_is_released_about_nobody() {
    let released =
        |people| Intent::ReleaseAlert { alert: FIRST, people: Some(number(people)), reason: None };
    let history = company(false).and((0..3).map(leaves));
    let refused = Refusal::OtherNumberHeld { alert: FIRST, held: 0, expected: 3 };
    history.clone().when(&released(3)).refused(&refused);
    history.and([released(0)]);
}
