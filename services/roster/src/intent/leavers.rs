//! What shall become of leavers' bookings.

use events::{BookingId, EmployeeId, EventId, LeaverPolicy};
use jiff::Timestamp;

/// What shall become of leavers' bookings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaversIntent {
    /// An administrator decides about a future booking of somebody Former.
    Decide {
        /// The person.
        employee: EmployeeId,
        /// The booking.
        booking: BookingId,
        /// What shall become of it.
        wish: BookingWish,
        /// The booking's version that they saw, if they say so: at any other one nothing is decided.
        seen: Option<EventId>,
        /// The time, by which a booking is future or past.
        now: Timestamp,
    },
    /// What is due for a booking by itself is done.
    CarryOut {
        /// The booking.
        booking: BookingId,
        /// The time, by which it is due.
        now: Timestamp,
    },
    /// This becomes of the bookings of a resource type.
    SetPolicy {
        /// The resource type.
        resource_type: String,
        /// What becomes of them.
        policy: LeaverPolicy,
    },
}

/// What an administrator wants of a leaver's booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BookingWish {
    /// It is cancelled.
    Cancel {
        /// Why.
        reason: String,
    },
    /// It is cancelled by itself when it is due.
    CancelAt {
        /// When.
        due: Timestamp,
        /// Why.
        reason: String,
    },
    /// It is not cancelled by itself.
    WithdrawCancellation,
    /// It is kept.
    Keep {
        /// Why, if somebody says so.
        reason: Option<String>,
    },
    /// It is a colleague's.
    HandOver {
        /// Whose.
        to: EmployeeId,
    },
    /// It waits for somebody to decide by hand, and is the leaver's again if a colleague had it.
    Reopen,
}
