//! What a booking system tells, and what administrators cancel.

use events::{BookingId, BookingSource, BookingState, EmployeeId, Event, EventKind, ExternalId};
use jiff::Timestamp;
use uuid::Uuid;

use super::words::*;
use super::{History, given};
use crate::{BadText, BookingWish, Intent, LeaversIntent, PersonRef, Refusal};

const ADAS: EmployeeId = EmployeeId(ADA.0);
const FIRST: BookingId = BookingId(Uuid::from_u128(1));

fn ada() -> PersonRef {
    PersonRef::Employee(ADAS)
}

fn ada_booked() -> History {
    given([joins(ADA, "ada@x"), books(1, "b1", ada(), desk(1))])
}

fn withdrawn() -> Intent {
    Intent::NoBooking { source: BookingSource::default(), reference: "b1".to_owned() }
}

fn cancelled(reason: &str) -> Intent {
    let now = Timestamp::from_second(0).unwrap();
    cancelled_of(ADAS, reason, now)
}

fn cancelled_of(employee: EmployeeId, reason: &str, now: Timestamp) -> Intent {
    let wish = BookingWish::Cancel { reason: reason.to_owned() };
    let decide = LeaversIntent::Decide { employee, booking: FIRST, wish, seen: None, now };
    Intent::Leavers(decide)
}

/// Ada left, and an administrator cancelled her booking.
fn cancelled_by_hand() -> History {
    let mut history = ada_booked();
    history.tell(&gone(ADA)).unwrap();
    history.when(&cancelled("she left")).then([EventKind::BookingCancelled]).so(|_| ())
}

#[test]
fn a_booking_told_again_is_no_news_and_a_different_one_is_a_change() {
    ada_booked().when(&books(2, "b1", ada(), desk(1))).then_nothing();
    ada_booked().when(&books(2, "b1", ada(), desk(2))).then([EventKind::BookingChanged]).so(
        |tenant| {
            let booking = tenant.bookings().by_reference(&BookingSource::default(), "b1").unwrap();
            assert_eq!((booking.id, &booking.place), (FIRST, &desk(2)));
        },
    );
}

#[test]
fn a_withdrawn_booking_told_again_is_a_booking_again() {
    ada_booked()
        .when(&withdrawn())
        .then([EventKind::BookingCancelled])
        .so(|_| ())
        .when(&withdrawn())
        .then_nothing()
        .so(|_| ())
        .when(&books(2, "b1", ada(), desk(1)))
        .then([EventKind::BookingRecorded])
        .so(|tenant| assert_eq!(tenant.bookings().get(FIRST).unwrap().cancelled, None));
    let unknown =
        Intent::NoBooking { source: BookingSource::default(), reference: "b2".to_owned() };
    ada_booked().when(&unknown).refused(&Refusal::NoSuchBooking("b2".to_owned()));
}

#[test]
fn a_nightly_export_does_not_undo_what_was_cancelled_by_hand() {
    cancelled_by_hand().when(&books(2, "b1", ada(), desk(1))).then_nothing();
    cancelled_by_hand().when(&books(2, "b1", ada(), desk(2))).then([EventKind::BookingRecorded]);
}

#[test]
fn a_booking_system_that_withdraws_what_was_cancelled_here_has_acknowledged_it() {
    let state = |state| {
        move |tenant: &crate::TenantRoster| {
            let booking = tenant.bookings().get(FIRST).unwrap();
            assert_eq!(booking.state(), state);
        }
    };
    cancelled_by_hand()
        .when(&withdrawn())
        .then([EventKind::BookingClosed])
        .so(state(BookingState::Closed))
        .when(&withdrawn())
        .then_nothing()
        .so(state(BookingState::Closed))
        .when(&cancelled("again"))
        .then_nothing()
        .so(|_| ())
        // It was gone over there: whoever tells of it now, books it.
        .when(&books(2, "b1", ada(), desk(1)))
        .then([EventKind::BookingRecorded])
        .so(state(BookingState::Booked));
    let of_itself = ada_booked().when(&withdrawn()).then([EventKind::BookingCancelled]);
    of_itself.so(state(BookingState::Closed));
}

#[test]
fn each_booking_system_numbers_its_bookings_as_it_likes() {
    let rooms: BookingSource = "rooms".parse().unwrap();
    let mut history = ada_booked();
    history.tell(&books_at("rooms", 2, "b1", ada(), desk(2))).unwrap();
    let of_desks = history.tenant().bookings().by_reference(&BookingSource::default(), "b1");
    assert_eq!(of_desks.unwrap().id, FIRST);
    let both = history.tenant().bookings().with_reference("b1");
    assert_eq!(
        both.map(|one| one.source.clone()).collect::<Vec<_>>(),
        [BookingSource::default(), rooms.clone()]
    );
    history
        .when(&Intent::NoBooking { source: rooms.clone(), reference: "b1".to_owned() })
        .then([EventKind::BookingCancelled])
        .so(|tenant| {
            let state = |source| tenant.bookings().by_reference(source, "b1").unwrap().state();
            assert_eq!(state(&rooms), BookingState::Closed);
            assert_eq!(state(&BookingSource::default()), BookingState::Booked);
        });
}

