//! Who has left since when, and the policies for what they leave behind.

use std::sync::Arc;

use events::{BookingId, EmployeeId, LeaverPolicy, Seq};
use imbl::{OrdMap, OrdSet};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// When somebody left, by what the directory says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// When.
    pub at: Timestamp,
    /// The event with which they left.
    pub seq: Seq,
}

/// What becomes of the bookings of one resource type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetPolicy {
    /// The policy.
    pub policy: LeaverPolicy,
    /// Who set it, by id.
    pub actor: String,
}

/// Who has left, the policies, and when something is due for their bookings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Leavers {
    /// Those whom the directory says to have left, held ones too.
    pub(crate) left: OrdMap<EmployeeId, Departure>,
    /// By resource type; none where bookings are kept.
    pub(crate) policies: OrdMap<Arc<str>, Arc<SetPolicy>>,
    /// The bookings for which something is due by itself, the first first. Derived from all else.
    pub(crate) due: OrdSet<(Timestamp, BookingId)>,
    pub(crate) due_by_booking: OrdMap<BookingId, Timestamp>,
}
