//! `POST /api/v1/{tenant}/leavers/bookings/cancel`: many bookings of leavers at once.

use std::collections::BTreeMap;

use access::{CommandError, DecideMany, DecideOutcome, DecideResult, Meant, WriteAccess};
use axum::extract::State;
use axum::response::Response;
use eventlog::clock;
use events::{BookingId, BookingSource, EmployeeId, EventId, Scope};
use jiff::Timestamp;
use roster::BookingWish;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::Problem;
use web::json_body::Body;

use super::caller::Caller;
use super::decide_many::{answer, decide, these};
use super::due::Due;

/// Which bookings of leavers shall be cancelled, and why. They are named by one of two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Cancellations {
    /// Why; kept with each. 1,024 bytes of UTF-8 at most, and not blank.
    #[schema(min_length = 1)]
    reason: String,
    /// These bookings, by Rollcall's ids: 1,000 at most. They may be of several people.
    #[schema(value_type = Option<Vec<uuid::Uuid>>, min_items = 1, max_items = 1000)]
    bookings: Option<Vec<BookingId>>,
    /// The `version` that you saw of each, by the booking's id: at another one nothing is decided about it. One that
    /// is left out is cancelled as it is by then.
    #[serde(default)]
    #[schema(required = false, value_type = BTreeMap<String, uuid::Uuid>)]
    versions: BTreeMap<BookingId, EventId>,
    /// All bookings of this person that have not ended: the next 1,000.
    #[schema(value_type = Option<uuid::Uuid>)]
    employee_id: Option<EmployeeId>,
    /// For so many seconds they can be taken back, before they are cancelled by themselves; at once, if it is
    /// left out. Instead of `at`.
    #[schema(minimum = 0, maximum = 86400)]
    undo_seconds: Option<u32>,
    /// When they are cancelled by themselves: RFC 3339 with an offset. Instead of `undoSeconds`.
    #[schema(format = DateTime)]
    at: Option<String>,
}

/// What came of cancelling many.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CancellationResults {
    /// What came of each, in the order in which they were named; those of one person as they begin.
    results: Vec<CancellationResult>,
    /// How many bookings of the person are left to cancel: ask again. 0 for bookings that were named.
    #[schema(minimum = 0)]
    remaining: usize,
}

/// What came of one booking.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CancellationResult {
    /// The booking.
    #[schema(value_type = uuid::Uuid)]
    id: BookingId,
    status: CancellationStatus,
    /// Which booking system it is of; left out if it was refused, as the two that follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    source: Option<BookingSource>,
    /// The booking system's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    employee_id: Option<EmployeeId>,
    /// When one that is planned is cancelled by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    due: Option<Timestamp>,
    /// Why one was refused, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// What came of one booking.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CancellationStatus {
    Cancelled,
    /// It is cancelled by itself when that is due, and stands until then.
    Planned,
    /// It was cancelled or planned before: the first reason stands, and `due` of the first plan.
    Unchanged,
    /// It stands as it was.
    Refused,
}

/// Cancel many bookings of leavers
///
/// Each is decided by itself, as if it were cancelled alone, and has its own result: that one was refused
/// changes nothing for the others. What was not refused is durable. Each counts as a request of the
/// tenant. Said again, nothing happens.
#[utoipa::path(
    post,
    path = "/api/v1/{tenant}/leavers/bookings/cancel",
    operation_id = "cancelLeaverBookings",
    tag = "leavers",
    request_body = Cancellations,
    responses(
        (status = 200, description = "A result for each", body = CancellationResults),
        (status = 404, description = "No such person"),
        (status = 409, description = "Not a leaver"),
    ),
    security(("apiToken" = ["leavers:cancel"])),
)]
pub(super) async fn cancel(
    State(access): State<WriteAccess>,
    caller: Caller,
    Body(wanted): Body<Cancellations>,
) -> Result<Response, CommandError> {
    caller.still_may(&access, Scope::LeaversCancel)?;
    let now = clock::now();
    let due = Due { undo_seconds: wanted.undo_seconds, at: wanted.at.as_deref() }.from(now)?;
    let meant = wanted.meant()?;
    let reason = wanted.reason;
    let many = DecideMany {
        tenant: caller.tenant().clone(),
        meant,
        seen: wanted.versions,
        source: caller.source().cloned(),
        wish: match due {
            None => BookingWish::Cancel { reason },
            Some(due) => BookingWish::CancelAt { due, reason },
        },
        now,
    };
    let (results, remaining) = decide(&access, &caller, many).await?;
    let position = results.iter().filter_map(|result| result.position).max();
    let results = results.into_iter().map(CancellationResult::from).collect();
    Ok(answer(CancellationResults { results, remaining }, position))
}

impl Cancellations {
    /// The bookings, which must be named in exactly one way.
    fn meant(&self) -> Result<Meant, Problem> {
        match (&self.bookings, self.employee_id) {
            (Some(bookings), None) => these(bookings, &self.versions),
            (None, Some(_)) if !self.versions.is_empty() => Err(Problem::malformed(
                "versions are of the bookings that are named; name them by bookings",
            )),
            (None, Some(employee)) => Ok(Meant::AllToComeOf(employee)),
            (None, None) | (Some(_), Some(_)) => Err(Problem::malformed(
                "name the bookings by exactly one of bookings and employeeId",
            )),
        }
    }
}

impl From<DecideResult> for CancellationResult {
    fn from(result: DecideResult) -> Self {
        let DecideResult { id, booking, outcome, position: _ } = result;
        let (status, due, detail) = match outcome {
            DecideOutcome::Done => (CancellationStatus::Cancelled, None, None),
            DecideOutcome::Planned(due) => (CancellationStatus::Planned, Some(due), None),
            DecideOutcome::Unchanged { due } => (CancellationStatus::Unchanged, due, None),
            DecideOutcome::Refused(why) => (CancellationStatus::Refused, None, Some(why)),
        };
        Self {
            id,
            status,
            source: booking.as_ref().map(|one| one.source.clone()),
            reference: booking.as_ref().map(|one| one.reference.to_string()),
            employee_id: booking.as_ref().map(|one| one.employee),
            due,
            detail,
        }
    }
}
