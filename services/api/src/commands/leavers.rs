//! Cancelling a leaver's future bookings by hand.

use access::{CommandError, WriteAccess};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use eventlog::clock;
use events::Scope;
use roster::{Intent, Refusal, Roster};
use serde::Deserialize;
use utoipa::ToSchema;
use web::json_body::Body;
use web::path_id;

use super::answer::answer;
use super::caller::Caller;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cancellation {
    /// Why; kept with the booking. 1,024 bytes of UTF-8 at most, and not blank.
    #[schema(min_length = 1)]
    reason: String,
}

/// Cancel a leaver's booking
///
/// Only bookings of Former people that have not ended yet. Said again, nothing
/// happens: the first reason stands.
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
        (status = 204, description = "Cancelled"),
        (status = 404, description = "No such person or booking"),
        (status = 409, description = "Not a leaver, or the booking is past"),
    ),
    security(("apiToken" = ["leavers:cancel"])),
)]
pub(super) async fn cancel(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, employee, booking)): Path<(String, String, String)>,
    Body(Cancellation { reason }): Body<Cancellation>,
) -> Result<Response, CommandError> {
    caller.may(Scope::LeaversCancel)?;
    let employee = path_id("employee", &employee)?;
    let now = clock::now();
    let tenant = caller.tenant().clone();
    let intent = move |roster: &Roster| {
        let bookings = roster.tenant(&tenant).map(roster::TenantRoster::bookings);
        let known = bookings.and_then(|bookings| {
            let by_id = || bookings.get(booking.parse().ok()?);
            bookings.by_reference(&booking).or_else(by_id)
        });
        // Somebody else's booking is none of this person's.
        let known = known.filter(|booking| booking.employee == employee);
        let booking = known.ok_or_else(|| Refusal::NoSuchBooking(booking.clone()))?.id;
        let reason = reason.clone();
        Ok(Intent::CancelLeaversBooking { employee, booking, reason, now })
    };
    let done = caller.execute(&access, Scope::LeaversCancel, intent).await?;
    Ok(answer(StatusCode::NO_CONTENT, done.position, ().into_response()))
}
