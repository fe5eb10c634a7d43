//! Bookings, as they count.

use events::{BookedPlace, BookingId, Canceller, EmployeeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Change;

/// A booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    /// The booking, as Rollcall numbers it.
    pub id: BookingId,
    /// The booking system's own id, unique in a tenant.
    pub reference: String,
    /// Whose booking it is.
    pub employee_id: EmployeeId,
    #[serde(flatten)]
    pub place: BookedPlace,
    /// Who cancelled it; null while it stands.
    pub cancelled_by: Option<Canceller>,
}

/// A booking after the event. The body of all events about bookings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingEvent {
    pub booking: Booking,
    /// Why it was cancelled; always there when an administrator cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub reason: Option<String>,
    #[serde(flatten)]
    pub change: Change,
}
