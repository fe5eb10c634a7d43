//! What the operators' API is asked about subscribers.

use anyhow::Context as _;
use reqwest::Method;
use serde_json::{Value, json};

use super::operator::Operator;

impl Operator {
    pub(crate) async fn subscribers(&self, tenant: &str) -> anyhow::Result<Vec<Value>> {
        let subscribers = self.ask(Method::GET, &["tenants", tenant, "subscribers"], None).await?;
        serde_json::from_value(subscribers).context("understand the list of subscribers")
    }

    pub(crate) async fn add_subscriber(&self, tenant: &str, new: Value) -> anyhow::Result<Value> {
        self.ask(Method::POST, &["tenants", tenant, "subscribers"], Some(new)).await
    }

    pub(crate) async fn subscriber(&self, tenant: &str, named: &str) -> anyhow::Result<Value> {
        self.ask(Method::GET, &["tenants", tenant, "subscribers", named], None).await
    }

    pub(crate) async fn change_subscriber(
        &self,
        tenant: &str,
        named: &str,
        change: Value,
    ) -> anyhow::Result<Value> {
        let path = &["tenants", tenant, "subscribers", named];
        self.ask(Method::PATCH, path, Some(change)).await
    }

    pub(crate) async fn remove_subscriber(
        &self,
        tenant: &str,
        named: &str,
    ) -> anyhow::Result<Value> {
        self.ask(Method::DELETE, &["tenants", tenant, "subscribers", named], None).await
    }

    pub(crate) async fn rotate_subscriber(
        &self,
        tenant: &str,
        named: &str,
    ) -> anyhow::Result<Value> {
        let path = &["tenants", tenant, "subscribers", named, "secrets"];
        self.ask(Method::POST, path, None).await
    }

    pub(crate) async fn withdraw_secret(
        &self,
        tenant: &str,
        named: &str,
        secret: &str,
    ) -> anyhow::Result<Value> {
        let path = &["tenants", tenant, "subscribers", named, "secrets", secret];
        self.ask(Method::DELETE, path, None).await
    }

    pub(crate) async fn disable_subscriber(
        &self,
        tenant: &str,
        named: &str,
        reason: &str,
    ) -> anyhow::Result<Value> {
        let path = &["tenants", tenant, "subscribers", named, "disable"];
        self.ask(Method::POST, path, Some(json!({ "reason": reason }))).await
    }

    pub(crate) async fn enable_subscriber(
        &self,
        tenant: &str,
        named: &str,
    ) -> anyhow::Result<Value> {
        let path = &["tenants", tenant, "subscribers", named, "enable"];
        self.ask(Method::POST, path, None).await
    }

    /// Has something done with a subscriber: `pause`, `resume`, `reset`, `test` or `replays`.
    pub(crate) async fn act_on_subscriber(
        &self,
        tenant: &str,
        named: &str,
        what: &str,
        body: Option<Value>,
    ) -> anyhow::Result<Value> {
        let path = &["tenants", tenant, "subscribers", named, what];
        self.ask(Method::POST, path, body).await
    }

    pub(crate) async fn cancel_replay(
        &self,
        tenant: &str,
        named: &str,
        replay: &str,
    ) -> anyhow::Result<Value> {
        let path = &["tenants", tenant, "subscribers", named, "replays", replay];
        self.ask(Method::DELETE, path, None).await
    }
}
