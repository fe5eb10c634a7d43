//! Bookings are recorded, changed, cancelled, kept, handed over and reopened.

use std::sync::Arc;

use events::{
    BookingId, CancelledBooking, Envelope, HandedOverBooking, Recorded, RecordedBooking,
    ReopenedBooking,
};

use crate::{Booking, BookingDecision, Cancellation, Decided, HandedOver, TenantRoster};

/// A booking recorded after it was cancelled is a booking again, and what was decided about it before it
/// changed does not count. A hand-over stands as long as the event says so.
pub(super) fn recorded(tenant: &mut TenantRoster, envelope: &Envelope, body: &RecordedBooking) {
    let before = tenant.bookings.get(body.booking_id);
    let same = before.filter(|before| {
        before.employee == body.employee_id && before.booked_for == body.booked_for
    });
    let handed_over = same.and_then(|before| before.handed_over.clone());
    put(tenant, envelope, body, handed_over);
}

fn put(
    tenant: &mut TenantRoster,
    envelope: &Envelope,
    body: &RecordedBooking,
    handed_over: Option<Arc<HandedOver>>,
) {
    tenant.bookings.put(Booking {
        id: body.booking_id,
        version: envelope.id,
        source: body.source.clone(),
        reference: body.reference.as_str().into(),
        employee: body.employee_id,
        booked_for: body.booked_for,
        handed_over,
        place: body.place.clone(),
        cancelled: None,
        acknowledged: false,
        decided: None,
    });
    tenant.reschedule(body.booking_id, envelope.time);
}

/// Who set the policy has handed it over, whoever carried it out.
pub(super) fn handed_over(
    tenant: &mut TenantRoster,
    envelope: &Envelope,
    body: &HandedOverBooking,
) {
    let actor = body.planned_by.clone().unwrap_or_else(|| envelope.actor.to_string());
    let by = HandedOver { actor, at: envelope.time };
    put(tenant, envelope, &body.booking, Some(Arc::new(by)));
}

/// Who planned it has cancelled it, whoever carried it out.
pub(super) fn cancelled(tenant: &mut TenantRoster, envelope: &Envelope, body: &CancelledBooking) {
    let CancelledBooking { booking_id, by, ref reason, ref planned_by, .. } = *body;
    let actor = planned_by.clone().unwrap_or_else(|| envelope.actor.to_string());
    let cancelled = Cancellation { by, at: envelope.time, actor, reason: reason.clone() };
    tenant.bookings.cancel(booking_id, envelope.id, cancelled);
    tenant.reschedule(booking_id, envelope.time);
}

/// What a colleague has who gives it back is the leaver's again.
pub(super) fn reopened(tenant: &mut TenantRoster, event: &Recorded, body: &ReopenedBooking) {
    recorded(tenant, &event.envelope, &body.booking);
    decided(tenant, event, body.booking.booking_id, BookingDecision::Reopened);
}

/// Takes in what somebody decided.
pub(super) fn decided(
    tenant: &mut TenantRoster,
    event: &Recorded,
    booking: BookingId,
    decision: BookingDecision,
) {
    let (actor, at) = (event.envelope.actor.to_string(), event.envelope.time);
    let decided = Decided { seq: event.seq, actor, at, decision };
    tenant.bookings.decide(booking, event.envelope.id, decided);
    tenant.reschedule(booking, at);
}
