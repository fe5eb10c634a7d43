//! Deciding otherwise about a leaver's booking: kept, handed over, reopened, or no cancellation after all.

use std::sync::mpsc;

use access::{CommandError, WriteAccess};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use eventlog::clock;
use events::{BookingId, EmployeeId, EventId, Scope};
use roster::{Booking, BookingWish, Intent, LeaversIntent, Roster};
use serde::Deserialize;
use utoipa::ToSchema;
use web::json_body::{Body, OptionalBody};
use web::path_id;
use writer::Committed;

use super::answer::answer;
use super::caller::Caller;
use super::named_booking::find;

/// Why a booking is kept; it may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keeping {
    /// Why; kept with the booking. 1,024 bytes of UTF-8 at most, and not blank.
    #[schema(min_length = 1)]
    reason: Option<String>,
    /// The booking's `version` that you saw. At another one nothing is decided. Left out, it is about the booking
    /// as it is by then.
    #[schema(value_type = Option<uuid::Uuid>)]
    version: Option<EventId>,
}

/// Which booking is meant; it may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeenBooking {
    /// The booking's `version` that you saw. At another one nothing is decided. Left out, it is about the booking
    /// as it is by then.
    #[schema(value_type = Option<uuid::Uuid>)]
    version: Option<EventId>,
}

/// Who takes a booking over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandOver {
    /// The colleague, who has to be Active.
    #[schema(value_type = String, format = Uuid)]
    to: EmployeeId,
    /// The booking's `version` that you saw. At another one nothing is decided. Left out, it is about the booking
    /// as it is by then.
    #[schema(value_type = Option<uuid::Uuid>)]
    version: Option<EventId>,
}

/// Makes true what somebody wants of a leaver's booking, and answers without a body.
async fn decide(
    access: &WriteAccess,
    caller: &Caller,
    employee: &str,
    name: String,
    wish: BookingWish,
    seen: Option<EventId>,
) -> Result<Response, CommandError> {
    let (_, done) = decide_named(access, caller, employee, name, wish, seen).await?;
    Ok(answer(StatusCode::NO_CONTENT, done.position, ().into_response()))
}

/// Makes true what somebody wants of a leaver's booking, and tells which that is.
pub(super) async fn decide_named(
    access: &WriteAccess,
    caller: &Caller,
    employee: &str,
    name: String,
    wish: BookingWish,
    seen: Option<EventId>,
) -> Result<(Option<BookingId>, Committed), CommandError> {
    caller.may(Scope::LeaversCancel)?;
    let employee = path_id("employee", employee)?;
    let now = clock::now();
    let (tenant, source) = (caller.tenant().clone(), caller.source().cloned());
    // Once it is decided about, it has another version, by which its name would find it no more.
    let (found, meant) = mpsc::channel();
    let intent = move |roster: &Roster| {
        let is_theirs =
            |one: &Booking| one.employee == employee || is_theirs_too(&wish, employee, one);
        let booking = find(roster, &tenant, source.as_ref(), &name, seen, is_theirs)?;
        found.send(booking).ok();
        let wish = wish.clone();
        Ok(Intent::Leavers(LeaversIntent::Decide { employee, booking, wish, seen, now }))
    };
    let done = caller.execute(access, Scope::LeaversCancel, intent).await?;
    Ok((meant.try_iter().last(), done))
}

/// Whether a colleague's booking is meant too, where it is told of as the leaver's.
fn is_theirs_too(wish: &BookingWish, employee: EmployeeId, one: &Booking) -> bool {
    match wish {
        // Said again, it is the colleague's by then.
        BookingWish::HandOver { to } => one.employee == *to && one.booked_for.is_some(),
        // It is the colleague's until then.
        BookingWish::Reopen => one.booked_for == Some(employee),
        BookingWish::Cancel { .. }
        | BookingWish::CancelAt { .. }
        | BookingWish::WithdrawCancellation
        | BookingWish::Keep { .. } => false,
    }
}

/// Withdraw a planned cancellation
///
/// The booking waits for a decision again, unless a policy says what becomes of it. Said again, or where nothing is planned, nothing happens. What a
/// policy plans is not withdrawn for one booking: keep it instead.
#[utoipa::path(
    post,
    path = "/api/v1/{tenant}/leavers/{employee}/bookings/{booking}/withdraw-cancellation",
    operation_id = "withdrawLeaverBookingCancellation",
    tag = "leavers",
    params(
        ("employee" = uuid::Uuid, Path, description = "The employee"),
        ("booking" = String, Path, description = "The booking system's reference, or our id of the booking, URL-encoded", min_length = 1),
    ),
    request_body = Option<SeenBooking>,
    responses(
        (status = 204, description = "No cancellation is planned by hand"),
        (status = 404, description = "No such person or booking"),
        (status = 409, description = "Not a leaver, it is cancelled already, a policy cancels it, or it has another version, or the name is of several"),
    ),
    security(("apiToken" = ["leavers:cancel"])),
)]
pub(super) async fn withdraw(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, employee, booking)): Path<(String, String, String)>,
    OptionalBody(SeenBooking { version }): OptionalBody<SeenBooking>,
) -> Result<Response, CommandError> {
    let wish = BookingWish::WithdrawCancellation;
    decide(&access, &caller, &employee, booking, wish, version).await
}

