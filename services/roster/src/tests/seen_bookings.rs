//! Whoever decides about a leaver's booking may say which version of it they saw; and a decision is taken back.

use events::{BookingId, EmployeeId, Event, EventId, EventKind, LeaverPolicy};
use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::laws::after;
use super::words::*;
use super::world::any_history;
use super::{History, given};
use crate::{
    BookingDecision, BookingWish, Intent, LastWord, LeaversIntent, PersonRef, Refusal, TenantRoster,
};

const ADAS: EmployeeId = EmployeeId(ADA.0);
const BOBS: EmployeeId = EmployeeId(BOB.0);
const FIRST: BookingId = BookingId(Uuid::from_u128(1));

fn start() -> Timestamp {
    Timestamp::from_second(0).unwrap()
}

fn hour() -> Timestamp {
    Timestamp::from_second(3_600).unwrap()
}

/// A decision about Ada's booking, by whoever saw this version of it.
fn wish(wish: BookingWish, seen: Option<EventId>) -> Intent {
    let now = start();
    Intent::Leavers(LeaversIntent::Decide { employee: ADAS, booking: FIRST, wish, seen, now })
}

fn cancel() -> BookingWish {
    BookingWish::Cancel { reason: "she left".to_owned() }
}

fn plan() -> BookingWish {
    BookingWish::CancelAt { due: hour(), reason: "she left".to_owned() }
}

fn keep() -> BookingWish {
    BookingWish::Keep { reason: None }
}

fn hand_over() -> BookingWish {
    BookingWish::HandOver { to: BOBS }
}

fn all_wishes() -> [BookingWish; 6] {
    [cancel(), plan(), keep(), hand_over(), BookingWish::WithdrawCancellation, BookingWish::Reopen]
}

/// Ada has left, and a desk is booked for her on the second day; Bob is there.
fn left() -> History {
    given([
        joins(ADA, "ada@x"),
        joins(BOB, "bob@x"),
        books(1, "b1", PersonRef::Employee(ADAS), desk(2)),
        gone(ADA),
    ])
}

fn version(tenant: &TenantRoster) -> EventId {
    tenant.bookings().get(FIRST).expect("the booking").version
}

/// What somebody has decided since, and who.
fn conflict(history: &History) -> Refusal {
    let tenant = history.tenant();
    let how = tenant.last_word(tenant.bookings().get(FIRST).expect("the booking")).to_string();
    Refusal::BookingChanged { booking: FIRST, how }
}

#[test]
fn a_decision_about_a_booking_that_somebody_decided_about_meanwhile_is_refused_and_says_who_and_how()
 {
    for first in [cancel(), plan(), keep(), hand_over()] {
        for second in all_wishes() {
            let mut history = left();
            let seen = Some(version(history.tenant()));
            assert_eq!(history.tell(&wish(first.clone(), seen)).unwrap().len(), 1, "{first:?}");
            let conflict = conflict(&history);
            let told = conflict.to_string();
            assert!(told.contains("as operator decided at"), "{told}");
            history.when(&wish(second, seen)).refused(&conflict);
        }
    }
    let mut history = left();
    let seen = Some(version(history.tenant()));
    history.tell(&wish(keep(), seen)).unwrap();
    let told = history.tell(&wish(cancel(), seen)).unwrap_err().to_string();
    assert!(told.contains("it is kept, as operator decided at"), "{told}");
}

#[test]
fn a_decision_counts_for_the_version_that_is_there_and_without_one_for_whatever_is_there() {
    let mut history = left();
    let undecided = version(history.tenant());
    history.tell(&wish(keep(), Some(undecided))).unwrap();
    let kept = version(history.tenant());
    assert_ne!(undecided, kept);
    history.clone().when(&wish(plan(), None)).then([EventKind::BookingCancellationPlanned]);
    history.when(&wish(plan(), Some(kept))).then([EventKind::BookingCancellationPlanned]);
}

#[test]
fn what_its_booking_system_says_anew_is_another_version_and_what_it_repeats_is_not() {
    let mut history = left();
    let seen = Some(version(history.tenant()));
    history.tell(&books(1, "b1", PersonRef::Employee(ADAS), desk(2))).unwrap();
    history.clone().when(&wish(keep(), seen)).then([EventKind::BookingKept]);
    history.tell(&books(1, "b1", PersonRef::Employee(ADAS), desk(3))).unwrap();
    let conflict = conflict(&history);
    assert!(conflict.to_string().contains("its booking system has told of it anew"), "{conflict}");
    history.when(&wish(keep(), seen)).refused(&conflict);
}

#[test]
fn a_plan_is_withdrawn_by_whoever_saw_that_plan_and_not_a_later_one() {
    let mut history = left();
    history.tell(&wish(plan(), None)).unwrap();
    let first = version(history.tenant());
    history.tell(&wish(BookingWish::WithdrawCancellation, Some(first))).unwrap();
    history.tell(&wish(plan(), None)).unwrap();
    let conflict = conflict(&history);
    history.when(&wish(BookingWish::WithdrawCancellation, Some(first))).refused(&conflict);
}

