//! Bodies about bookings.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::values::{booking_id, booking_source, employee_id, timestamp};
use crate::{
    BookedPlace, CancelledBooking, Canceller, ClosedBooking, HandedOverBooking, KeptBooking,
    PlannedCancellation, RecordedBooking, ReopenedBooking, WithdrawnCancellation,
};

pub(super) fn booking() -> impl Strategy<Value = RecordedBooking> {
    let people = (employee_id(), option::of(employee_id()));
    (booking_id(), booking_source(), ".{1,20}", people, booked_place()).prop_map(
        |(booking_id, source, reference, (employee_id, booked_for), place)| RecordedBooking {
            booking_id,
            source,
            reference,
            employee_id,
            booked_for,
            place,
        },
    )
}

pub(super) fn handed_over_booking() -> impl Strategy<Value = HandedOverBooking> {
    (booking(), option::of(".{1,40}"))
        .prop_map(|(booking, planned_by)| HandedOverBooking { booking, planned_by })
}

pub(super) fn reopened_booking() -> impl Strategy<Value = ReopenedBooking> {
    booking().prop_map(|booking| ReopenedBooking { booking })
}

fn booked_place() -> impl Strategy<Value = BookedPlace> {
    (".{1,20}", ".{0,8}", option::of(".{0,20}"), timestamp(), timestamp()).prop_map(
        |(resource, resource_type, title, one, other)| BookedPlace {
            resource,
            resource_type: resource_type.trim().to_owned(),
            title,
            starts_at: one.min(other),
            ends_at: one.max(other),
        },
    )
}

pub(super) fn cancelled_booking() -> impl Strategy<Value = CancelledBooking> {
    let by = select(&[Canceller::BookingSystem, Canceller::Administrator][..]);
    let texts = (option::of(".{1,40}"), option::of(".{1,40}"));
    (closed_booking(), by, texts).prop_map(|(booking, by, (reason, planned_by))| {
        let ClosedBooking { booking_id, source, reference, employee_id } = booking;
        CancelledBooking { booking_id, source, reference, employee_id, by, reason, planned_by }
    })
}

pub(super) fn planned_cancellation() -> impl Strategy<Value = PlannedCancellation> {
    (closed_booking(), timestamp(), ".{1,40}").prop_map(|(booking, due, reason)| {
        let ClosedBooking { booking_id, source, reference, employee_id } = booking;
        PlannedCancellation { booking_id, source, reference, employee_id, due, reason }
    })
}

pub(super) fn withdrawn_cancellation() -> impl Strategy<Value = WithdrawnCancellation> {
    closed_booking().prop_map(|booking| {
        let ClosedBooking { booking_id, source, reference, employee_id } = booking;
        WithdrawnCancellation { booking_id, source, reference, employee_id }
    })
}

pub(super) fn kept_booking() -> impl Strategy<Value = KeptBooking> {
    (closed_booking(), option::of(".{1,40}")).prop_map(|(booking, reason)| {
        let ClosedBooking { booking_id, source, reference, employee_id } = booking;
        KeptBooking { booking_id, source, reference, employee_id, reason }
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
