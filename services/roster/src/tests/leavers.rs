//! What becomes of leavers' bookings: planned, withdrawn, kept, handed over, and by a policy.

use std::collections::BTreeSet;

use events::{BookingId, EmployeeId, Event, EventKind, Guard, LeaverPolicy};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use super::laws::after;
use super::words::*;
use super::world::{any_history, employee};
use super::{History, alert_id, given};
use crate::{BookingWish, Intent, LeaversIntent, PersonRef, Refusal, TenantRoster};

const ADAS: EmployeeId = EmployeeId(ADA.0);
const BOBS: EmployeeId = EmployeeId(BOB.0);
const FIRST: BookingId = BookingId(Uuid::from_u128(1));

/// So many hours after the beginning of all days.
fn hour(hours: i64) -> Timestamp {
    Timestamp::from_second(hours * 3_600).unwrap()
}

fn wish(booking: BookingId, employee: EmployeeId, wish: BookingWish) -> Intent {
    Intent::Leavers(LeaversIntent::Decide { employee, booking, wish, seen: None, now: hour(0) })
}

fn cancelled_at(due: Timestamp) -> Intent {
    wish(FIRST, ADAS, BookingWish::CancelAt { due, reason: "she left".to_owned() })
}

fn withdrawn() -> Intent {
    wish(FIRST, ADAS, BookingWish::WithdrawCancellation)
}

fn kept() -> Intent {
    wish(FIRST, ADAS, BookingWish::Keep { reason: None })
}

fn reopened() -> Intent {
    wish(FIRST, ADAS, BookingWish::Reopen)
}

fn handed_to(to: EmployeeId) -> Intent {
    wish(FIRST, ADAS, BookingWish::HandOver { to })
}

fn carried_out(now: Timestamp) -> Intent {
    Intent::Leavers(LeaversIntent::CarryOut { booking: FIRST, now })
}

fn policy(policy: LeaverPolicy) -> Intent {
    Intent::Leavers(LeaversIntent::SetPolicy { resource_type: "desk".to_owned(), policy })
}

fn told_for(person: EmployeeId, day: i64) -> Intent {
    books(1, "b1", PersonRef::Employee(person), desk(day))
}

/// Ada and Bob are there, and a desk is booked for Ada on a day.
fn booked(day: i64) -> History {
    given([joins(ADA, "ada@x"), joins(BOB, "bob@x"), told_for(ADAS, day)])
}

/// Ada has left, and a desk waits that is booked for her on the second day.
fn left() -> History {
    let mut history = booked(2);
    history.tell(&gone(ADA)).unwrap();
    history
}

fn planned() -> History {
    left().when(&cancelled_at(hour(1))).then([EventKind::BookingCancellationPlanned]).so(|_| ())
}

fn due(tenant: &TenantRoster, now: Timestamp) -> Vec<BookingId> {
    tenant.due(now).collect()
}

