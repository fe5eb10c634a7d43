//! What is asked of the operators' API about administrators.

use anyhow::Context as _;
use reqwest::Method;
use serde_json::Value;

use crate::verbs::operator::Operator;

impl Operator {
    pub(crate) async fn administrators(&self, tenant: &str) -> anyhow::Result<Vec<Value>> {
        let path = &["tenants", tenant, "administrators"];
        let administrators = self.ask(Method::GET, path, None).await?;
        serde_json::from_value(administrators).context("understand the list of administrators")
    }

    pub(crate) async fn invite_administrator(
        &self,
        tenant: &str,
        new: Value,
    ) -> anyhow::Result<Value> {
        self.ask(Method::POST, &["tenants", tenant, "administrators"], Some(new)).await
    }

    pub(crate) async fn issue_sign_in_link(&self, tenant: &str, id: &str) -> anyhow::Result<Value> {
        self.ask(Method::POST, &["tenants", tenant, "administrators", id, "link"], None).await
    }

    pub(crate) async fn change_administrator(
        &self,
        tenant: &str,
        id: &str,
        change: Value,
    ) -> anyhow::Result<Value> {
        self.ask(Method::PATCH, &["tenants", tenant, "administrators", id], Some(change)).await
    }

    pub(crate) async fn remove_administrator(
        &self,
        tenant: &str,
        id: &str,
    ) -> anyhow::Result<Value> {
        self.ask(Method::DELETE, &["tenants", tenant, "administrators", id], None).await
    }
}
