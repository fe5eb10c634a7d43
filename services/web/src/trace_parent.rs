//! The trace that a request belongs to (W3C Trace Context), for headers of events.

use axum::http::HeaderMap;

/// The caller's W3C trace context, if it is a valid one (Trace Context §3.2.2): what is not counts
/// as none. Zeros identify nothing, version ff is forbidden, and so are capitals.
pub fn trace_parent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("traceparent")?.to_str().ok()?;
    let parts: Vec<&str> = text.split('-').collect();
    let [version, trace, span, flags] = *parts else { return None };
    let lengths = [version, trace, span, flags].map(str::len);
    let hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let is_zero = |id: &str| id.bytes().all(|byte| byte == b'0');
    let valid = lengths == [2, 32, 16, 2]
        && parts.iter().all(|part| hex(part))
        && version != "ff"
        && !is_zero(trace)
        && !is_zero(span);
    valid.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(traceparent: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert("traceparent", traceparent.parse().unwrap());
        trace_parent(&headers)
    }

    #[test]
    fn a_trace_context_that_w3c_calls_invalid_counts_as_none() {
        let valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(taken(valid).as_deref(), Some(valid));
        for invalid in [
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
            "000af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "",
        ] {
            assert_eq!(taken(invalid), None, "{invalid}");
        }
    }
}
