//! Which request it is, for headers of events, logs and answers.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use chassis::fresh;

pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// What the outermost layer found out about a request.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

impl RequestId {
    /// The caller's own id if it is short and plain, else a new one.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let plain = |text: &&str| {
            (1..=128).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
        };
        let given = headers.get(&HEADER).and_then(|id| id.to_str().ok()).filter(plain);
        Self(given.map_or_else(|| fresh::uuid_v7().to_string(), str::to_owned))
    }
}

/// The id that the request was given when it came in.
pub(crate) fn of(parts: &Parts) -> String {
    parts
        .extensions
        .get::<RequestId>()
        .map_or_else(|| RequestId::of(&parts.headers).0, |id| id.0.clone())
}

/// The caller's W3C trace context, if it is well-formed.
pub(crate) fn trace_parent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("traceparent")?.to_str().ok()?;
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    let hex = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-'));
    (hex && lengths == [2, 32, 16, 2]).then(|| text.to_owned())
}
