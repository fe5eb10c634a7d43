//! Asking a running program over HTTP, and what its refusals mean.

use std::io::Write;

use anyhow::{Context as _, bail};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method, Response, StatusCode};
use rustls::ClientConfig;
use serde_json::Value;

use super::tls_trust;
use crate::exit::Refused;

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
        let answer = self.send(method, path, body).await?;
        understood(answer).await.with_context(|| format!("ask the gateway at {}", self.url))
    }

    /// Writes the answer to a question as it comes: it may be long.
    pub(crate) async fn download(&self, path: &str, out: &mut impl Write) -> anyhow::Result<()> {
        let mut answer = self.send(Method::GET, path, None).await?;
        if !answer.status().is_success() {
            let refused = understood(answer).await.map(|_| ());
            return refused.with_context(|| format!("ask the gateway at {}", self.url));
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
        bail!("{odd:?} names nothing; is it spelt right?");
    }
    let segments: Vec<String> =
        segments.iter().map(|segment| utf8_percent_encode(segment, ESCAPED).to_string()).collect();
    Ok(segments.join("/"))
}

/// The body of an answer, or what is wrong in the server's words.
async fn understood(answer: Response) -> anyhow::Result<Value> {
    let status = answer.status();
    let text = answer.text().await.context("read the gateway's answer")?;
    let body = serde_json::from_str::<Value>(&text).ok();
    match (status.is_success(), body) {
        (true, Some(body)) => Ok(body),
        (true, None) if status == StatusCode::NO_CONTENT => Ok(Value::Null),
        // Whatever it is, it has not done what was asked.
        (true, None) => bail!("what answers there is no gateway of Rollcall; check --url"),
        (false, body) => Err(refusal(status, body.as_ref(), &text)),
    }
}

/// What a problem means for who asked.
fn refusal(status: StatusCode, body: Option<&Value>, text: &str) -> anyhow::Error {
    let Some(detail) = body.and_then(|body| body["detail"].as_str()) else {
        return anyhow::anyhow!("the answer was {status}: {text}");
    };
    let detail = detail.to_owned();
    match (status, body.and_then(|body| body["code"].as_str())) {
        (_, Some("refused")) => Refused::BySafetyRule(detail).into(),
        (_, Some("plan-out-of-date")) => Refused::PlanOutOfDate(detail).into(),
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => Refused::NotAllowed(detail).into(),
        (_, _) => anyhow::Error::msg(detail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
