//! The content coding of a request body, of which none is accepted, and its byte order mark.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use super::Problem;

/// What stands before a text that says by it that it is UTF-8. It is no part of the text, though
/// JSON does not allow it (RFC 8259 §8.1).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What is accepted of a `Content-Encoding`, for the header `Accept-Encoding` of an answer that
/// refuses one (RFC 9110 §15.5.16).
pub const ACCEPTED: HeaderValue = HeaderValue::from_static("identity");

/// A body is in a content coding. None is undone: what it unfolds to would need a bound of its own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body is encoded as {0:?}; send it as it is, without Content-Encoding")]
pub struct Encoded(String);

impl From<Encoded> for Problem {
    fn from(why: Encoded) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, why.to_string())
            .with_header(header::ACCEPT_ENCODING, ACCEPTED)
    }
}

/// Refuses a body that is in a content coding.
pub fn check(headers: &HeaderMap) -> Result<(), Encoded> {
    for codings in headers.get_all(header::CONTENT_ENCODING) {
        let codings = String::from_utf8_lossy(codings.as_bytes());
        for coding in codings.split(',').map(str::trim) {
            if !coding.is_empty() && !coding.eq_ignore_ascii_case("identity") {
                return Err(Encoded(coding.to_owned()));
            }
        }
    }
    Ok(())
}

/// The text without a byte order mark before it.
pub fn unmarked(text: Bytes) -> Bytes {
    if text.starts_with(BYTE_ORDER_MARK) { text.slice(BYTE_ORDER_MARK.len()..) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(codings: &[&'static str]) -> Result<(), Encoded> {
        let header =
            |coding: &&'static str| (header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        check(&codings.iter().map(header).collect())
    }

    #[test]
    fn a_body_is_sent_as_it_is_whoever_says_so() {
        for plain in [&[][..], &["identity"], &["Identity"], &[""], &["identity, identity"]] {
            assert_eq!(checked(plain), Ok(()));
        }
        for coded in [&["gzip"][..], &["identity, GZIP"], &["identity", "br"], &["deflate"]] {
            assert!(checked(coded).is_err(), "{coded:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_taken_from_the_beginning_and_once() {
        let without = |text: &'static [u8]| unmarked(Bytes::from_static(text));
        assert_eq!(without(b"\xef\xbb\xbf{}"), "{}");
        assert_eq!(without(b"{}"), "{}");
        assert_eq!(without(b"\xef\xbb"), &b"\xef\xbb"[..]);
        assert_eq!(without(b"\xef\xbb\xbf\xef\xbb\xbf"), &b"\xef\xbb\xbf"[..]);
    }
}
