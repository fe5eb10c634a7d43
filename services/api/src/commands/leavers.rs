//! Cancelling a leaver's future bookings by hand, at once or later.

use access::{CommandError, WriteAccess};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, response};
use eventlog::clock;
use events::{EventId, Scope};
use jiff::Timestamp;
use roster::{BookingDecision, BookingWish};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::json_body::Body;

use super::answer::answer;
use super::caller::Caller;
use super::due::Due;
use super::leavers_booking::decide_named;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Cancellation {
    /// Why; kept with the booking. 1,024 bytes of UTF-8 at most, and not blank.
    #[schema(min_length = 1)]
    reason: String,
    /// For so many seconds it can be taken back, before it is cancelled by itself; at once, if it is left
    /// out. Instead of `at`.
    #[schema(minimum = 0, maximum = 86400)]
    undo_seconds: Option<u32>,
    /// When it is cancelled by itself, before the booking ends: RFC 3339 with an offset. Instead of
    /// `undoSeconds`.
    #[schema(format = DateTime)]
    at: Option<String>,
    /// The booking's `version` that you saw. At another one nothing is decided. Left out, it is about the booking
    /// as it is by then.
    #[schema(value_type = Option<uuid::Uuid>)]
    version: Option<EventId>,
}

/// A cancellation that is due later.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CancellationDue {
    /// When the booking is cancelled by itself, unless that is withdrawn before.
    #[schema(value_type = String, format = DateTime)]
    due: Timestamp,
}

/// Cancel a leaver's booking
///
/// Only bookings of Former people that have not ended yet. With `undoSeconds` or `at` it is planned: the
/// booking is cancelled by itself when that is due, unless it is withdrawn before, the booking system
/// changes the booking, or the person is back. Said again, nothing happens: the first reason stands, and
/// the first plan.
#[utoipa::path(
    post,
    path = "/api/v1/{tenant}/leavers/{employee}/bookings/{booking}/cancel",
    operation_id = "cancelLeaverBooking",
    tag = "leavers",
    params(
        ("employee" = uuid::Uuid, Path, description = "The employee"),
        ("booking" = String, Path, description = "The booking system's reference, or our id of the booking, URL-encoded", min_length = 1),
    ),
    request_body = Cancellation,
    responses(
        (status = 202, description = "Planned: nothing is cancelled yet", body = CancellationDue),
        (status = 204, description = "Cancelled"),
        (status = 404, description = "No such person or booking"),
        (status = 409, description = "Not a leaver, the booking is past or ends before that, or has another version, or the name is of several"),
    ),
    security(("apiToken" = ["leavers:cancel"])),
)]
pub(super) async fn cancel(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, employee, booking)): Path<(String, String, String)>,
    Body(Cancellation { reason, undo_seconds, at, version }): Body<Cancellation>,
) -> Result<Response, CommandError> {
    caller.may(Scope::LeaversCancel)?;
    let due = Due { undo_seconds, at: at.as_deref() }.from(clock::now())?;
    let wish = match due {
        None => BookingWish::Cancel { reason },
        Some(due) => BookingWish::CancelAt { due, reason },
    };
    let (booking, done) = decide_named(&access, &caller, &employee, booking, wish, version).await?;
    let tenant = done.roster.tenant(caller.tenant());
    let booking = tenant.zip(booking).and_then(|(tenant, id)| tenant.bookings().get(id));
    let decision = tenant.zip(booking).and_then(|(tenant, one)| tenant.decision(one));
    let stands = booking.is_some_and(|booking| booking.cancelled.is_none());
    Ok(match decision {
        Some(BookingDecision::Cancel { due, .. }) if stands => {
            let body: response::Response = Json(CancellationDue { due: *due }).into_response();
            answer(StatusCode::ACCEPTED, done.position, body)
        }
        Some(
            BookingDecision::Cancel { .. }
            | BookingDecision::Keep
            | BookingDecision::Withdrawn
            | BookingDecision::Reopened,
        )
        | None => answer(StatusCode::NO_CONTENT, done.position, ().into_response()),
    })
}
