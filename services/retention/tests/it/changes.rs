//! What each event changes: event in, changes out.

use events::{
    AlertId, BookingSource, Canceller, DeletedResource, DepartedUser, DepartureAlert, Event,
    ResourceId, Standing,
};
use projector::Projection;
use retention::{BookingRow, Cancellation, Change, Closing, Gone, Left, Retention};
use uuid::Uuid;

use crate::given::{ADA, DESK, booked, booking, cancelled, closed, place, user};
use kit::projection::{acme, at, log};

fn changes(event: Event) -> Vec<Change> {
    Retention::project(&log([event])[0])
}

#[test]
fn who_is_former_has_left_and_who_is_active_is_back() {
    let left = |gone| {
        let left = Left { at: at(1), seq: 1, gone };
        Change::Left { tenant: acme(), employee: ADA, left }
    };
    for event in [Event::UserCreated, Event::UserReturned] {
        assert_eq!(changes(event(user(ADA, Standing::Former))), [left(None)]);
    }
    let deactivated = DepartedUser::from(user(ADA, Standing::Former));
    assert_eq!(changes(Event::UserDeactivated(deactivated.clone())), [left(None)]);
    let alert = DepartureAlert { alert_id: AlertId(Uuid::from_u128(1)), held: true };
    let counted = DepartedUser { alert: Some(alert), ..deactivated };
    let belongs =
        Change::AlertPerson { tenant: acme(), alert: alert.alert_id, employee: ADA, seq: 1 };
    assert_eq!(changes(Event::UserDeactivated(counted)), [left(None), belongs]);
    assert_eq!(
        changes(Event::UserDeleted(user(ADA, Standing::Former).into())),
        [left(Some(Gone { at: at(1), seq: 1 }))]
    );
    let back = Change::Back { tenant: acme(), employee: ADA };
    for event in [Event::UserCreated, Event::UserReactivated, Event::UserReturned] {
        assert_eq!(changes(event(user(ADA, Standing::Active))), std::slice::from_ref(&back));
    }
}

#[test]
fn a_changed_profile_is_no_news() {
    assert_eq!(changes(Event::UserChanged(user(ADA, Standing::Former))), []);
}

#[test]
fn that_one_of_several_resources_goes_is_no_news() {
    let body = DeletedResource { employee_id: ADA, resource_id: ResourceId(ADA.0) };
    assert_eq!(changes(Event::UserResourceDeleted(body)), []);
}

#[test]
fn a_booking_is_kept_as_it_was_last_told() {
    let version = log([booked(DESK, ADA, 3)])[0].envelope.id;
    let row = BookingRow {
        tenant: acme(),
        booking: DESK,
        source: BookingSource::default(),
        reference: DESK.to_string(),
        employee: ADA,
        booked_for: None,
        place: place(3),
        recorded_at: at(1),
        version,
        seq: 1,
        cancelled: None,
        closed: None,
        decided: None,
    };
    assert_eq!(changes(booked(DESK, ADA, 3)), [Change::Booked(Box::new(row.clone()))]);
    let changed = Event::BookingChanged(booking(DESK, ADA, 3));
    assert_eq!(changes(changed), [Change::Booked(Box::new(row))]);
}

#[test]
fn a_cancellation_tells_when_by_whom_and_why() {
    let cancellation = Cancellation {
        at: at(1),
        by: Canceller::Administrator,
        actor: "portal:grace".to_owned(),
        reason: Some("has left".to_owned()),
        version: log([booked(DESK, ADA, 3)])[0].envelope.id,
        seq: 1,
    };
    let change = Change::Cancelled { tenant: acme(), booking: DESK, cancellation };
    assert_eq!(changes(cancelled(DESK, ADA, Canceller::Administrator)), [change]);
}

#[test]
fn what_the_booking_system_says_of_a_cancellation_closes_the_booking() {
    let version = log([booked(DESK, ADA, 3)])[0].envelope.id;
    let closing = Closing { at: at(1), version, seq: 1 };
    let change = Change::Closed { tenant: acme(), booking: DESK, closing };
    assert_eq!(changes(closed(DESK, ADA)), [change]);
}

#[test]
fn an_event_of_a_later_release_changes_nothing() {
    assert_eq!(changes(Event::Unknown { name: "user.promoted".to_owned() }), []);
}
