//! Cancelling a leaver's future bookings by hand.

use access::{CommandError, WriteAccess};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use eventlog::clock;
use events::Scope;
use roster::{Booking, Intent, Refusal, Roster};
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
        (status = 409, description = "Not a leaver, the booking is past, or several booking systems have one with this reference"),
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
    let (tenant, source) = (caller.tenant().clone(), caller.source().cloned());
    let intent = move |roster: &Roster| {
        let bookings = roster.tenant(&tenant).map(roster::TenantRoster::bookings);
        let no_such = || Refusal::NoSuchBooking(booking.clone());
        let bookings = bookings.ok_or_else(no_such)?;
        // Somebody else's booking is none of this person's.
        let theirs = |one: &&Booking| {
            one.employee == employee && source.as_ref().is_none_or(|source| one.source == *source)
        };
        let mut referred = bookings.with_reference(&booking).filter(theirs);
        let by_id = || bookings.get(booking.parse().ok()?).filter(theirs);
        let known = match (referred.next(), referred.next()) {
            (Some(_), Some(_)) => Err(Refusal::AmbiguousBooking(booking.clone())),
            (Some(one), None) => Ok(one),
            (None, _) => by_id().ok_or_else(no_such),
        };
        let booking = known?.id;
        let reason = reason.clone();
        Ok(Intent::CancelLeaversBooking { employee, booking, reason, now })
    };
    let done = caller.execute(&access, Scope::LeaversCancel, intent).await?;
    Ok(answer(StatusCode::NO_CONTENT, done.position, ().into_response()))
}
