//! The id of a request (`X-Request-Id`), for headers of answers and events, and for logs.

use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// What an answer carries, and a request may bring.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over.
const MAX_ID_LENGTH: usize = 128;

/// Which request it is. The server gives it to each request before anybody looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The caller's own id if it is short and plain, else a new one.
    pub fn of(headers: &HeaderMap) -> Self {
        let plain = |id: &&HeaderValue| {
            (1..=MAX_ID_LENGTH).contains(&id.len())
                && id.as_bytes().iter().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(b))
        };
        let given = headers.get(&HEADER).filter(plain).cloned();
        Self(given.unwrap_or_else(|| {
            let id = Uuid::now_v7().to_string();
            id.try_into().expect("ids are of hexadecimal digits and hyphens")
        }))
    }

    /// The id that the server gave to the request; that of its headers where none did.
    pub fn given(extensions: &Extensions, headers: &HeaderMap) -> Self {
        extensions.get().cloned().unwrap_or_else(|| Self::of(headers))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().expect("ids are of letters, digits and a few signs")
    }

    pub(crate) fn value(&self) -> HeaderValue {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(given: &str) -> String {
        let headers = HeaderMap::from_iter([(HEADER, given.parse().unwrap())]);
        RequestId::of(&headers).as_str().to_owned()
    }

    #[test]
    fn the_callers_own_id_counts_if_it_is_short_and_plain() {
        let longest = "x".repeat(128);
        for plain in ["7", "entra-4f.2:a_b", &longest] {
            assert_eq!(of(plain), plain);
        }
        for odd in ["", "a b", "a\"b", &"x".repeat(129)] {
            assert!(Uuid::parse_str(&of(odd)).is_ok(), "{odd:?} was taken over");
        }
    }

    #[test]
    fn two_requests_without_an_id_get_two() {
        assert_ne!(RequestId::of(&HeaderMap::new()), RequestId::of(&HeaderMap::new()));
    }
}
