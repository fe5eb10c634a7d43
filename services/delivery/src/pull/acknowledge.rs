//! `POST /api/v1/{tenant}/subscribers/{name}/acknowledgements`: a subscriber says what it has.

use access::CommandError;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use eventlog::clock;
use serde::Deserialize;
use utoipa::ToSchema;
use web::Problem;
use web::json_body::Body;

use super::door::{PullDoor, Reader};
use super::named::Named;
use crate::readers::Acknowledged;

/// What a subscriber has.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Acknowledgement {
    /// The cursor up to which it has all: an event's `id` in a stream, or `Rollcall-Next` of a page.
    cursor: String,
}

/// Acknowledge events
///
/// The subscriber has all events up to the cursor, and has acted on them. Who reads pages need not say so: the
/// next request with `subscriber` and `after` does. A place never goes back; a cursor before it is answered alike.
#[utoipa::path(
    post,
    path = "/api/v1/{tenant}/subscribers/{name}/acknowledgements",
    operation_id = "acknowledgeEvents",
    tag = "events",
    params(("name" = String, Path, description = "A subscriber with the door pull")),
    request_body = Acknowledgement,
    responses(
        (status = 204, description = "It is kept"),
        (status = 410, description = "The cursor is of a feed that there is no more: begin with a snapshot"),
    ),
    security(("apiToken" = ["events:read"])),
)]
pub(crate) async fn acknowledge(
    State(door): State<PullDoor>,
    reader: Reader,
    Path(path): Path<(String, String)>,
    Body(Acknowledgement { cursor }): Body<Acknowledgement>,
) -> Result<StatusCode, CommandError> {
    let named = Named::find(&door, &reader.tenant, &path.1).await?;
    let position = door.place(&reader.tenant, Some(&cursor)).map_err(Problem::from)?;
    let place = Acknowledged { position, at: clock::now() };
    door.readers.keep(named.id, place).await.map_err(Problem::from)?;
    Ok(StatusCode::NO_CONTENT)
}
