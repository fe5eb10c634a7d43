//! `POST /api/v1/{tenant}/leavers/bookings/keep` and `hand-over`: many bookings of leavers at once.

use std::collections::BTreeMap;

use access::{CommandError, DecideMany, DecideOutcome, DecideResult, Meant, WriteAccess};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use eventlog::clock;
use events::{BookingId, BookingSource, EmployeeId, EventId, Scope, Seq};
use roster::BookingWish;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::Problem;
use web::json_body::Body;
use web::position::Seen;

use super::caller::Caller;

/// Which bookings of leavers are kept, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeepMany {
    /// These bookings, by Rollcall's ids: 1,000 at most. They may be of several people.
    #[schema(value_type = Vec<uuid::Uuid>, min_items = 1, max_items = 1000)]
    bookings: Vec<BookingId>,
    /// The `version` that you saw of each, by the booking's id: at another one nothing is decided about it. One that
    /// is left out is kept as it is by then.
    #[serde(default)]
    #[schema(required = false, value_type = BTreeMap<String, uuid::Uuid>)]
    versions: BTreeMap<BookingId, EventId>,
    /// Why; kept with each. 1,024 bytes of UTF-8 at most, and not blank.
    #[schema(min_length = 1)]
    reason: Option<String>,
}

/// Which bookings of leavers a colleague takes over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandOverMany {
    /// These bookings, by Rollcall's ids: 1,000 at most. They may be of several people.
    #[schema(value_type = Vec<uuid::Uuid>, min_items = 1, max_items = 1000)]
    bookings: Vec<BookingId>,
    /// The `version` that you saw of each, by the booking's id: at another one nothing is decided about it. One that
    /// is left out is handed over as it is by then.
    #[serde(default)]
    #[schema(required = false, value_type = BTreeMap<String, uuid::Uuid>)]
    versions: BTreeMap<BookingId, EventId>,
    /// The colleague, who has to be Active.
    #[schema(value_type = String, format = Uuid)]
    to: EmployeeId,
}

/// What came of deciding about many.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BookingResults {
    /// What came of each, in the order in which they were named.
    results: Vec<BookingResult>,
}

/// What came of one booking.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BookingResult {
    /// The booking.
    #[schema(value_type = uuid::Uuid)]
    id: BookingId,
    status: BookingResultStatus,
    /// Which booking system it is of; left out if it was refused, as the two that follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    source: Option<BookingSource>,
    /// The booking system's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    employee_id: Option<EmployeeId>,
    /// Why one was refused, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// What came of one booking.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BookingResultStatus {
    /// It is as you wanted it.
    Done,
    /// It was so before: the first reason stands.
    Unchanged,
    /// It stands as it was.
    Refused,
}

/// Keep many bookings of leavers
///
/// Each is decided by itself, as if it were kept alone, and has its own result: that one was refused changes nothing
/// for the others. What was not refused is durable. Each counts as a request of the tenant. Said again, nothing
/// happens.
#[utoipa::path(
    post,
    path = "/api/v1/{tenant}/leavers/bookings/keep",
    operation_id = "keepLeaverBookings",
    tag = "leavers",
    request_body = KeepMany,
    responses((status = 200, description = "A result for each", body = BookingResults)),
    security(("apiToken" = ["leavers:cancel"])),
)]
pub(super) async fn keep(
    State(access): State<WriteAccess>,
    caller: Caller,
    Body(KeepMany { bookings, versions, reason }): Body<KeepMany>,
) -> Result<Response, CommandError> {
    each(&access, &caller, &bookings, versions, BookingWish::Keep { reason }).await
}

/// Hand many bookings of leavers over to a colleague
///
/// Each is decided by itself, as if it were handed over alone, and has its own result: that one was refused changes
/// nothing for the others. What was not refused is durable. Each counts as a request of the tenant. Said again,
/// nothing happens.
#[utoipa::path(
    post,
    path = "/api/v1/{tenant}/leavers/bookings/hand-over",
    operation_id = "handOverLeaverBookings",
    tag = "leavers",
    request_body = HandOverMany,
    responses((status = 200, description = "A result for each", body = BookingResults)),
    security(("apiToken" = ["leavers:cancel"])),
)]
pub(super) async fn hand_over(
    State(access): State<WriteAccess>,
    caller: Caller,
    Body(HandOverMany { bookings, versions, to }): Body<HandOverMany>,
) -> Result<Response, CommandError> {
    each(&access, &caller, &bookings, versions, BookingWish::HandOver { to }).await
}

async fn each(
    access: &WriteAccess,
    caller: &Caller,
    bookings: &[BookingId],
    versions: BTreeMap<BookingId, EventId>,
    wish: BookingWish,
) -> Result<Response, CommandError> {
    caller.still_may(access, Scope::LeaversCancel)?;
    let many = DecideMany {
        tenant: caller.tenant().clone(),
        meant: these(bookings, &versions)?,
        seen: versions,
        source: caller.source().cloned(),
        wish,
        now: clock::now(),
    };
    let (results, _) = decide(access, caller, many).await?;
    let position = results.iter().filter_map(|result| result.position).max();
    let results = results.into_iter().map(BookingResult::from).collect();
    Ok(answer(BookingResults { results }, position))
}

/// The bookings that a body names, and of which it may say the version.
pub(super) fn these(
    bookings: &[BookingId],
    versions: &BTreeMap<BookingId, EventId>,
) -> Result<Meant, Problem> {
    let (sent, most) = (bookings.len(), DecideMany::MAX);
    if sent == 0 {
        return Err(Problem::malformed("bookings names none; name one at least"));
    }
    if sent > most {
        let detail = format!("{sent} bookings are named, and {most} are the most; split it");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    match versions.keys().find(|id| !bookings.contains(id)) {
        Some(other) => Err(Problem::malformed(format!(
            "versions has the booking {other}, which bookings does not name; name it in both"
        ))),
        None => Ok(Meant::These(bookings.to_vec())),
    }
}

/// Decides about each, and tells how many are left.
pub(super) async fn decide(
    access: &WriteAccess,
    caller: &Caller,
    many: DecideMany,
) -> Result<(Vec<DecideResult>, usize), CommandError> {
    let (bookings, remaining) = many.bookings(&*access.current_roster().await?)?;
    access.counts().more(caller.tenant(), bookings.len().saturating_sub(1))?;
    let results = many.each(bookings, |one| {
        caller.execute(access, Scope::LeaversCancel, move |roster| one.intent(roster))
    });
    Ok((results.await, remaining))
}

/// The answer about many, which tells where in the log the last decision is.
pub(super) fn answer(results: impl Serialize, position: Option<Seq>) -> Response {
    let mut response = Json(results).into_response();
    if let Some(position) = position {
        response.extensions_mut().insert(Seen(position));
    }
    response
}

impl From<DecideResult> for BookingResult {
    fn from(result: DecideResult) -> Self {
        let DecideResult { id, booking, outcome, position: _ } = result;
        let (status, detail) = match outcome {
            DecideOutcome::Done | DecideOutcome::Planned(_) => (BookingResultStatus::Done, None),
            DecideOutcome::Unchanged { due: _ } => (BookingResultStatus::Unchanged, None),
            DecideOutcome::Refused(why) => (BookingResultStatus::Refused, Some(why)),
        };
        Self {
            id,
            status,
            source: booking.as_ref().map(|one| one.source.clone()),
            reference: booking.as_ref().map(|one| one.reference.to_string()),
            employee_id: booking.as_ref().map(|one| one.employee),
            detail,
        }
    }
}
