//! The bearer token that a request shows (RFC 6750 §2.1): the one parser of all services.

use axum::http::{HeaderMap, header};

/// Why a request shows no bearer token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoBearer {
    /// There is no `Authorization` header.
    #[error("the request has no Authorization header")]
    Missing,
    /// The scheme is another than `Bearer`.
    #[error("the Authorization header has another scheme than Bearer")]
    OtherScheme,
    /// There are several headers, no token, several tokens, or one that is not visible ASCII.
    #[error("the Authorization header holds no token after Bearer")]
    Malformed,
}

/// The token in `Authorization: Bearer <token>`. The scheme's case does not matter (RFC 9110
/// §11.1).
///
/// [`RequestLimits`](super::RequestLimits) refuses several such headers before anybody comes here,
/// and a list in one header is refused here: what comes after a comma must not be taken for a part
/// of a token, nor be passed over.
pub fn token(headers: &HeaderMap) -> Result<&str, NoBearer> {
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let value = sent.next().ok_or(NoBearer::Missing)?.as_bytes();
    if sent.next().is_some() {
        return Err(NoBearer::Malformed);
    }
    let end = value.iter().position(|byte| *byte == b' ').unwrap_or(value.len());
    let (scheme, rest) = value.split_at(end);
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        return Err(NoBearer::OtherScheme);
    }
    let token = std::str::from_utf8(rest).map_err(|_| NoBearer::Malformed)?.trim();
    let is_legible = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    if is_legible && !token.contains(',') { Ok(token) } else { Err(NoBearer::Malformed) }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn sent(values: &[&str]) -> HeaderMap {
        let value = |value: &&str| HeaderValue::from_bytes(value.as_bytes()).unwrap();
        values.iter().map(|text| (header::AUTHORIZATION, value(text))).collect()
    }

    #[test]
    fn the_token_is_what_follows_the_scheme_in_any_case() {
        for header in ["Bearer rcs_1-._~+/=", "bEARER rcs_1-._~+/=", "Bearer   rcs_1-._~+/= "] {
            assert_eq!(token(&sent(&[header])), Ok("rcs_1-._~+/="), "{header:?}");
        }
    }

    #[test]
    fn a_missing_header_another_scheme_and_an_illegible_token_are_told_apart() {
        assert_eq!(token(&sent(&[])), Err(NoBearer::Missing));
        assert_eq!(token(&sent(&["Basic YTpi"])), Err(NoBearer::OtherScheme));
        assert_eq!(token(&sent(&["Bearers a"])), Err(NoBearer::OtherScheme));
        for header in ["Bearer", "Bearer ", "Bearer a b", "Bearer é", "Bearer a\tb"] {
            assert_eq!(token(&sent(&[header])), Err(NoBearer::Malformed), "{header:?}");
        }
    }

    #[test]
    fn of_several_tokens_none_counts_in_one_header_or_in_two() {
        for headers in [&["Bearer a, Bearer b"][..], &["Bearer a,b"], &["Bearer a", "Bearer a"]] {
            assert_eq!(token(&sent(headers)), Err(NoBearer::Malformed), "{headers:?}");
        }
    }
}
