//! The answer to a command that was carried out.

use axum::Extension;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use events::Position;
use web::position::Seen;

/// An answer that tells where in the log the command is: a later read that names this position in
/// `Rollcall-After` will have seen it.
pub(super) fn answer(status: StatusCode, position: Position, body: impl IntoResponse) -> Response {
    (status, Extension(Seen(position.seq)), body).into_response()
}
