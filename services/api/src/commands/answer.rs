//! The answer to a command that was carried out.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use events::Position;
use web::position;

/// An answer that tells where in the log the command is: a later read that names this position in
/// `Rollcall-After` will have seen it.
pub(super) fn answer(status: StatusCode, position: Position, body: impl IntoResponse) -> Response {
    let position = (position::HEADER, position.seq.to_string());
    (status, [position], body).into_response()
}