#[test]
fn a_planned_cancellation_is_carried_out_when_it_is_due_and_names_who_planned_it() {
    let mut history = planned();
    assert_eq!(history.tenant().next_due(hour(0)), Some(hour(1)));
    history.tell(&carried_out(hour(0))).unwrap();
    assert_eq!(due(history.tenant(), hour(0)), []);
    assert_eq!(due(history.tenant(), hour(1)), [FIRST]);
    let events = history.tell(&carried_out(hour(1))).unwrap();
    let [Event::BookingCancelled(body)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(
        (body.reason.as_deref(), body.planned_by.as_deref()),
        (Some("she left"), Some("operator"))
    );
    assert_eq!(due(history.tenant(), hour(1)), []);
    history.when(&carried_out(hour(1))).then_nothing();
}

#[test]
fn the_first_plan_stands_until_it_is_withdrawn() {
    planned().when(&cancelled_at(hour(5))).then_nothing();
    let mut history = planned();
    history.tell(&withdrawn()).unwrap();
    assert_eq!(due(history.tenant(), hour(9)), []);
    history
        .when(&withdrawn())
        .then_nothing()
        .so(|_| ())
        .when(&cancelled_at(hour(5)))
        .then([EventKind::BookingCancellationPlanned])
        .so(|tenant| assert_eq!(tenant.next_due(hour(0)), Some(hour(5))));
}

#[test]
fn what_is_carried_out_cannot_be_withdrawn() {
    let mut history = planned();
    history.tell(&carried_out(hour(1))).unwrap();
    history.when(&withdrawn()).refused(&Refusal::BookingIsCancelled);
}

#[test]
fn a_cancellation_is_due_before_the_booking_ends() {
    let ends_at = desk(2).ends_at;
    let too_late = Refusal::DueTooLate { due: ends_at, ends_at };
    left().when(&cancelled_at(ends_at)).refused(&too_late);
    left().when(&cancelled_at(hour(0))).then([EventKind::BookingCancelled]);
}

#[test]
fn a_plan_ends_when_the_person_is_back_and_when_the_booking_changes() {
    let back = || looks(ADA, "ada@x", true);
    let mut history = booked(2);
    history.tell(&looks(ADA, "ada@x", false)).unwrap();
    history.tell(&cancelled_at(hour(1))).unwrap();
    history.tell(&back()).unwrap();
    assert_eq!(due(history.tenant(), hour(1)), []);
    history.tell(&looks(ADA, "ada@x", false)).unwrap();
    assert_eq!(due(history.tenant(), hour(1)), [], "it was for the departure of before");
    let mut history = planned();
    history.tell(&told_for(ADAS, 3)).unwrap();
    assert_eq!(due(history.tenant(), hour(1)), []);
}

#[test]
fn a_booking_that_is_kept_waits_for_nobody_and_no_policy_touches_it() {
    let mut history = left();
    history.tell(&kept()).unwrap();
    history.tell(&policy(LeaverPolicy::CancelAfter { days: 0 })).unwrap();
    assert_eq!(due(history.tenant(), hour(1)), []);
    history
        .when(&kept())
        .then_nothing()
        .so(|_| ())
        .when(&cancelled_at(hour(0)))
        .then([EventKind::BookingCancelled])
        .so(|_| ())
        .when(&kept())
        .refused(&Refusal::BookingIsCancelled);
    planned().when(&kept()).then([EventKind::BookingKept]).so(|tenant| {
        assert_eq!(due(tenant, hour(1)), []);
    });
}

#[test]
fn a_policy_cancels_so_many_days_after_the_departure() {
    let mut history = booked(9);
    history.tell(&policy(LeaverPolicy::CancelAfter { days: 3 })).unwrap();
    assert_eq!(history.tenant().next_due(hour(0)), None, "nobody has left");
    history.tell(&gone(ADA)).unwrap();
    let departure = history.tenant().departure(ADAS).unwrap().at;
    let three_days_later = departure + jiff::SignedDuration::from_hours(72);
    assert_eq!(history.tenant().next_due(departure), Some(three_days_later));
    let unchanged = Refusal::PolicyCancels("desk".to_owned());
    history.clone().when(&withdrawn()).refused(&unchanged);
    let events = history.tell(&carried_out(three_days_later)).unwrap();
    let [Event::BookingCancelled(body)] = &events[..] else { panic!("{events:?}") };
    let reason = "policy for desk: cancelled 3 days after the departure";
    assert_eq!(
        (body.reason.as_deref(), body.planned_by.as_deref()),
        (Some(reason), Some("operator"))
    );
}

#[test]
fn it_is_told_beforehand_how_many_bookings_a_policy_acts_on_as_soon_as_it_is_set() {
    let at_once = LeaverPolicy::CancelAfter { days: 0 };
    for (history, told) in [
        (booked(2), 0),
        (left(), 1),
        (left().and([kept()]), 0),
        (left().and([kept(), reopened()]), 0),
        (planned(), 0),
        (planned().and([withdrawn()]), 1),
    ] {
        let now = history.tenant().departure(ADAS).map_or(hour(0), |departure| departure.at);
        let beforehand = history.tenant().at_once("desk", at_once, now);
        let set = history.clone().and([policy(at_once)]);
        assert_eq!(beforehand, told);
        assert_eq!(due(set.tenant(), now).len(), told, "as it was told");
        let later = LeaverPolicy::CancelAfter { days: 1 };
        assert_eq!(history.tenant().at_once("desk", later, now), 0, "not today");
        assert_eq!(history.tenant().at_once("room", at_once, now), 0, "it is of another type");
    }
}

#[test]
fn a_policy_that_is_taken_back_does_nothing_more() {
    let mut history = left();
    history.tell(&policy(LeaverPolicy::CancelAfter { days: 1 })).unwrap();
    assert!(history.tenant().next_due(hour(0)).is_some());
    history.tell(&policy(LeaverPolicy::Keep)).unwrap();
    assert_eq!(history.tenant().next_due(hour(0)), None);
    history.when(&policy(LeaverPolicy::Keep)).then_nothing();
}

#[test]
fn a_policy_hands_over_to_a_colleague_as_long_as_they_are_active() {
    let to_bob = policy(LeaverPolicy::HandOver { to: BOBS });
    let mut history = booked(2);
    history.tell(&to_bob).unwrap();
    history.tell(&looks(BOB, "bob@x", false)).unwrap();
    history.tell(&gone(ADA)).unwrap();
    assert_eq!(due(history.tenant(), hour(1)), [], "Bob is Former");
    history.tell(&looks(BOB, "bob@x", true)).unwrap();
    assert_eq!(due(history.tenant(), hour(1)), [FIRST]);
    history.when(&carried_out(hour(1))).then([EventKind::BookingHandedOver]).so(|tenant| {
        let booking = tenant.bookings().get(FIRST).unwrap();
        assert_eq!((booking.employee, booking.booked_for), (BOBS, Some(ADAS)));
    });
    let mut history = booked(2);
    history.tell(&gone(BOB)).unwrap();
    history.when(&to_bob).refused(&Refusal::ColleagueNotActive(BOBS));
}

#[test]
fn a_hand_over_stands_until_the_booking_system_names_somebody_else() {
    let handed = || left().when(&handed_to(BOBS)).then([EventKind::BookingHandedOver]).so(|_| ());
    handed().when(&handed_to(BOBS)).then_nothing();
    handed().when(&told_for(ADAS, 2)).then_nothing();
    let owner = |owner, booked_for| {
        move |tenant: &TenantRoster| {
            let booking = tenant.bookings().get(FIRST).unwrap();
            assert_eq!((booking.employee, booking.booked_for), (owner, booked_for));
        }
    };
    let changed = [EventKind::BookingChanged];
    handed().when(&told_for(ADAS, 3)).then(changed).so(owner(BOBS, Some(ADAS)));
    handed().when(&told_for(BOBS, 2)).then(changed).so(owner(BOBS, None));
}

#[test]
fn nobody_takes_over_what_is_past_or_cancelled_or_who_is_not_active() {
    let late = Intent::Leavers(LeaversIntent::Decide {
        employee: ADAS,
        booking: FIRST,
        wish: BookingWish::HandOver { to: BOBS },
        seen: None,
        now: desk(2).ends_at,
    });
    left().when(&late).refused(&Refusal::BookingIsPast(desk(2).ends_at));
    left().when(&handed_to(ADAS)).refused(&Refusal::ColleagueNotActive(ADAS));
    let mut history = left();
    history.tell(&cancelled_at(hour(0))).unwrap();
    history.when(&handed_to(BOBS)).refused(&Refusal::BookingIsCancelled);
}

#[test]
fn of_people_who_are_held_nothing_is_carried_out_until_they_are_released() {
    let guard = Guard { on: true, hold: true, deactivations: 2, percent: 0, window_minutes: 10 };
    let mut history = given([
        Intent::SetGuard { guard },
        joins(ADA, "ada@x"),
        joins(BOB, "bob@x"),
        joins(EVE, "eve@x"),
        policy(LeaverPolicy::CancelAfter { days: 0 }),
        told_for(ADAS, 2),
    ]);
    history.tell(&gone(BOB)).unwrap();
    history.tell(&gone(ADA)).unwrap();
    assert_eq!(due(history.tenant(), hour(1)), []);
    let release = Intent::ReleaseAlert { alert: alert_id(1), people: None, reason: None };
    history.when(&release).then([EventKind::AlertReleased]).so(|tenant| {
        assert_eq!(due(tenant, hour(1)), [FIRST]);
    });
}

#[test]
fn a_cancelled_booking_stays_so_when_its_system_begins_to_name_types() {
    let mut history = given([joins(ADA, "ada@x")]);
    let without = events::BookedPlace { resource_type: String::new(), ..desk(2) };
    history.tell(&books(1, "b1", PersonRef::Employee(ADAS), without)).unwrap();
    history.tell(&gone(ADA)).unwrap();
    history.tell(&cancelled_at(hour(0))).unwrap();
    history.when(&told_for(ADAS, 2)).then_nothing();
}

/// Any wish for the bookings of the small world, with plans and policies.
pub(super) fn any_intent() -> BoxedStrategy<Intent> {
    let booking = || (1..=4_u128).prop_map(|number| BookingId(Uuid::from_u128(number)));
    let time = || (0..4_i64).prop_map(|day| hour(24 * day));
    let wish = prop_oneof![
        2 => time().prop_map(|due| BookingWish::CancelAt { due, reason: "left".to_owned() }),
        2 => Just(BookingWish::Cancel { reason: "left".to_owned() }),
        1 => Just(BookingWish::WithdrawCancellation),
        1 => Just(BookingWish::Reopen),
        1 => Just(BookingWish::Keep { reason: Some("the team meets".to_owned()) }),
        2 => employee().prop_map(|to| BookingWish::HandOver { to }),
    ];
    let policy = prop_oneof![
        select(vec![LeaverPolicy::Keep, LeaverPolicy::CancelAfter { days: 0 }]),
        (1..3_u32).prop_map(|days| LeaverPolicy::CancelAfter { days }),
        employee().prop_map(|to| LeaverPolicy::HandOver { to }),
    ];
    let intents = prop_oneof![
        4 => (employee(), booking(), wish, time()).prop_map(|(employee, booking, wish, now)| {
            LeaversIntent::Decide { employee, booking, wish, seen: None, now }
        }),
        2 => (booking(), time()).prop_map(|(booking, now)| LeaversIntent::CarryOut { booking, now }),
        2 => policy.prop_map(|policy| {
            LeaversIntent::SetPolicy { resource_type: "desk".to_owned(), policy }
        }),
    ];
    intents.prop_map(Intent::Leavers).boxed()
}

proptest! {
    /// It is kept by what each event touches, and must come to what a look at everything comes to.
    #[test]
    fn what_is_due_is_what_the_bookings_and_policies_say(intents in any_history()) {
        let history = after(intents);
        let tenant = history.tenant();
        for now in (0..5).map(|day| hour(24 * day)) {
            let listed: BTreeSet<BookingId> = tenant.due(now).collect();
            let said: BTreeSet<BookingId> = tenant
                .bookings()
                .all()
                .filter(|booking| booking.place.ends_at > now)
                .filter(|booking| tenant.task(booking).is_some_and(|task| task.due <= now))
                .map(|booking| booking.id)
                .collect();
            prop_assert_eq!(listed, said);
        }
    }

    #[test]
    fn what_is_due_can_be_carried_out_and_is_done_then(intents in any_history()) {
        let mut history = after(intents);
        let now = hour(24);
        let due: Vec<BookingId> = history.tenant().due(now).collect();
        for booking in due {
            let intent = Intent::Leavers(LeaversIntent::CarryOut { booking, now });
            prop_assert_eq!(history.tell(&intent).unwrap().len(), 1);
        }
        prop_assert_eq!(history.tenant().due(now).count(), 0);
    }
}
