//! Bookings, and the policies for those of leavers, as rows.

use events::{
    BookedPlace, BookingId, BookingSource, EmployeeId, EventId, LeaverPolicy, Recorded,
    RecordedBooking, SetLeaverPolicy, Tenant,
};
use jiff::Timestamp;

use crate::Cancellation;

/// A booking as it was last told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingRow {
    /// Whose it is.
    pub tenant: Tenant,
    /// The booking.
    pub booking: BookingId,
    /// Which booking system it is of.
    pub source: BookingSource,
    /// The booking system's own id.
    pub reference: String,
    /// The person.
    pub employee: EmployeeId,
    /// Whom the booking system books it for, where it was handed over since.
    pub booked_for: Option<EmployeeId>,
    /// What is booked, and when.
    pub place: BookedPlace,
    /// When it was last told.
    pub recorded_at: Timestamp,
    /// The last event about it.
    pub version: EventId,
    /// Position of that.
    pub seq: i64,
    /// How it was cancelled, if it was.
    pub cancelled: Option<Cancellation>,
    /// When the booking system said that it knows of that, if it did.
    pub closed: Option<Closing>,
    /// What was decided about it last, if it was since it was last told.
    pub decided: Option<Decided>,
}

/// When a booking system said that it knows of a cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// When.
    pub at: Timestamp,
    /// The event.
    pub version: EventId,
    /// Position of the event.
    pub seq: i64,
}

/// What an administrator decided about a leaver's booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What.
    pub decision: BookingDecision,
    /// When it was decided.
    pub at: Timestamp,
    /// Who did, by id.
    pub actor: String,
    /// Why, if told.
    pub reason: Option<String>,
    /// Position of the event.
    pub seq: i64,
}

/// What was decided about a leaver's booking that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookingDecision {
    /// It is kept.
    Kept,
    /// It is cancelled then.
    Planned(Timestamp),
    /// It waits for somebody to decide by hand, whatever a policy says.
    Reopened,
}

impl BookingDecision {
    /// As the table calls it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Planned(_) => "planned",
            Self::Reopened => "reopened",
        }
    }

    /// When it is cancelled by itself, if it is.
    pub(crate) fn due(self) -> Option<Timestamp> {
        match self {
            Self::Planned(due) => Some(due),
            Self::Kept | Self::Reopened => None,
        }
    }
}

/// The policy for a resource type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRow {
    /// What becomes of the bookings.
    pub policy: LeaverPolicy,
    /// When it was set.
    pub at: Timestamp,
    /// Who did, by id.
    pub actor: String,
}

impl BookingRow {
    /// A booking as an event tells it.
    pub(crate) fn of(event: &Recorded, body: &RecordedBooking) -> Self {
        Self {
            tenant: event.tenant().clone(),
            booking: body.booking_id,
            source: body.source.clone(),
            reference: body.reference.clone(),
            employee: body.employee_id,
            booked_for: body.booked_for,
            place: body.place.clone(),
            recorded_at: event.envelope.time,
            version: event.envelope.id,
            seq: event.seq.0.cast_signed(),
            cancelled: None,
            closed: None,
            decided: None,
        }
    }

    /// A booking about which an event takes back what was decided.
    pub(crate) fn reopened(event: &Recorded, body: &RecordedBooking) -> Self {
        let decided = Decided::of(event, BookingDecision::Reopened, None);
        Self { decided: Some(decided), ..Self::of(event, body) }
    }
}

impl Closing {
    /// As an event says it.
    pub(crate) fn of(event: &Recorded) -> Self {
        let (at, version) = (event.envelope.time, event.envelope.id);
        Self { at, version, seq: event.seq.0.cast_signed() }
    }
}

impl Decided {
    /// That it is cancelled then.
    pub(crate) fn planned(event: &Recorded, due: Timestamp, reason: &String) -> Self {
        Self::of(event, BookingDecision::Planned(due), Some(reason))
    }

    /// What an event says, and why.
    pub(crate) fn of(event: &Recorded, decision: BookingDecision, reason: Option<&String>) -> Self {
        Self {
            decision,
            at: event.envelope.time,
            actor: event.envelope.actor.to_string(),
            reason: reason.cloned(),
            seq: event.seq.0.cast_signed(),
        }
    }
}

impl PolicyRow {
    pub(crate) fn of(event: &Recorded, body: &SetLeaverPolicy) -> Self {
        let (at, actor) = (event.envelope.time, event.envelope.actor.to_string());
        Self { policy: body.policy, at, actor }
    }
}
