//! The span of a request, and the line in the log when it is answered: the same for every role.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, Method, Request, StatusCode};
use traces::RequestSpan;
use tracing::Span;

use super::loggable::loggable;
use super::{RequestId, trace_parent};

/// Which tenants there are, as far as the process knows from memory. Their slugs are logged; what
/// else stands where a slug is expected may be a name.
#[derive(Clone)]
pub struct KnownTenants(Arc<dyn Fn(&str) -> bool + Send + Sync>);

impl KnownTenants {
    /// The tenants whose slugs `exists` says yes to.
    pub fn new(exists: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(exists))
    }

    /// Whether there is a tenant with this slug.
    pub fn include(&self, slug: &str) -> bool {
        (self.0)(slug)
    }
}

impl Default for KnownTenants {
    /// Those of a process which knows none: no slug is logged.
    fn default() -> Self {
        Self::new(|_| false)
    }
}

impl fmt::Debug for KnownTenants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownTenants")
    }
}

/// The methods of HTTP. Any other is whatever a client wrote.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// A request's method, for logs and metrics; `*` if it is none of HTTP's.
pub(crate) fn known_method(method: &Method) -> &'static str {
    METHODS.into_iter().find(|known| *known == method.as_str()).unwrap_or("*")
}

/// The span in which a request is answered: its id, its method, and of its path what is known to
/// name no person. Neither the query nor any header is logged.
pub(crate) fn request_span<B>(
    request: &Request<B>,
    id: &RequestId,
    tenants: &KnownTenants,
) -> Span {
    tracing::info_span!(
        "request",
        request = %id.as_str(),
        method = known_method(request.method()),
        path = %loggable(request.uri().path(), |slug| tenants.include(slug)),
    )
}

/// Begins the request's span for the collector, if there is one. From here on that span stands in the
/// request's `traceparent`, so that its events carry it. Probes and scrapes have none.
pub(crate) fn begin_trace<B>(request: &mut Request<B>) -> Option<RequestSpan> {
    if !traces::is_on() || is_probe(request.uri().path()) {
        return None;
    }
    let headers = request.headers_mut();
    let span = RequestSpan::begin(trace_parent(headers).as_deref())?;
    let own: HeaderValue = span.trace_parent().try_into().expect("hexadecimal digits and hyphens");
    headers.insert("traceparent", own);
    Some(span)
}

/// Whether a path is asked for by whoever watches the process.
fn is_probe(path: &str) -> bool {
    path.starts_with("/health/") || path == "/metrics"
}

/// Says in the log, within the request's span, how it was answered.
pub(crate) fn answered(span: &Span, status: StatusCode, duration: Duration) {
    span.in_scope(|| {
        tracing::debug!(status = status.as_u16(), seconds = duration.as_secs_f64(), "answered");
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_that_is_none_of_http_is_not_repeated() {
        assert_eq!(known_method(&Method::PATCH), "PATCH");
        assert_eq!(known_method(&Method::from_bytes(b"ANN").unwrap()), "*");
    }
}
