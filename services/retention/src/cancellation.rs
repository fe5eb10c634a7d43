//! Cancellations of bookings.

use events::{CancelledBooking, Canceller, EventId, Recorded};
use jiff::Timestamp;

/// How a booking was cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancellation {
    /// When.
    pub at: Timestamp,
    /// Who decided it, and when.
    pub by: Canceller,
    /// Who, by id; whoever planned it, where it was planned.
    pub actor: String,
    /// Why, if told.
    pub reason: Option<String>,
    /// The event.
    pub version: EventId,
    /// Position of the event.
    pub seq: i64,
}

impl Cancellation {
    pub(crate) fn of(event: &Recorded, body: &CancelledBooking) -> Self {
        Self {
            at: event.envelope.time,
            by: body.by,
            actor: body.planned_by.clone().unwrap_or_else(|| event.envelope.actor.to_string()),
            reason: body.reason.clone(),
            version: event.envelope.id,
            seq: event.seq.0.cast_signed(),
        }
    }
}
