//! Which request it is, for headers of events.

use axum::http::HeaderMap;
use axum::http::request::Parts;
use web::RequestId;

/// The id that the request was given when it came in.
pub(crate) fn of(parts: &Parts) -> String {
    RequestId::given(&parts.extensions, &parts.headers).as_str().to_owned()
}

/// The caller's W3C trace context, if it is well-formed.
pub(crate) fn trace_parent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("traceparent")?.to_str().ok()?;
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    let hex = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-'));
    (hex && lengths == [2, 32, 16, 2]).then(|| text.to_owned())
}
