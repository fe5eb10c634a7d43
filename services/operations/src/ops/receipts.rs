//! `/ops/v1/receipts`: who has acknowledged that somebody left.

use acts::Role;
use axum::extract::State;
use delivery::receipts::{OverdueReceipt, ReceiptState, last_of, overdue_of};
use events::{EmployeeId, Tenant};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::path_id;

use super::{Answer, Answered, Caller, Confined, OpsError};
use crate::operations::Operations;
use crate::ops::extract::Query;

/// Of whom.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Of {
    tenant: String,
    /// The employee id.
    employee: String,
}

/// The receipt of a person's last departure.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReceiptAnswer {
    tenant: String,
    employee_id: String,
    /// `open`, `acknowledged`, `overdue`, `superseded` if the person came back before, or `none`: the person has
    /// not left, or no subscriber wanted to be told.
    state: String,
    left_at: Option<Timestamp>,
    /// When all are to have acknowledged.
    due_at: Option<Timestamp>,
    closed_at: Option<Timestamp>,
    /// Who was to be told, in the order of their names.
    subscribers: Vec<ReceiptItem>,
}

impl Answer for ReceiptAnswer {
    const SCHEMA: &'static str = "rollcall.receipt.v1";
}

/// A subscriber that was to be told.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReceiptItem {
    subscriber_id: String,
    name: String,
    door: String,
    acknowledged_at: Option<Timestamp>,
    /// From the departure to then.
    seconds: Option<f64>,
    /// When it was removed without having acknowledged.
    removed_at: Option<Timestamp>,
}

pub(crate) async fn show(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Query(Of { tenant, employee }): Query<Of>,
) -> Result<Answered<ReceiptAnswer>, OpsError> {
    caller.may(Role::OpsRead)?;
    let slug: Tenant = tenant.parse().map_err(|error: events::BadTenant| {
        OpsError::from(web::Problem::malformed(error.to_string()))
    })?;
    caller.at(Some(&slug))?;
    let id: EmployeeId = path_id("employee", &employee)?;
    let client = ops.database().pool().get().await?;
    let found = last_of(&client, &slug, id).await?;
    Ok(Answered(answer(tenant, employee, found)))
}

/// How many overdue departures one answer has at most.
const MAX_OVERDUE: u16 = 100;

/// Whose.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfTenant {
    tenant: String,
}

/// Departures that were not acknowledged in time, those that were due first in front.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OverdueList {
    tenant: String,
    overdue: Vec<OverdueItem>,
    /// Whether there are more.
    more: bool,
}

impl Answer for OverdueList {
    const SCHEMA: &'static str = "rollcall.receipts-overdue.v1";
}

/// A departure that was not acknowledged in time.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OverdueItem {
    employee_id: String,
    left_at: Timestamp,
    due_at: Timestamp,
    /// The subscribers that have not acknowledged it, by name.
    missing: Vec<String>,
}

pub(crate) async fn overdue(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Query(OfTenant { tenant }): Query<OfTenant>,
) -> Result<Answered<OverdueList>, OpsError> {
    caller.may(Role::OpsRead)?;
    let slug = crate::caller::tenant(&tenant)?;
    caller.at(Some(&slug))?;
    let client = ops.database().pool().get().await?;
    let mut found = overdue_of(&client, &slug, MAX_OVERDUE + 1).await?;
    let more = found.len() > usize::from(MAX_OVERDUE);
    found.truncate(MAX_OVERDUE.into());
    let item = |OverdueReceipt { employee, left_at, due_at, missing }| OverdueItem {
        employee_id: employee.to_string(),
        left_at,
        due_at,
        missing,
    };
    Ok(Answered(OverdueList { tenant, overdue: found.into_iter().map(item).collect(), more }))
}

fn answer(tenant: String, employee_id: String, found: Option<ReceiptState>) -> ReceiptAnswer {
    let Some(receipt) = found else {
        return ReceiptAnswer {
            tenant,
            employee_id,
            state: "none".to_owned(),
            left_at: None,
            due_at: None,
            closed_at: None,
            subscribers: vec![],
        };
    };
    let ReceiptState { left_at, due_at, closed_at, state, subscribers } = receipt;
    let subscribers = subscribers.into_iter().map(|one| ReceiptItem {
        seconds: one.seconds_after(left_at),
        subscriber_id: one.id.to_string(),
        name: one.name,
        door: one.door,
        acknowledged_at: one.acknowledged_at,
        removed_at: one.removed_at,
    });
    ReceiptAnswer {
        tenant,
        employee_id,
        state,
        left_at: Some(left_at),
        due_at: Some(due_at),
        closed_at,
        subscribers: subscribers.collect(),
    }
}
