//! Asking a running program over HTTP, and what its refusals mean.

use std::io::Write;

use anyhow::{Context as _, bail};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method, Response, StatusCode};
use rustls::ClientConfig;
use serde_json::Value;

use super::tls_trust;
use crate::exit::Refused;
use crate::option_precedence::UsageError;

/// A running program, and the token that it is shown.
pub(crate) struct Gateway {
    http: Client,
    url: String,
    token: String,
}

impl Gateway {
    pub(crate) fn new(url: &str, token: &str, trust: ClientConfig) -> anyhow::Result<Self> {
        let http = Client::builder().no_proxy().tls_backend_preconfigured(trust).build();
        let http = http.context("set up an HTTP client")?;
        Ok(Self { http, url: url.trim_end_matches('/').to_owned(), token: token.to_owned() })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn http(&self) -> &Client {
        &self.http
    }

    /// The answer to a request; `path` is what follows the host, and is escaped.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> anyhow::Result<Value> {
        self.understood(self.send(method, path, body).await?).await
    }

    /// Writes the answer to a question as it comes: it may be long.
    pub(crate) async fn download(&self, path: &str, out: &mut impl Write) -> anyhow::Result<()> {
        let mut answer = self.send(Method::GET, path, None).await?;
        if !answer.status().is_success() {
            return self.understood(answer).await.map(|_| ());
        }
        let broken = |error: reqwest::Error| error.without_url();
        while let Some(piece) = answer.chunk().await.map_err(broken).context("read the answer")? {
            // A reader who has gone away (`| head`) is no error.
            if out.write_all(&piece).is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The body of an answer, or what is wrong in the server's words: these say by themselves what was
    /// refused, wherever that was.
    async fn understood(&self, answer: Response) -> anyhow::Result<Value> {
        let (status, url) = (answer.status(), &self.url);
        let text = answer.text().await.map_err(reqwest::Error::without_url);
        let text = text.with_context(|| format!("read the answer of the gateway at {url}"))?;
        let body = serde_json::from_str::<Value>(&text).ok();
        match (status.is_success(), body) {
            (true, Some(body)) => Ok(body),
            (true, None) if status == StatusCode::NO_CONTENT => Ok(Value::Null),
            // Whatever it is, it has not done what was asked.
            (true, None) => bail!("what answers at {url} is no gateway of Rollcall; check --url"),
            (false, body) => Err(refusal(status, body.as_ref(), &text, url)),
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> anyhow::Result<Response> {
        let url = format!("{}/{path}", self.url);
        let mut request = self.http.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.map_err(reqwest::Error::without_url);
        answer.with_context(|| {
            let hint = if tls_trust::is_secure(&self.url) {
                "does it speak TLS, and is its certificate trusted (--tls-ca)?"
            } else {
                "is it there, and does it speak HTTP without TLS?"
            };
            format!("reach the gateway at {}; {hint}", self.url)
        })
    }
}

/// What stands in a segment of a path as it is (RFC 3986 §2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A path of these segments, whatever they hold.
pub(crate) fn escaped(segments: &[&str]) -> anyhow::Result<String> {
    // Clients resolve dots, escaped ones too, and would ask for something else.
    if let Some(odd) = segments.iter().find(|segment| ["", ".", ".."].contains(*segment)) {
        return Err(UsageError(format!("{odd:?} names nothing; is it spelt right?")).into());
    }
    let segments: Vec<String> =
        segments.iter().map(|segment| utf8_percent_encode(segment, ESCAPED).to_string()).collect();
    Ok(segments.join("/"))
}

/// What a problem means for who asked.
fn refusal(status: StatusCode, body: Option<&Value>, text: &str, url: &str) -> anyhow::Error {
    let Some(detail) = body.and_then(|body| body["detail"].as_str()) else {
        let text: String = text.chars().take(200).collect();
        return anyhow::anyhow!("the gateway at {url} answered {status}: {text}");
    };
    let detail = of_what_was_typed(detail);
    match (status, body.and_then(|body| body["code"].as_str())) {
        (_, Some("refused")) => Refused::BySafetyRule(detail).into(),
        (_, Some("plan-out-of-date")) => Refused::PlanOutOfDate(detail).into(),
        (StatusCode::BAD_REQUEST, _) | (_, Some("usage")) => UsageError(detail).into(),
        (StatusCode::UNAUTHORIZED, _) => {
            Refused::NotAllowed(format!("{detail}; is --operator-token right?")).into()
        }
        (StatusCode::FORBIDDEN, _) => Refused::NotAllowed(detail).into(),
        (_, _) => anyhow::Error::msg(detail),
    }
}

/// A refusal without where in the body of the request it was found: nobody typed that body.
fn of_what_was_typed(detail: &str) -> String {
    let told = detail.strip_prefix("the body cannot be understood: ").unwrap_or(detail);
    let place = told.rsplit_once(" at line ").filter(|(_, place)| {
        place.bytes().all(|byte| byte.is_ascii_digit() || b" column".contains(&byte))
    });
    place.map_or(told, |(told, _)| told).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_has_an_exit_code_and_the_servers_own_words() {
        let code = |status, code: Option<&str>| {
            let problem = serde_json::json!({ "detail": "no", "code": code });
            let error = refusal(status, Some(&problem), "", "http://gateway");
            assert_eq!(error.to_string(), "no");
            crate::exit::code(Err(error))
        };
        let expected = [
            (StatusCode::CONFLICT, None, 1),
            (StatusCode::NOT_FOUND, None, 1),
            (StatusCode::BAD_REQUEST, None, 2),
            (StatusCode::NOT_FOUND, Some("usage"), 2),
            (StatusCode::CONFLICT, Some("refused"), 5),
            (StatusCode::FORBIDDEN, None, 6),
            (StatusCode::CONFLICT, Some("plan-out-of-date"), 7),
        ];
        for (status, word, exit) in expected {
            assert_eq!(code(status, word), std::process::ExitCode::from(exit), "{status} {word:?}");
        }
    }

    #[test]
    fn a_refusal_says_nothing_of_a_body_that_nobody_typed() {
        let told = "the body cannot be understood: a reason is short at line 1 column 60";
        assert_eq!(of_what_was_typed(told), "a reason is short");
        assert_eq!(of_what_was_typed("queue at line five"), "queue at line five");
    }

    #[test]
    fn what_is_put_into_a_url_stays_one_segment_of_its_path() {
        let urn = "urn:example:badges:2.0:User/../?x=%2F#";
        let path = escaped(&["tenants", "a b", "extensions", urn]).unwrap();
        let expected = "tenants/a%20b/extensions/\
            urn%3Aexample%3Abadges%3A2.0%3AUser%2F..%2F%3Fx%3D%252F%23";
        assert_eq!(path, expected);
        for odd in ["", ".", ".."] {
            assert!(escaped(&["tenants", odd]).is_err(), "{odd:?}");
        }
    }
}
