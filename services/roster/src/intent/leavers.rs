//! What shall become of leavers' bookings, other than that one is cancelled at once.

use events::{BookingId, EmployeeId, LeaverPolicy};
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

/// What an administrator wants of a leaver's booking, other than that it is cancelled at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BookingWish {
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
}