/// Reopen a leaver's booking
///
/// What was decided is taken back: it waits for somebody to decide by hand, and no policy touches it until then,
/// for it would decide at once what was just taken back. One that was handed over is the leaver's again, and the
/// feed tells it (`booking.changed`). A planned cancellation ends. Said again, or where nothing was decided, nothing
/// happens.
#[utoipa::path(
    post,
    path = "/api/v1/{tenant}/leavers/{employee}/bookings/{booking}/reopen",
    operation_id = "reopenLeaverBooking",
    tag = "leavers",
    params(
        ("employee" = uuid::Uuid, Path, description = "The leaver, also where a colleague has the booking by now"),
        ("booking" = String, Path, description = "The booking system's reference, or our id of the booking, URL-encoded", min_length = 1),
    ),
    request_body = Option<SeenBooking>,
    responses(
        (status = 204, description = "It waits for a decision"),
        (status = 404, description = "No such person or booking"),
        (status = 409, description = "Not a leaver, or the booking is cancelled or past, or has another version, or the name is of several"),
    ),
    security(("apiToken" = ["leavers:cancel"])),
)]
pub(super) async fn reopen(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, employee, booking)): Path<(String, String, String)>,
    OptionalBody(SeenBooking { version }): OptionalBody<SeenBooking>,
) -> Result<Response, CommandError> {
    decide(&access, &caller, &employee, booking, BookingWish::Reopen, version).await
}

/// Keep a leaver's booking
///
/// Somebody has seen it and decided that it stays: it waits for nobody any more, a planned cancellation
/// ends, and no policy touches it. Cancelling it ends that, and so does the booking system that changes it.
/// Said again, nothing happens: the first reason stands.
#[utoipa::path(
    post,
    path = "/api/v1/{tenant}/leavers/{employee}/bookings/{booking}/keep",
    operation_id = "keepLeaverBooking",
    tag = "leavers",
    params(
        ("employee" = uuid::Uuid, Path, description = "The employee"),
        ("booking" = String, Path, description = "The booking system's reference, or our id of the booking, URL-encoded", min_length = 1),
    ),
    request_body = Option<Keeping>,
    responses(
        (status = 204, description = "Kept"),
        (status = 404, description = "No such person or booking"),
        (status = 409, description = "Not a leaver, or the booking is cancelled or past, or has another version, or the name is of several"),
    ),
    security(("apiToken" = ["leavers:cancel"])),
)]
pub(super) async fn keep(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, employee, booking)): Path<(String, String, String)>,
    OptionalBody(Keeping { reason, version }): OptionalBody<Keeping>,
) -> Result<Response, CommandError> {
    decide(&access, &caller, &employee, booking, BookingWish::Keep { reason }, version).await
}

/// Hand a leaver's booking over to a colleague
///
/// It is theirs from now on, also when the booking system repeats that it is the leaver's; the feed tells
/// it (`booking.changed`), so that the booking system can follow. Said again, nothing happens.
#[utoipa::path(
    post,
    path = "/api/v1/{tenant}/leavers/{employee}/bookings/{booking}/hand-over",
    operation_id = "handOverLeaverBooking",
    tag = "leavers",
    params(
        ("employee" = uuid::Uuid, Path, description = "The leaver"),
        ("booking" = String, Path, description = "The booking system's reference, or our id of the booking, URL-encoded", min_length = 1),
    ),
    request_body = HandOver,
    responses(
        (status = 204, description = "The colleague's"),
        (status = 404, description = "No such person or booking"),
        (status = 409, description = "Not a leaver, the colleague is not Active, or the booking is cancelled or past, or has another version, or the name is of several"),
    ),
    security(("apiToken" = ["leavers:cancel"])),
)]
pub(super) async fn hand_over(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, employee, booking)): Path<(String, String, String)>,
    Body(HandOver { to, version }): Body<HandOver>,
) -> Result<Response, CommandError> {
    decide(&access, &caller, &employee, booking, BookingWish::HandOver { to }, version).await
}
