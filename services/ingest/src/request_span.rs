//! The span and the log line of a request.

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;
use web::RequestId;

use crate::loggable::loggable;
use crate::state::Gateway;

/// A method is whatever a client writes; these are logged.
const KNOWN_METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

/// The middleware that gives a request its span.
pub(crate) async fn layer(
    State(gateway): State<Gateway>,
    request: Request,
    next: Next,
) -> Response {
    instrument(&gateway, request, |request| next.run(request)).await
}

/// Gives a request a span and a line in the log. Queries hold names, and so may paths: only what is
/// known of a path is logged.
pub(crate) async fn instrument<A: Future<Output = Response>>(
    gateway: &Gateway,
    request: Request,
    next: impl FnOnce(Request) -> A,
) -> Response {
    let method =
        if KNOWN_METHODS.contains(request.method()) { request.method().as_str() } else { "*" };
    let is_tenant =
        |part: &str| part.parse().is_ok_and(|slug| gateway.writer.roster().tenant(&slug).is_some());
    let span = tracing::info_span!(
        "request",
        request = %RequestId::given(request.extensions(), request.headers()).as_str(),
        method,
        path = %loggable(request.uri().path(), is_tenant),
    );
    let response = next(request).instrument(span.clone()).await;
    span.in_scope(|| tracing::debug!(status = response.status().as_u16(), "answered"));
    response
}
