//! The operators' API of a running gateway.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use events::Scope;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method, Response, StatusCode};
use rustls::ClientConfig;
use serde_json::{Value, json};

use super::tls_trust;
use crate::data_dir::{DemoCredentials, Running};

pub(crate) struct Operator {
    http: Client,
    url: String,
    token: String,
}

impl Operator {
    pub(crate) fn new(url: &str, token: &str, trust: ClientConfig) -> anyhow::Result<Self> {
        let http = Client::builder().no_proxy().tls_backend_preconfigured(trust).build();
        let http = http.context("set up an HTTP client")?;
        Ok(Self { http, url: url.trim_end_matches('/').to_owned(), token: token.to_owned() })
    }

    pub(crate) fn of(running: &Running) -> anyhow::Result<Self> {
        Self::new(&running.url, &running.operator_token, tls_trust::nobody()?)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) async fn create_tenant(&self, tenant: &str) -> anyhow::Result<Value> {
        self.ask(Method::POST, &["tenants"], Some(json!({ "tenant": tenant }))).await
    }

    pub(crate) async fn tenants(&self) -> anyhow::Result<Vec<Value>> {
        let tenants = self.ask(Method::GET, &["tenants"], None).await?;
        serde_json::from_value(tenants).context("understand the list of tenants")
    }

    pub(crate) async fn activate(&self, tenant: &str, profile: &str) -> anyhow::Result<Value> {
        let path = &["tenants", tenant, "integration"];
        self.ask(Method::PUT, path, Some(json!({ "profile": profile }))).await
    }

    pub(crate) async fn deactivate(&self, tenant: &str) -> anyhow::Result<Value> {
        self.ask(Method::DELETE, &["tenants", tenant, "integration"], None).await
    }

    pub(crate) async fn rotate_secret(&self, tenant: &str) -> anyhow::Result<Value> {
        self.ask(Method::POST, &["tenants", tenant, "integration", "rotate"], None).await
    }

    pub(crate) async fn issue_client(
        &self,
        tenant: &str,
        label: Option<&str>,
    ) -> anyhow::Result<Value> {
        let path = &["tenants", tenant, "clients"];
        self.ask(Method::POST, path, Some(json!({ "label": label }))).await
    }

    pub(crate) async fn issue_token(
        &self,
        tenant: &str,
        scopes: &BTreeSet<Scope>,
        label: Option<&str>,
    ) -> anyhow::Result<Value> {
        let path = &["tenants", tenant, "tokens"];
        let body = json!({ "scopes": scopes, "label": label });
        let issued = self.ask(Method::POST, path, Some(body)).await?;
        self.known(tenant, text(&issued, "api_token")?).await;
        Ok(issued)
    }

    /// Waits until the read API knows a token, so that whoever gets it can use it at once. A read
    /// API that is elsewhere, or away, is not waited for.
    async fn known(&self, tenant: &str, token: &str) {
        let Ok(path) = escaped(&[tenant, "employees"]) else { return };
        let url = format!("{}/api/v1/{path}?limit=1", self.url);
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline {
            let answer = self.http.get(&url).bearer_auth(token).send().await;
            match answer.map(|answer| answer.status()) {
                Ok(StatusCode::UNAUTHORIZED | StatusCode::SERVICE_UNAVAILABLE) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Ok(_) | Err(_) => return,
            }
        }
    }

    pub(crate) async fn credentials(&self, tenant: &str) -> anyhow::Result<Vec<Value>> {
        let path = &["tenants", tenant, "credentials"];
        let credentials = self.ask(Method::GET, path, None).await?;
        serde_json::from_value(credentials).context("understand the list of credentials")
    }

    pub(crate) async fn revoke(&self, tenant: &str, credential: &str) -> anyhow::Result<Value> {
        let path = &["tenants", tenant, "credentials", credential];
        self.ask(Method::DELETE, path, None).await
    }

