//! What the operators' API is asked about leavers.

use anyhow::Context as _;
use events::{BookingId, EmployeeId};
use reqwest::Method;
use serde_json::{Value, json};

use super::operator::Operator;

impl Operator {
    /// Cancels bookings of leavers: these, or all to come of one person.
    pub(crate) async fn cancel_bookings(
        &self,
        tenant: &str,
        employee: Option<EmployeeId>,
        bookings: &[BookingId],
        reason: &str,
    ) -> anyhow::Result<Value> {
        let body = json!({ "reason": reason, "bookings": bookings, "employee_id": employee });
        self.ask(Method::POST, &["tenants", tenant, "bookings", "cancel"], Some(body)).await
    }

    pub(crate) async fn leaver_policies(&self, tenant: &str) -> anyhow::Result<Vec<Value>> {
        let policies = self.ask(Method::GET, &["tenants", tenant, "leaver-policies"], None).await?;
        serde_json::from_value(policies).context("understand the list of policies")
    }

    pub(crate) async fn set_leaver_policy(
        &self,
        tenant: &str,
        resource_type: &str,
        policy: Value,
    ) -> anyhow::Result<Value> {
        let path = &["tenants", tenant, "leaver-policies", resource_type];
        self.ask(Method::PUT, path, Some(policy)).await
    }
}
