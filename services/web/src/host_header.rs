//! Checks the `Host` header of a request (RFC 9112 §3.2).

use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse as _, Response};

use super::Problem;

/// A request that does not say once and legibly which host it is for (RFC 9112 §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadHost {
    #[error("the request has no Host header; send the name that is in the URL")]
    Missing,
    #[error("the request has more than one Host header; send one")]
    Repeated,
    #[error("the Host header is neither a name nor an address, with a port or without")]
    Illegible,
}

/// Refuses what two readers could take for requests to two hosts.
pub(crate) fn check<B>(request: &axum::http::Request<B>) -> Result<(), BadHost> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let Some(host) = hosts.next() else {
        let may_be_missing = request.version() < Version::HTTP_11;
        return if may_be_missing { Ok(()) } else { Err(BadHost::Missing) };
    };
    if hosts.next().is_some() {
        return Err(BadHost::Repeated);
    }
    let authority: Result<Authority, _> = host.as_bytes().try_into();
    let is_legible =
        authority.is_ok_and(|host| !host.host().is_empty() && !host.as_str().contains('@'));
    if is_legible { Ok(()) } else { Err(BadHost::Illegible) }
}

impl BadHost {
    /// Whoever sends this speaks no HTTP, so that it does not matter what is at the path: a problem
    /// (RFC 9457), and the end of the connection.
    pub(crate) fn answer(self) -> Response {
        let problem = Problem::new(StatusCode::BAD_REQUEST, self.to_string());
        let close = HeaderValue::from_static("close");
        ([(header::CONNECTION, close)], problem).into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn sent(version: Version, hosts: &[&str]) -> Result<(), BadHost> {
        let request = hosts.iter().fold(Request::get("/").version(version), |request, host| {
            request.header("host", *host)
        });
        check(&request.body(()).unwrap())
    }

    #[test]
    fn one_legible_host_is_needed_since_http_1_1() {
        for host in ["a", "a.example:8080", "192.0.2.1", "[2001:db8::1]:80"] {
            assert_eq!(sent(Version::HTTP_11, &[host]), Ok(()), "{host}");
        }
        assert_eq!(sent(Version::HTTP_11, &[]), Err(BadHost::Missing));
        assert_eq!(sent(Version::HTTP_10, &[]), Ok(()));
        assert_eq!(sent(Version::HTTP_11, &["a", "a"]), Err(BadHost::Repeated));
        for host in ["", "a b", "a/b", "me@a", "a, b", "[::1"] {
            assert_eq!(sent(Version::HTTP_11, &[host]), Err(BadHost::Illegible), "{host:?}");
        }
    }
}
