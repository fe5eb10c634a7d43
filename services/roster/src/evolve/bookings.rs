//! Bookings are recorded, changed and cancelled.

use events::{CancelledBooking, Envelope, RecordedBooking};

use crate::{Booking, Cancellation, TenantRoster};

/// A booking recorded after it was cancelled is a booking again.
pub(super) fn recorded(tenant: &mut TenantRoster, body: &RecordedBooking) {
    tenant.bookings.put(Booking {
        id: body.booking_id,
        source: body.source.clone(),
        reference: body.reference.as_str().into(),
        employee: body.employee_id,
        place: body.place.clone(),
        cancelled: None,
        acknowledged: false,
    });
}

pub(super) fn cancelled(tenant: &mut TenantRoster, envelope: &Envelope, body: &CancelledBooking) {
    let CancelledBooking { booking_id, by, ref reason, .. } = *body;
    let (at, actor) = (envelope.time, envelope.actor.to_string());
    let cancelled = Cancellation { by, at, actor, reason: reason.clone() };
    tenant.bookings.cancel(booking_id, cancelled);
}
