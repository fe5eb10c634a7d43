//! `POST /api/v1/{tenant}/bookings/import`: many bookings, a line each.

use access::{CommandError, WriteAccess, in_order};
use axum::body::{Body as AnswerBody, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use events::{Scope, Seq};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::Lines;
use web::Problem;
use web::json_body::Raw;
use web::position::Seen;

use super::bookings::{BookingInput, BookingOutcome, Warning, record};
use super::caller::Caller;

/// The most lines of an import.
const MAX: usize = 10_000;

/// A booking with its `reference`.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ImportLine {
    /// The booking system's own id: 1,024 bytes of UTF-8 at most, and not blank.
    #[schema(min_length = 1)]
    reference: String,
    #[serde(flatten)]
    #[schema(value_type = BookingInput)]
    booking: serde_json::Map<String, serde_json::Value>,
}

/// What became of a line.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportResult {
    /// Counted from 1.
    #[schema(minimum = 1)]
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    status: ImportStatus,
    /// What was wrong with a line that was refused, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// What somebody should know about a booking although it was kept; left out if there is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    warnings: Vec<Warning>,
}

#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ImportStatus {
    Recorded,
    Changed,
    Unchanged,
    Refused,
}

/// What is imported, and what comes of it.
type ImportLines = Lines<ImportLine>;
type ImportResults = Lines<ImportResult>;

/// Import bookings
///
/// One JSON object a line (NDJSON): a booking with its `reference`, the booking system's own id. Each
/// line stands for itself and gets a line in the answer, in the same order; empty lines are passed
/// over. A line that was not refused is durable. Each line counts as a request of the tenant, and
/// 10,000 are the most.
#[utoipa::path(
    post,
    path = "/api/v1/{tenant}/bookings/import",
    operation_id = "importBookings",
    tag = "bookings",
    request_body(content = inline(ImportLines), content_type = "application/x-ndjson"),
    responses(
        (status = 200, description = "A result for each line", body = inline(ImportResults), content_type = "application/x-ndjson"),
    ),
    security(("apiToken" = ["bookings:write"])),
)]
pub(super) async fn import(
    State(access): State<WriteAccess>,
    caller: Caller,
    Raw(body): Raw,
) -> Result<Response, CommandError> {
    caller.still_may(&access, Scope::BookingsWrite)?;
    let lines = body.split(|byte| *byte == b'\n').map(|line| body.slice_ref(line)).enumerate();
    let lines: Vec<(usize, Bytes)> =
        lines.filter(|(_, line)| !line.trim_ascii().is_empty()).collect();
    if lines.len() > MAX {
        let sent = lines.len();
        let detail = format!("the body has {sent} lines, and {MAX} are the most; split it");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail).into());
    }
    access.counts().more(caller.tenant(), lines.len().saturating_sub(1))?;
    let importing = lines.into_iter().map(|(at, line)| {
        let (access, caller) = (access.clone(), caller.clone());
        async move { import_line(&access, &caller, at + 1, &line).await }
    });
    let results = in_order(importing).await;
    let mut answer = Vec::new();
    let mut position = None;
    for (result, seen) in results {
        serde_json::to_writer(&mut answer, &result).expect("results are plain JSON");
        answer.push(b'\n');
        position = position.max(seen);
    }
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    let mut response = (kind, AnswerBody::from(answer)).into_response();
    if let Some(position) = position {
        response.extensions_mut().insert(Seen(position));
    }
    Ok(response)
}

async fn import_line(
    access: &WriteAccess,
    caller: &Caller,
    line: usize,
    text: &[u8],
) -> (ImportResult, Option<Seq>) {
    let refused = |reference: Option<String>, detail: String| {
        let (status, detail) = (ImportStatus::Refused, Some(detail));
        (ImportResult { line, reference, status, detail, warnings: Vec::new() }, None)
    };
    let read: ImportLine = match serde_json::from_slice(text) {
        Ok(read) => read,
        Err(error) => return refused(None, format!("the line is no booking: {error}")),
    };
    let booking: BookingInput = match serde_json::from_value(read.booking.into()) {
        Ok(booking) => booking,
        Err(error) => {
            let why = format!("what stands beside `reference` is no booking: {error}");
            return refused(Some(read.reference), why);
        }
    };
    match record(access, caller, read.reference.clone(), booking).await {
        Ok((recorded, position)) => {
            let status = match recorded.status {
                BookingOutcome::Recorded => ImportStatus::Recorded,
                BookingOutcome::Changed => ImportStatus::Changed,
                BookingOutcome::Unchanged => ImportStatus::Unchanged,
            };
            let result = ImportResult {
                line,
                reference: Some(read.reference),
                status,
                detail: None,
                warnings: recorded.warnings,
            };
            (result, Some(position.seq))
        }
        Err(problem) => refused(Some(read.reference), problem.to_string()),
    }
}
