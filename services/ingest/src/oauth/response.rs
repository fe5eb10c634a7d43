//! Responses of the token endpoint.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

/// A JSON response that no cache may store, be it a token or an error (RFC 6749 §5.1).
pub(super) fn respond(status: StatusCode, body: &serde_json::Value) -> Response {
    let no_store = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
    (status, no_store, axum::Json(body)).into_response()
}
