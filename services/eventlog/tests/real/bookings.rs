//! Bookings whose titles can be looked for among all the bytes of a store.

use events::{BookedPlace, BookingId, BookingSource, EmployeeId, RecordedBooking};
use jiff::{SignedDuration, Timestamp};

/// What only the bookings of the person who is erased say.
pub(crate) const TITLE: &str = "Zdzislawa-Unmistakable";
/// What those of everybody else say.
pub(crate) const OTHER: &str = "Somebody-Else";

pub(crate) fn booking(employee_id: EmployeeId, title: &str) -> RecordedBooking {
    let place = BookedPlace {
        resource: "Desk 1".to_owned(),
        resource_type: String::new(),
        title: Some(title.to_owned()),
        starts_at: Timestamp::UNIX_EPOCH,
        ends_at: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1),
    };
    let booking_id = BookingId(eventlog::ids::uuid_v7());
    RecordedBooking {
        booking_id,
        source: BookingSource::default(),
        reference: booking_id.to_string(),
        employee_id,
        booked_for: None,
        place,
    }
}
