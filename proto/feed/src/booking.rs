//! Bookings, as they count.

use events::{BookedPlace, BookingId, BookingSource, BookingState, Canceller, EmployeeId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Change;

/// A booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    /// The booking, as Rollcall numbers it.
    pub id: BookingId,
    /// Which booking system it is of, by the name that the tenant gave it; `default` where there is
    /// one. Events of before there could be several lack it: those too are of `default`.
    #[serde(default)]
    pub source: BookingSource,
    /// The booking system's own id, unique in its source.
    pub reference: String,
    /// Whose booking it is.
    pub employee_id: EmployeeId,
    /// Whom the booking system books it for, where it was handed over in Rollcall since: it has not said
    /// that it knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "EmployeeId")]
    pub booked_for: Option<EmployeeId>,
    #[serde(flatten)]
    pub place: BookedPlace,
    /// Where it stands: `booked`; `cancelled` here, while its booking system has not said that it
    /// knows; or `closed`, when it has, or cancelled of itself. Events of before 2026-12 lack it.
    #[serde(default = "booked")]
    pub state: BookingState,
    /// Who cancelled it; null while it stands.
    pub cancelled_by: Option<Canceller>,
    /// How it was cancelled; absent while it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Cancellation")]
    pub cancellation: Option<Cancellation>,
}

/// How a booking was cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Cancellation {
    /// When: RFC 3339, in UTC.
    pub at: Timestamp,
    /// Who, by id, as `ce-actor` has it: `credential:<id>`, `portal:<administrator id>`; other kinds may come.
    pub actor: String,
    /// Why; always there when an administrator cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub reason: Option<String>,
}

fn booked() -> BookingState {
    BookingState::Booked
}

/// A booking after the event. The body of all events about bookings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingEvent {
    pub booking: Booking,
    /// Why it was cancelled; always there when an administrator cancelled. `booking.cancellation`
    /// says it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub reason: Option<String>,
    #[serde(flatten)]
    pub change: Change,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_booking_of_before_there_were_sources_and_states_is_still_read() {
        let old = json!({
            "id": "01956000-9a10-7d22-8e66-71f3b0c2aa05",
            "reference": "desk-2025-118",
            "employeeId": "01955b47-65cf-7dee-8dd6-0ff8d0ba9900",
            "resource": "Desk 7",
            "startsAt": "2025-06-20T07:00:00Z",
            "endsAt": "2025-06-20T15:00:00Z",
            "cancelledBy": null,
        });
        let read: Booking = serde_json::from_value(old).unwrap();
        assert_eq!((read.source.as_str(), read.state), ("default", BookingState::Booked));
        assert_eq!(read.cancellation, None);
    }
}
