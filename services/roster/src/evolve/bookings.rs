//! Bookings are recorded, changed, cancelled, kept and handed over.

use events::{BookingId, CancelledBooking, Envelope, PlannedCancellation, RecordedBooking};

use super::moment::Moment;
use crate::{Booking, BookingDecision, Cancellation, Decided, TenantRoster};

/// A booking recorded after it was cancelled is a booking again, and what was decided about it before it
/// changed does not count.
pub(super) fn recorded(tenant: &mut TenantRoster, at: Moment, body: &RecordedBooking) {
    tenant.bookings.put(Booking {
        id: body.booking_id,
        source: body.source.clone(),
        reference: body.reference.as_str().into(),
        employee: body.employee_id,
        booked_for: body.booked_for,
        place: body.place.clone(),
        cancelled: None,
        acknowledged: false,
        decided: None,
    });
    tenant.reschedule(body.booking_id, at.time);
}

/// Who planned it has cancelled it, whoever carried it out.
pub(super) fn cancelled(tenant: &mut TenantRoster, envelope: &Envelope, body: &CancelledBooking) {
    let CancelledBooking { booking_id, by, ref reason, ref planned_by, .. } = *body;
    let actor = planned_by.clone().unwrap_or_else(|| envelope.actor.to_string());
    let cancelled = Cancellation { by, at: envelope.time, actor, reason: reason.clone() };
    tenant.bookings.cancel(booking_id, cancelled);
    tenant.reschedule(booking_id, envelope.time);
}

pub(super) fn planned(
    tenant: &mut TenantRoster,
    at: Moment,
    envelope: &Envelope,
    body: &PlannedCancellation,
) {
    let decision = BookingDecision::Cancel {
        due: body.due,
        actor: envelope.actor.to_string(),
        reason: body.reason.clone(),
    };
    decided(tenant, at, body.booking_id, Some(decision));
}

/// Takes in what somebody decided, or that they decided nothing after all.
pub(super) fn decided(
    tenant: &mut TenantRoster,
    at: Moment,
    booking: BookingId,
    decision: Option<BookingDecision>,
) {
    let decided = decision.map(|decision| Decided { seq: at.seq, decision });
    tenant.bookings.decide(booking, decided);
    tenant.reschedule(booking, at.time);
}