    pub(crate) async fn declare_extension(
        &self,
        tenant: &str,
        extension: &Value,
    ) -> anyhow::Result<Value> {
        let path = &["tenants", tenant, "extensions"];
        self.ask(Method::POST, path, Some(extension.clone())).await
    }

    pub(crate) async fn extensions(&self, tenant: &str) -> anyhow::Result<Vec<Value>> {
        let extensions = self.ask(Method::GET, &["tenants", tenant, "extensions"], None).await?;
        serde_json::from_value(extensions).context("understand the list of extensions")
    }

    pub(crate) async fn remove_extension(&self, tenant: &str, urn: &str) -> anyhow::Result<Value> {
        let path = &["tenants", tenant, "extensions", urn];
        self.ask(Method::DELETE, path, None).await
    }

    pub(crate) async fn guard(&self, tenant: &str) -> anyhow::Result<Value> {
        self.ask(Method::GET, &["tenants", tenant, "guard"], None).await
    }

    pub(crate) async fn set_guard(&self, tenant: &str, change: Value) -> anyhow::Result<Value> {
        self.ask(Method::PATCH, &["tenants", tenant, "guard"], Some(change)).await
    }

    pub(crate) async fn alerts(&self, tenant: &str) -> anyhow::Result<Vec<Value>> {
        let alerts = self.ask(Method::GET, &["tenants", tenant, "alerts"], None).await?;
        serde_json::from_value(alerts).context("understand the list of alerts")
    }

    /// Decides on an alert; `how` is `release` or `reverse`.
    pub(crate) async fn decide_alert(
        &self,
        tenant: &str,
        alert: &str,
        how: &str,
        reason: Option<&str>,
    ) -> anyhow::Result<Value> {
        let path = &["tenants", tenant, "alerts", alert, how];
        self.ask(Method::POST, path, Some(json!({ "reason": reason }))).await
    }

    /// Activates a tenant's integration, with one credential of every kind.
    pub(crate) async fn open(
        &self,
        tenant: &str,
        profile: &str,
    ) -> anyhow::Result<DemoCredentials> {
        self.activate(tenant, profile).await?;
        let live = |known: &Value| known["revoked"] == false && known["purpose"] != "api-token";
        for known in self.credentials(tenant).await?.iter().filter(|known| live(known)) {
            self.revoke(tenant, text(known, "credential_id")?).await?;
        }
        let secret = self.rotate_secret(tenant).await?;
        let client = self.issue_client(tenant, None).await?;
        let token = self.issue_token(tenant, &BTreeSet::from(Scope::ALL), None).await?;
        Ok(DemoCredentials {
            tenant: tenant.to_owned(),
            secret_token: text(&secret, "secret_token")?.to_owned(),
            client_id: text(&client, "client_id")?.to_owned(),
            client_secret: text(&client, "client_secret")?.to_owned(),
            api_token: text(&token, "api_token")?.to_owned(),
        })
    }

    async fn ask(
        &self,
        method: Method,
        path: &[&str],
        body: Option<Value>,
    ) -> anyhow::Result<Value> {
        let url = format!("{}/operator/v1/{}", self.url, escaped(path)?);
        let mut request = self.http.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.map_err(reqwest::Error::without_url);
        let answer = answer.with_context(|| {
            let hint = if tls_trust::is_secure(&self.url) {
                "does it speak TLS, and is its certificate trusted (--tls-ca)?"
            } else {
                "is it there, and does it speak HTTP without TLS?"
            };
            format!("reach the gateway at {}; {hint}", self.url)
        })?;
        understood(answer).await.with_context(|| format!("ask the gateway at {}", self.url))
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
        (false, body) => match body.as_ref().and_then(|body| body["detail"].as_str()) {
            Some(detail) => bail!("{detail}"),
            None => bail!("the answer was {status}: {text}"),
        },
    }
}

/// A text that the gateway's answer must have.
pub(crate) fn text<'a>(answer: &'a Value, name: &str) -> anyhow::Result<&'a str> {
    answer[name].as_str().with_context(|| format!("the gateway's answer has no {name}"))
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
