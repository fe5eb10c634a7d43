//! Responses in `application/scim+json`.

use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use scim::Rendered;
use scim::messages::CONTENT_TYPE;
use serde::Serialize;

/// A JSON body under SCIM's media type (RFC 7644 §8.1), which Entra insists on.
pub(super) fn scim_json(status: StatusCode, body: &impl Serialize) -> Response {
    json_text(status, serde_json::to_vec(body).expect("SCIM bodies have string keys only"))
}

/// A resource, which is text already.
pub(super) fn resource(status: StatusCode, shown: Rendered) -> Response {
    json_text(status, shown.into_bytes())
}

/// A JSON body that is text already.
pub(super) fn json_text(status: StatusCode, json: impl Into<Bytes>) -> Response {
    (status, [(header::CONTENT_TYPE, CONTENT_TYPE)], json.into()).into_response()
}

/// Adds the `ETag` of the version that is shown.
pub(super) fn with_etag(mut response: Response, version: &str) -> Response {
    if let Ok(version) = HeaderValue::from_str(version) {
        response.headers_mut().insert(header::ETAG, version);
    }
    response
}

/// Adds the `Content-Location` of the resource that is shown: what its `meta.location` says
/// (RFC 7643 §3.1).
pub(super) fn with_content_location(mut response: Response, location: &str) -> Response {
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::CONTENT_LOCATION, location);
    }
    response
}
