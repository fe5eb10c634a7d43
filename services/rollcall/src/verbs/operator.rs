//! The operators' API of a running gateway.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use events::{BookingSource, Scope};
use reqwest::{Method, StatusCode};
use rustls::ClientConfig;
use serde_json::{Value, json};

use super::gateway::{Gateway, escaped};
use super::tls_trust;
use crate::data_dir::{DemoCredentials, Running};

pub(crate) struct Operator {
    gateway: Gateway,
}

impl Operator {
    pub(crate) fn new(url: &str, token: &str, trust: ClientConfig) -> anyhow::Result<Self> {
        Ok(Self { gateway: Gateway::new(url, token, trust)? })
    }

    pub(crate) fn of(running: &Running) -> anyhow::Result<Self> {
        Self::new(&running.url, &running.operator_token, tls_trust::nobody()?)
    }

    pub(crate) fn url(&self) -> &str {
        self.gateway.url()
    }

    pub(crate) async fn create_tenant(
        &self,
        tenant: &str,
        stream: Option<&str>,
    ) -> anyhow::Result<Value> {
        let mut body = json!({ "tenant": tenant });
        if let Some(stream) = stream {
            body["stream"] = stream.into();
        }
        self.ask(Method::POST, &["tenants"], Some(body)).await
    }

    pub(crate) async fn tenants(&self) -> anyhow::Result<Vec<Value>> {
        let tenants = self.ask(Method::GET, &["tenants"], None).await?;
        serde_json::from_value(tenants).context("understand the list of tenants")
    }

    pub(crate) async fn activate(
        &self,
        tenant: &str,
        profile: &str,
        days: Option<u32>,
    ) -> anyhow::Result<Value> {
        let body = json!({ "profile": profile, "expires_in_days": days });
        self.ask(Method::PUT, &["tenants", tenant, "integration"], Some(body)).await
    }

    pub(crate) async fn deactivate(&self, tenant: &str) -> anyhow::Result<Value> {
        self.ask(Method::DELETE, &["tenants", tenant, "integration"], None).await
    }

    /// Another secret token, good for so many days; `ends` names the one that the caller knows to end by it.
    pub(crate) async fn rotate_secret(
        &self,
        tenant: &str,
        days: Option<u32>,
        ends: Option<&str>,
    ) -> anyhow::Result<Value> {
        let body = json!({ "expires_in_days": days, "ends": ends });
        self.ask(Method::POST, &["tenants", tenant, "integration", "rotate"], Some(body)).await
    }

    pub(crate) async fn check_integration(&self, tenant: &str) -> anyhow::Result<Value> {
        self.ask(Method::GET, &["tenants", tenant, "integration", "check"], None).await
    }

    pub(crate) async fn issue_client(
        &self,
        tenant: &str,
        label: Option<&str>,
        days: Option<u32>,
    ) -> anyhow::Result<Value> {
        let body = json!({ "label": label, "expires_in_days": days });
        self.ask(Method::POST, &["tenants", tenant, "clients"], Some(body)).await
    }

    pub(crate) async fn issue_token(
        &self,
        tenant: &str,
        scopes: &BTreeSet<Scope>,
        source: Option<&BookingSource>,
        label: Option<&str>,
    ) -> anyhow::Result<Value> {
        let body = json!({ "scopes": scopes, "source": source, "label": label });
        let issued = self.ask(Method::POST, &["tenants", tenant, "tokens"], Some(body)).await?;
        self.known(tenant, text(&issued, "api_token")?).await;
        Ok(issued)
    }

    /// Waits until the read API knows a token, so that whoever gets it can use it at once. A read
    /// API that is elsewhere, or away, is not waited for.
    async fn known(&self, tenant: &str, token: &str) {
        let Ok(path) = escaped(&[tenant, "employees"]) else { return };
        let url = format!("{}/api/v1/{path}?limit=1", self.gateway.url());
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline {
            let answer = self.gateway.http().get(&url).bearer_auth(token).send().await;
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
        self.ask(Method::DELETE, &["tenants", tenant, "credentials", credential], None).await
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
        self.ask(Method::DELETE, &["tenants", tenant, "extensions", urn], None).await
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
        let activated = self.activate(tenant, profile, None).await?;
        let made = activated["secret_token"].is_string();
        let live = |known: &Value| {
            let is_new = made && known["credential_id"] == activated["credential_id"];
            known["revoked"] == false && known["purpose"] != "api-token" && !is_new
        };
        for known in self.credentials(tenant).await?.iter().filter(|known| live(known)) {
            self.revoke(tenant, text(known, "credential_id")?).await?;
        }
        let secret = if made { activated } else { self.rotate_secret(tenant, None, None).await? };
        let client = self.issue_client(tenant, None, None).await?;
        let token = self.issue_token(tenant, &BTreeSet::from(Scope::ALL), None, None).await?;
        Ok(DemoCredentials {
            tenant: tenant.to_owned(),
            secret_token: text(&secret, "secret_token")?.to_owned(),
            client_id: text(&client, "client_id")?.to_owned(),
            client_secret: text(&client, "client_secret")?.to_owned(),
            api_token: text(&token, "api_token")?.to_owned(),
        })
    }

    /// Asks for what is beneath `/operator/v1`.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &[&str],
        body: Option<Value>,
    ) -> anyhow::Result<Value> {
        self.gateway.ask(method, &format!("operator/v1/{}", escaped(path)?), body).await
    }
}

/// A text that the gateway's answer must have.
pub(crate) fn text<'a>(answer: &'a Value, name: &str) -> anyhow::Result<&'a str> {
    answer[name].as_str().with_context(|| format!("the gateway's answer has no {name}"))
}
