//! Bodies about bookings.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::values::{booking_id, employee_id, timestamp};
use crate::{BookedPlace, CancelledBooking, Canceller, RecordedBooking};

pub(super) fn booking() -> impl Strategy<Value = RecordedBooking> {
    (booking_id(), ".{1,20}", employee_id(), booked_place()).prop_map(
        |(booking_id, reference, employee_id, place)| RecordedBooking {
            booking_id,
            reference,
            employee_id,
            place,
        },
    )
}

fn booked_place() -> impl Strategy<Value = BookedPlace> {
    (".{1,20}", option::of(".{0,20}"), timestamp(), timestamp()).prop_map(
        |(resource, title, one, other)| BookedPlace {
            resource,
            title,
            starts_at: one.min(other),
            ends_at: one.max(other),
        },
    )
}

pub(super) fn cancelled_booking() -> impl Strategy<Value = CancelledBooking> {
    let by = select(&[Canceller::BookingSystem, Canceller::Administrator][..]);
    (booking_id(), ".{1,20}", employee_id(), by, option::of(".{1,40}")).prop_map(
        |(booking_id, reference, employee_id, by, reason)| CancelledBooking {
            booking_id,
            reference,
            employee_id,
            by,
            reason,
        },
    )
}