#[test]
fn only_a_leavers_future_booking_is_cancelled_by_hand_and_with_a_reason() {
    ada_booked().when(&cancelled("why not")).refused(&Refusal::NotALeaver(ADAS));
    let mut left = ada_booked();
    left.tell(&looks(ADA, "ada@x", false)).unwrap();
    let blank = Refusal::BadText { what: "the reason", problem: BadText::Blank };
    left.clone().when(&cancelled(" ")).refused(&blank);
    left.clone().when(&cancelled("\u{200d}\n\u{fe0f}")).refused(&blank);
    let ends_at = desk(1).ends_at;
    let late = cancelled_of(ADAS, "she left", ends_at);
    left.clone().when(&late).refused(&Refusal::BookingIsPast(ends_at));
    let outcome = left.when(&cancelled("she left"));
    let events = outcome.told.as_ref().unwrap().clone();
    let [Event::BookingCancelled(body)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(body.reason.as_deref(), Some("she left"));
    outcome.so(|_| ()).when(&cancelled("again")).then_nothing();
}

#[test]
fn nobody_elses_booking_can_be_cancelled_by_mistake() {
    let mut history = ada_booked();
    history.tell(&joins(BOB, "bob@x")).unwrap();
    history.tell(&gone(BOB)).unwrap();
    let now = Timestamp::from_second(0).unwrap();
    let mistaken = cancelled_of(employee(BOB), "he left", now);
    history.when(&mistaken).refused(&Refusal::NoSuchBooking(FIRST.to_string()));
}

#[test]
fn a_booking_that_makes_no_sense_is_refused() {
    let with = |change: fn(&mut events::BookedPlace)| {
        let mut place = desk(1);
        change(&mut place);
        given([joins(ADA, "ada@x")]).when(&books(1, "b1", ada(), place))
    };
    with(|place| place.ends_at = place.starts_at).refused(&Refusal::EndsTooEarly {
        starts_at: desk(1).starts_at,
        ends_at: desk(1).starts_at,
    });
    with(|place| std::mem::swap(&mut place.starts_at, &mut place.ends_at))
        .refused(&Refusal::EndsTooEarly { starts_at: desk(1).ends_at, ends_at: desk(1).starts_at });
    with(|place| place.starts_at = Timestamp::MIN).refused(&Refusal::OutOfTime(Timestamp::MIN));
    with(|place| place.resource = "\t".to_owned())
        .refused(&Refusal::BadText { what: "the booked resource", problem: BadText::Blank });
    with(|place| place.title = Some("x".repeat(1025))).refused(&Refusal::BadText {
        what: "the booking's title",
        problem: BadText::TooLong { max: 1024 },
    });
    given([joins(ADA, "ada@x")])
        .when(&books(1, "", ada(), desk(1)))
        .refused(&Refusal::BadText { what: "the booking's reference", problem: BadText::Blank });
}

#[track_caller]
fn booked_for(history: &History, person: PersonRef) -> Result<EmployeeId, Refusal> {
    let mut history = history.clone();
    history.tell(&books(9, "b9", person, desk(1)))?;
    Ok(history.tenant().bookings().by_reference(&BookingSource::default(), "b9").unwrap().employee)
}

fn external(id: &str) -> PersonRef {
    PersonRef::ExternalId(ExternalId(id.to_owned()))
}

fn named(name: &str) -> PersonRef {
    PersonRef::UserName(name.parse().unwrap())
}

#[test]
fn a_person_is_named_by_employee_id_external_id_or_user_name() {
    let history = given([joins(ADA, "ada@x")]);
    for person in [ada(), external("oid-ada@x"), named("ADA@X")] {
        assert_eq!(booked_for(&history, person), Ok(ADAS));
    }
    let nobody = employee(EVE);
    assert_eq!(
        booked_for(&history, PersonRef::Employee(nobody)),
        Err(Refusal::NoSuchEmployee(nobody))
    );
    let unknown = Err(Refusal::NoSuchPerson("OID-ADA@X".to_owned()));
    assert_eq!(booked_for(&history, external("OID-ADA@X")), unknown, "external ids are exact");
    assert_eq!(
        booked_for(&history, named("eve@x")),
        Err(Refusal::NoSuchPerson("eve@x".to_owned()))
    );
}

#[test]
fn a_booking_finds_leavers_too_and_the_holder_of_a_name_first() {
    let mut history = given([joins(ADA, "ada@x"), gone(ADA)]);
    assert_eq!(booked_for(&history, named("ada@x")), Ok(ADAS));
    assert_eq!(booked_for(&history, external("oid-ada@x")), Ok(ADAS));
    history.tell(&new_user(BOB, "ada@x", Some("other"))).unwrap();
    assert_eq!(booked_for(&history, named("ada@x")), Ok(employee(BOB)));
    assert_eq!(booked_for(&history, external("oid-ada@x")), Ok(ADAS));
}

#[test]
fn of_several_with_an_external_id_the_active_one_is_meant() {
    let mut history = given([new_user(ADA, "ada@x", Some("1")), new_user(BOB, "bob@x", Some("1"))]);
    let ambiguous = Err(Refusal::AmbiguousPerson("1".to_owned()));
    assert_eq!(booked_for(&history, external("1")), ambiguous);
    let bob_off =
        |active| Intent::User { resource: BOB, profile: profile("bob@x", Some("1")), active };
    history.tell(&bob_off(false)).unwrap();
    assert_eq!(booked_for(&history, external("1")), Ok(ADAS));
    history.tell(&gone(ADA)).unwrap();
    assert_eq!(booked_for(&history, external("1")), Ok(employee(BOB)));
}
