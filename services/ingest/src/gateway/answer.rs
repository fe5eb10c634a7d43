//! Answers in `application/scim+json`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use events::Position;
use serde::Serialize;

use crate::input::POSITION;

/// A JSON body under SCIM's media type (RFC 7644 §8.1), which Entra insists on.
pub(super) fn scim_json(status: StatusCode, body: &impl Serialize) -> Response {
    let text = serde_json::to_vec(body).expect("SCIM bodies have string keys only");
    (status, [(header::CONTENT_TYPE, "application/scim+json")], text).into_response()
}

/// The answer to a write: with its place in the log, for reads elsewhere that must have seen it.
pub(super) fn written(mut response: Response, position: Position) -> Response {
    response.headers_mut().insert(POSITION, position.seq.0.into());
    response
}

/// Adds the `Location` of a resource that was made.
pub(super) fn located(mut response: Response, location: &str) -> Response {
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}
