//! Facts from a booking system.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaver_policy::without_space_around;
use crate::{BookingId, BookingSource, EmployeeId};

/// A booking as it is after the event. The body of `booking.recorded` and `booking.changed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordedBooking {
    pub booking_id: BookingId,
    /// Which booking system it is of; `default` if it is left out.
    #[serde(default, skip_serializing_if = "BookingSource::is_default")]
    pub source: BookingSource,
    /// The booking system's own id, unique in its source.
    pub reference: String,
    /// Whose booking it is.
    pub employee_id: EmployeeId,
    /// Whom the booking system books it for, where it was handed over here to somebody else since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "EmployeeId")]
    pub booked_for: Option<EmployeeId>,
    #[serde(flatten)]
    pub place: BookedPlace,
}

/// A leaver's booking that is a colleague's from now on. The body of `booking.handed-over`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HandedOverBooking {
    #[serde(flatten)]
    pub booking: RecordedBooking,
    /// Who set the policy by which it was handed over, by id as in `ce-actor`; absent where somebody
    /// handed it over by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub planned_by: Option<String>,
}

/// A leaver's booking about which somebody has taken back what was decided: it waits for somebody to decide by
/// hand, and no policy touches it until then. One that a colleague had is the leaver's again. The body of
/// `booking.reopened`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReopenedBooking {
    #[serde(flatten)]
    pub booking: RecordedBooking,
}

/// What is booked, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookedPlace {
    /// The desk, room or other thing that is booked.
    pub resource: String,
    /// Of which type that is, by the booking system's own word, such as `desk`, `room` or `parking`: 64
    /// bytes at most. Absent where it does not say.
    #[serde(
        default,
        skip_serializing_if = "String::is_empty",
        deserialize_with = "without_space_around"
    )]
    pub resource_type: String,
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
    /// Which booking system it is of; `default` if it is left out.
    #[serde(default, skip_serializing_if = "BookingSource::is_default")]
    pub source: BookingSource,
    /// The booking system's own id.
    pub reference: String,
    /// Whose booking it was.
    pub employee_id: EmployeeId,
    pub by: Canceller,
    /// Why; always there when an administrator cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub reason: Option<String>,
    /// Who planned the cancellation, or set the policy by which it came, by id as in `ce-actor`; absent
    /// where it was carried out at once by whom `ce-actor` names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub planned_by: Option<String>,
}

/// A leaver's booking that will be cancelled by itself when it is due, unless that is withdrawn before,
/// or the person is back. The body of `booking.cancellation-planned`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlannedCancellation {
    pub booking_id: BookingId,
    /// Which booking system it is of; `default` if it is left out.
    #[serde(default, skip_serializing_if = "BookingSource::is_default")]
    pub source: BookingSource,
    /// The booking system's own id.
    pub reference: String,
    /// Whose booking it is.
    pub employee_id: EmployeeId,
    /// When it will be cancelled: RFC 3339, in UTC.
    pub due: Timestamp,
    /// Why.
    pub reason: String,
}

/// A planned cancellation that will not be carried out. The body of `booking.cancellation-withdrawn`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawnCancellation {
    pub booking_id: BookingId,
    /// Which booking system it is of; `default` if it is left out.
    #[serde(default, skip_serializing_if = "BookingSource::is_default")]
    pub source: BookingSource,
    /// The booking system's own id.
    pub reference: String,
    /// Whose booking it is.
    pub employee_id: EmployeeId,
}

/// A leaver's booking that somebody has seen and decided to keep. The body of `booking.kept`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeptBooking {
    pub booking_id: BookingId,
    /// Which booking system it is of; `default` if it is left out.
    #[serde(default, skip_serializing_if = "BookingSource::is_default")]
    pub source: BookingSource,
    /// The booking system's own id.
    pub reference: String,
    /// Whose booking it is.
    pub employee_id: EmployeeId,
    /// Why, if somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub reason: Option<String>,
}

/// A booking that was cancelled here, and that its booking system, whom `ce-actor` names, withdrew
/// after that: it knows of the cancellation, and nothing is left to do. The body of `booking.closed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClosedBooking {
    pub booking_id: BookingId,
    /// Which booking system it is of; `default` if it is left out.
    #[serde(default, skip_serializing_if = "BookingSource::is_default")]
    pub source: BookingSource,
    /// The booking system's own id.
    pub reference: String,
    /// Whose booking it was.
    pub employee_id: EmployeeId,
}

/// Where a booking stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum BookingState {
    /// It stands.
    Booked,
    /// It was cancelled here, and its booking system has not said that it knows.
    Cancelled,
    /// It will not take place, and its booking system knows: it withdrew the booking, of itself or
    /// after it was cancelled here.
    Closed,
}

impl BookingState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Booked, Self::Cancelled, Self::Closed];

    /// The state of a booking that somebody cancelled, or nobody, and whose booking system has said
    /// since that it knows, or not.
    pub fn of(cancelled: Option<Canceller>, acknowledged: bool) -> Self {
        match (cancelled, acknowledged) {
            (None, _) => Self::Booked,
            (Some(Canceller::Administrator), false) => Self::Cancelled,
            (Some(Canceller::Administrator), true) | (Some(Canceller::BookingSystem), _) => {
                Self::Closed
            }
        }
    }

    /// The name, as in bodies and in queries.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Cancelled => "cancelled",
            Self::Closed => "closed",
        }
    }
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
