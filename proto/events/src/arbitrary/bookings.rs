//! Bodies about bookings.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::values::{booking_id, booking_source, employee_id, timestamp};
use crate::{BookedPlace, CancelledBooking, Canceller, ClosedBooking, RecordedBooking};

pub(super) fn booking() -> impl Strategy<Value = RecordedBooking> {
    (booking_id(), booking_source(), ".{1,20}", employee_id(), booked_place()).prop_map(
        |(booking_id, source, reference, employee_id, place)| RecordedBooking {
            booking_id,
            source,
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
    (closed_booking(), by, option::of(".{1,40}")).prop_map(|(booking, by, reason)| {
        let ClosedBooking { booking_id, source, reference, employee_id } = booking;
        CancelledBooking { booking_id, source, reference, employee_id, by, reason }
    })
}

pub(super) fn closed_booking() -> impl Strategy<Value = ClosedBooking> {
    (booking_id(), booking_source(), ".{1,20}", employee_id()).prop_map(
        |(booking_id, source, reference, employee_id)| ClosedBooking {
            booking_id,
            source,
            reference,
            employee_id,
        },
    )
}
