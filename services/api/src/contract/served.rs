//! A document that does not change while the program runs.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use events::Digest;

/// A text, its media type and its tag.
#[derive(Clone, Debug)]
pub(crate) struct Served {
    kind: &'static str,
    text: Bytes,
    tag: HeaderValue,
}

impl Served {
    pub(crate) fn new(kind: &'static str, text: String) -> Self {
        let digest = Digest::of(text.as_bytes()).to_string();
        let tag = format!("\"{}\"", &digest[..32]);
        let tag = tag.parse().expect("a digest is of ASCII letters and digits");
        Self { kind, text: text.into(), tag }
    }

    /// The document, or that it is the one that the caller has (RFC 9110 §13.1.2).
    pub(crate) fn answer(&self, asked: &HeaderMap) -> Response {
        let headers = [
            (header::ETAG, self.tag.clone()),
            // The next release may have another one, and it costs little to ask.
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ];
        if self.is_known(asked) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(self.kind))];
        (headers, kind, self.text.clone()).into_response()
    }

    fn is_known(&self, asked: &HeaderMap) -> bool {
        let known = asked.get_all(header::IF_NONE_MATCH).into_iter();
        let known = known.filter_map(|value| value.to_str().ok());
        known.flat_map(|value| value.split(',')).map(str::trim).any(|tag| {
            tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == self.tag.as_bytes()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(document: &Served, known: Option<&str>) -> StatusCode {
        let mut asked = HeaderMap::new();
        if let Some(known) = known {
            asked.insert(header::IF_NONE_MATCH, known.parse().unwrap());
        }
        document.answer(&asked).status()
    }

    #[test]
    fn who_has_the_document_is_not_sent_it_again() {
        let document = Served::new("text/plain", "one".to_owned());
        let other = Served::new("text/plain", "two".to_owned());
        let tag = document.tag.to_str().unwrap();
        assert_eq!(status(&document, None), StatusCode::OK);
        assert_eq!(status(&other, Some(tag)), StatusCode::OK);
        for known in [tag, &format!("W/{tag}"), &format!("\"other\", {tag}"), "*"] {
            assert_eq!(status(&document, Some(known)), StatusCode::NOT_MODIFIED, "{known}");
        }
    }
}