#[test]
fn a_kept_booking_that_is_reopened_waits_for_somebody_whatever_a_policy_says() {
    let mut history = left();
    history.tell(&wish(keep(), None)).unwrap();
    let cancels = LeaverPolicy::CancelAfter { days: 0 };
    let policy = |policy| {
        let resource_type = "desk".to_owned();
        Intent::Leavers(LeaversIntent::SetPolicy { resource_type, policy })
    };
    history.tell(&policy(cancels)).unwrap();
    let history = history
        .when(&wish(BookingWish::Reopen, None))
        .then([EventKind::BookingReopened])
        .so(|tenant| {
            let booking = tenant.bookings().get(FIRST).unwrap();
            assert_eq!(tenant.decision(booking), Some(&BookingDecision::Reopened));
            assert_eq!(
                tenant.task(booking),
                None,
                "a policy would decide what was just taken back"
            );
        })
        .when(&wish(BookingWish::Reopen, None))
        .then_nothing()
        .so(|_| ());
    let mut changed = history.clone();
    changed.tell(&policy(LeaverPolicy::HandOver { to: BOBS })).unwrap();
    assert_eq!(changed.tenant().due(hour()).count(), 0, "nor does a policy that is set later");
    for (decision, kind) in [
        (cancel(), EventKind::BookingCancelled),
        (plan(), EventKind::BookingCancellationPlanned),
        (keep(), EventKind::BookingKept),
        (hand_over(), EventKind::BookingHandedOver),
    ] {
        history.clone().when(&wish(decision, None)).then([kind]);
    }
}

#[test]
fn a_hand_over_that_is_taken_back_gives_the_booking_to_the_leaver_again() {
    let mut history = left();
    history.tell(&wish(hand_over(), None)).unwrap();
    let handed_over = history.tenant().bookings().get(FIRST).unwrap().clone();
    let last = history.tenant().last_word(&handed_over);
    assert!(matches!(last, LastWord::HandedOver { to: BOBS, .. }), "{last:?}");
    let events = history.tell(&wish(BookingWish::Reopen, Some(handed_over.version))).unwrap();
    let [Event::BookingReopened(body)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((body.booking.employee_id, body.booking.booked_for), (ADAS, None));
    let booking = history.tenant().bookings().get(FIRST).unwrap();
    assert_eq!((booking.employee, booking.booked_for), (ADAS, None));
    assert_eq!(booking.handed_over, None);
    // The nightly export repeats what it knows.
    history.when(&books(1, "b1", PersonRef::Employee(ADAS), desk(2))).then_nothing();
}

#[test]
fn nothing_is_reopened_that_is_cancelled_or_past_or_of_somebody_who_is_there() {
    let mut cancelled = left();
    cancelled.tell(&wish(cancel(), None)).unwrap();
    cancelled.when(&wish(BookingWish::Reopen, None)).refused(&Refusal::BookingIsCancelled);
    left().when(&wish(BookingWish::Reopen, None)).then_nothing();
    let mut past = left();
    past.tell(&wish(keep(), None)).unwrap();
    let ends_at = desk(2).ends_at;
    past.when(&Intent::Leavers(LeaversIntent::Decide {
        employee: ADAS,
        booking: FIRST,
        wish: BookingWish::Reopen,
        seen: None,
        now: ends_at,
    }))
    .refused(&Refusal::BookingIsPast(ends_at));
    let mut back = given([joins(ADA, "ada@x"), joins(BOB, "bob@x")]);
    back.tell(&books(1, "b1", PersonRef::Employee(ADAS), desk(2))).unwrap();
    back.tell(&looks(ADA, "ada@x", false)).unwrap();
    back.tell(&wish(hand_over(), None)).unwrap();
    back.tell(&looks(ADA, "ada@x", true)).unwrap();
    back.when(&wish(BookingWish::Reopen, None)).refused(&Refusal::NotALeaver(ADAS));
}

#[test]
fn a_resource_type_is_the_same_with_space_around_it() {
    let spaced = events::BookedPlace { resource_type: " desk\t".to_owned(), ..desk(2) };
    let mut history = left();
    history.tell(&books(2, "b2", PersonRef::Employee(ADAS), spaced)).unwrap();
    let cancels = LeaverPolicy::CancelAfter { days: 0 };
    let resource_type = "  desk ".to_owned();
    history
        .tell(&Intent::Leavers(LeaversIntent::SetPolicy { resource_type, policy: cancels }))
        .unwrap();
    let known: Vec<&str> = history.tenant().leaver_policies().map(|(kind, _)| kind).collect();
    assert_eq!(known, ["desk"]);
    assert_eq!(history.tenant().due(hour()).count(), 2);
    history.when(&books(2, "b2", PersonRef::Employee(ADAS), desk(2))).then_nothing();
}

fn any_wish() -> impl Strategy<Value = BookingWish> {
    prop::sample::select(all_wishes().to_vec())
}

proptest! {
    /// Two forms that show the same are sent at the same moment: whichever comes second does not undo the first.
    #[test]
    fn of_two_decisions_that_saw_the_same_only_one_changes_anything(
        intents in any_history(),
        first in any_wish(),
        second in any_wish(),
    ) {
        let history = after(intents);
        let all: Vec<(BookingId, EmployeeId, EventId)> = history
            .tenant()
            .bookings()
            .all()
            .map(|booking| (booking.id, booking.employee, booking.version))
            .collect();
        for (booking, employee, version) in all {
            let intent = |wish: &BookingWish| {
                let (wish, seen) = (wish.clone(), Some(version));
                Intent::Leavers(LeaversIntent::Decide { employee, booking, wish, seen, now: start() })
            };
            let mut history = history.clone();
            let Ok(events) = history.tell(&intent(&first)) else { continue };
            let again = history.tell(&intent(&second));
            if events.is_empty() {
                continue;
            }
            let refused = matches!(again, Err(Refusal::BookingChanged { .. }));
            prop_assert!(refused, "{first:?} was done, and then {second:?}: {again:?}");
        }
    }
}
