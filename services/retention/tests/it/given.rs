//! What the log says.

use events::{
    BookedPlace, BookingId, BookingSource, CancelledBooking, Canceller, ClosedBooking, EmployeeId,
    Event, Profile, RecordedBooking, ResourceId, Standing, UserState,
};
use jiff::{SignedDuration, Timestamp};
use kit::projection::at;
use serde_json::Map;
use uuid::Uuid;

pub(crate) const ADA: EmployeeId = EmployeeId(Uuid::from_u128(0xada));
pub(crate) const BOB: EmployeeId = EmployeeId(Uuid::from_u128(0xb0b));
pub(crate) const DESK: BookingId = BookingId(Uuid::from_u128(1));
pub(crate) const ROOM: BookingId = BookingId(Uuid::from_u128(2));

/// Noon of a day that many days after the beginning.
pub(crate) fn day(number: i64) -> Timestamp {
    at(0) + SignedDuration::from_hours(24 * number + 12)
}

pub(crate) fn user(employee: EmployeeId, standing: Standing) -> UserState {
    UserState {
        employee_id: employee,
        resource_id: ResourceId(employee.0),
        standing,
        profile: Profile {
            user_name: employee.to_string().parse().unwrap(),
            external_id: None,
            attributes: Map::new(),
        },
        changed: vec![],
    }
}

pub(crate) fn joined(employee: EmployeeId) -> Event {
    Event::UserCreated(user(employee, Standing::Active))
}

pub(crate) fn left(employee: EmployeeId) -> Event {
    Event::UserDeactivated(user(employee, Standing::Former).into())
}

/// Two hours from noon of a day.
pub(crate) fn place(number: i64) -> BookedPlace {
    BookedPlace {
        resource: "Desk 7".to_owned(),
        resource_type: "desk".to_owned(),
        title: None,
        starts_at: day(number),
        ends_at: day(number) + SignedDuration::from_hours(2),
    }
}

pub(crate) fn booking(booking: BookingId, employee: EmployeeId, day: i64) -> RecordedBooking {
    let place = place(day);
    RecordedBooking {
        booking_id: booking,
        source: BookingSource::default(),
        reference: booking.to_string(),
        employee_id: employee,
        booked_for: None,
        place,
    }
}

pub(crate) fn booked(id: BookingId, employee: EmployeeId, day: i64) -> Event {
    Event::BookingRecorded(booking(id, employee, day))
}

/// The booking system knows that a booking was cancelled.
pub(crate) fn closed(id: BookingId, employee: EmployeeId) -> Event {
    Event::BookingClosed(ClosedBooking {
        booking_id: id,
        source: BookingSource::default(),
        reference: id.to_string(),
        employee_id: employee,
    })
}

pub(crate) fn cancelled(id: BookingId, employee: EmployeeId, by: Canceller) -> Event {
    Event::BookingCancelled(CancelledBooking {
        booking_id: id,
        source: BookingSource::default(),
        reference: id.to_string(),
        employee_id: employee,
        by,
        reason: (by == Canceller::Administrator).then(|| "has left".to_owned()),
        planned_by: None,
    })
}
