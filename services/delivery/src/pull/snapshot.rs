//! `GET /api/v1/{tenant}/snapshot`: everything as of a place in the feed, to begin with.

use std::convert::Infallible;

use access::CommandError;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream::unfold;
use roster::Roster;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Lines, Problem};

use super::batch::NEXT;
use super::door::{PullDoor, Reader};
use super::query::QueryParams;
use super::shape::SnapshotLine;
use super::snapshot_text::SnapshotText;
use crate::picture::Phase;

/// Where a snapshot that was cut off goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SnapshotQuery {
    /// The cursor in the first line of a snapshot that was cut off: the same one goes on. That is possible for
    /// ten minutes
    #[serde(default)]
    #[param(value_type = Option<String>, nullable = false)]
    at: Option<String>,
    /// How many lines about things to leave out: those that have come already
    #[serde(default)]
    #[param(value_type = Option<i64>, nullable = false, minimum = 0)]
    skip: usize,
}

/// Take a snapshot
///
/// Everything that events are about, as of one place in the feed, a JSON object a line: first `begin` with the cursor of
/// that place, then each `team`, `alert`, `employee` (Active and Former) and `booking` as events show them, then `end` with
/// the cursor again. Whoever puts this in place of what they have, and goes on reading events behind the cursor, misses nothing
/// and hears nothing twice. Without the last line it was cut off.
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/snapshot",
    operation_id = "takeSnapshot",
    tag = "events",
    params(SnapshotQuery),
    responses(
        (
            status = 200,
            description = "A line for each team, alert, person and booking",
            body = inline(SnapshotLines),
            content_type = "application/x-ndjson",
            headers(("Rollcall-Next" = String, description = "The cursor in the first line.")),
        ),
        (status = 410, description = "The snapshot cannot be gone on with; begin a new one"),
    ),
    security(("apiToken" = ["events:read"])),
)]
pub(crate) async fn snapshot(
    State(door): State<PullDoor>,
    reader: Reader,
    QueryParams(query): QueryParams<SnapshotQuery>,
) -> Result<Response, CommandError> {
    let (roster, place) = match &query.at {
        None => new(&door, &reader)?,
        Some(cursor) => again(&door, &reader, cursor)?,
    };
    let cursor = door.cursor(&reader.tenant, place);
    let next = HeaderValue::try_from(&cursor).ok();
    let lines = SnapshotText::of(roster, reader.tenant.clone(), cursor, query.skip);
    let chunks = unfold((lines, reader, door), async |(mut lines, reader, door)| {
        // Whose token was revoked meanwhile gets no more.
        let chunk = lines.next().filter(|_| !reader.is_revoked(&door))?;
        // Others have their turn between two chunks.
        tokio::task::yield_now().await;
        Some((Ok::<_, Infallible>(Bytes::from(chunk)), (lines, reader, door)))
    });
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    let mut answer = (kind, Body::from_stream(Box::pin(chunks))).into_response();
    if let Some(next) = next {
        answer.headers_mut().insert(NEXT, next);
    }
    Ok(answer)
}

/// How the lines are described.
pub(crate) type SnapshotLines = Lines<SnapshotLine>;

/// What is told at this moment.
fn new(door: &PullDoor, reader: &Reader) -> Result<(Roster, u64), Problem> {
    let why = match &*door.shown.phase().borrow() {
        Phase::Telling => None,
        Phase::Starting => Some("what is told is being read; ask again in a moment"),
        Phase::Stuck(_) => Some("applications are told nothing at present; an operator is needed"),
    };
    if let Some(why) = why {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, why)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("2")));
    }
    let picture = door.shown.picture();
    door.kept.keep(&reader.tenant, picture.end, &picture.roster);
    Ok((picture.roster.clone(), picture.end))
}

/// What was told when another snapshot began.
fn again(door: &PullDoor, reader: &Reader, cursor: &str) -> Result<(Roster, u64), Problem> {
    let place = door.place(&reader.tenant, Some(cursor))?;
    let kept = door.kept.find(&reader.tenant, place);
    let gone = "this snapshot is not kept any more; begin a new one, without `at`";
    kept.map(|roster| (roster, place)).ok_or_else(|| Problem::new(StatusCode::GONE, gone))
}
