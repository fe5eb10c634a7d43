//! Facts from a booking system.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{BookingId, EmployeeId};

/// A booking as it is after the event. The body of `booking.recorded` and `booking.changed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordedBooking {
    pub booking_id: BookingId,
    /// The booking system's own id, unique in a tenant.
    pub reference: String,
    /// Whose booking it is.
    pub employee_id: EmployeeId,
    #[serde(flatten)]
    pub place: BookedPlace,
}

/// What is booked, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookedPlace {
    /// The desk, room or other thing that is booked.
    pub resource: String,
    /// What it is for, if anybody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub title: Option<String>,
    /// When it begins: RFC 3339, in UTC.
    pub starts_at: Timestamp,
    /// When it ends: RFC 3339, in UTC; after `startsAt`.
    pub ends_at: Timestamp,
}

/// A booking that will not take place. The body of `booking.cancelled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CancelledBooking {
    pub booking_id: BookingId,
    /// The booking system's own id.
    pub reference: String,
    /// Whose booking it was.
    pub employee_id: EmployeeId,
    pub by: Canceller,
    /// Why; always there when an administrator cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub reason: Option<String>,
}

/// Who cancels a booking. The actor, by id, is in the event's headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Canceller {
    /// The booking system withdrew it.
    BookingSystem,
    /// A person cancelled it by hand, with a reason: a leaver's future booking.
    Administrator,
}
