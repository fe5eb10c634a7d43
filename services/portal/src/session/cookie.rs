//! The cookie that holds a session's secret.

use axum::http::{HeaderMap, HeaderValue, header};

/// What it is called over TLS: browsers take one so called of this very host and path only.
const SECURE: &str = "__Host-rollcall";
/// What it is called without TLS, as on a laptop.
const PLAIN: &str = "rollcall";

fn name(secure: bool) -> &'static str {
    if secure { SECURE } else { PLAIN }
}

/// The header that gives a browser the secret: no script reads it, and no other site's form sends it.
pub(crate) fn cookie(secure: bool, secret: &str) -> HeaderValue {
    let flags = if secure { "; Secure" } else { "" };
    let text = format!("{}={secret}; Path=/; HttpOnly; SameSite=Lax{flags}", name(secure));
    HeaderValue::try_from(text).expect("a secret is of letters, digits, - and _")
}

/// The header that has a browser forget the secret.
pub(crate) fn ended_cookie(secure: bool) -> HeaderValue {
    let flags = if secure { "; Secure" } else { "" };
    let text = format!("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{flags}", name(secure));
    HeaderValue::try_from(text).expect("it is of ASCII signs")
}

/// The secret that a request brings.
pub(crate) fn secret_in(headers: &HeaderMap, secure: bool) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        all.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(own, _)| *own == name(secure)).map(|(_, secret)| secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_tls_the_cookie_is_of_this_host_alone_and_without_a_plain_one_will_do() {
        assert_eq!(
            cookie(true, "rcb_x"),
            "__Host-rollcall=rcb_x; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(cookie(false, "rcb_x"), "rollcall=rcb_x; Path=/; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn the_secret_is_found_among_other_cookies_and_one_without_tls_does_not_count_with_it() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b; rollcall=one; c"));
        headers.append(header::COOKIE, HeaderValue::from_static("__Host-rollcall=two"));
        assert_eq!(secret_in(&headers, false), Some("one"));
        assert_eq!(secret_in(&headers, true), Some("two"));
        headers.remove(header::COOKIE);
        assert_eq!(secret_in(&headers, true), None);
    }
}
