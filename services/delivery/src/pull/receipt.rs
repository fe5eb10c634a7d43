//! `GET /api/v1/{tenant}/employees/{id}/receipt`: who has acknowledged that somebody left.

use access::CommandError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use events::EmployeeId;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Problem, path_id};

use super::door::{PullDoor, Reader};
use crate::readers::ReadersError;
use crate::receipts::{ReceiptState, last_of};

/// Which subscribers have acknowledged that somebody left.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EmployeeReceipt {
    /// When the person left.
    #[schema(value_type = String, format = DateTime)]
    left_at: Timestamp,
    /// When all are to have acknowledged.
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
    /// `open`, `acknowledged`, `overdue`, or `superseded` if the person came back before.
    state: String,
    /// Who was to be told, in the order of their names.
    subscribers: Vec<ReceiptLine>,
}

/// A subscriber that was to be told.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReceiptLine {
    /// Its name.
    name: String,
    /// `nats`, `webhook` or `pull`.
    door: String,
    /// When it acknowledged; null if it has not.
    #[schema(value_type = Option<String>, format = DateTime)]
    acknowledged_at: Option<Timestamp>,
    /// From the departure to then.
    seconds: Option<f64>,
    /// Whether it was removed without having acknowledged, so that nobody waits for it.
    removed: bool,
}

impl From<ReceiptState> for EmployeeReceipt {
    fn from(receipt: ReceiptState) -> Self {
        let ReceiptState { left_at, due_at, state, subscribers, .. } = receipt;
        let line = |one: crate::receipts::ReceiptSubscriber| ReceiptLine {
            seconds: one.seconds_after(left_at),
            name: one.name,
            door: one.door,
            acknowledged_at: one.acknowledged_at,
            removed: one.removed_at.is_some(),
        };
        let subscribers = subscribers.into_iter().map(line).collect();
        Self { left_at, due_at, state, subscribers }
    }
}

/// Read the receipt of a departure
///
/// Of a person's last departure: which of the tenant's subscribers that want `employee.left` have acknowledged it,
/// after how long, and which have not.
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/employees/{id}/receipt",
    operation_id = "readReceipt",
    tag = "events",
    params(("id" = String, Path, description = "The employee id", format = "uuid")),
    responses(
        (status = 200, description = "The receipt", body = EmployeeReceipt),
        (status = 404, description = "There is none: the person has not left, or no subscriber wanted to be told"),
    ),
    security(("apiToken" = ["events:read"])),
)]
pub(crate) async fn receipt(
    State(door): State<PullDoor>,
    reader: Reader,
    Path(path): Path<(String, String)>,
) -> Result<Json<EmployeeReceipt>, CommandError> {
    let employee: EmployeeId = path_id("employee", &path.1)?;
    let database = door.readers.database().map_err(Problem::from)?;
    let client =
        database.pool().get().await.map_err(|why| Problem::from(ReadersError::from(why)))?;
    let found = last_of(&client, &reader.tenant, employee).await;
    let found = found.map_err(|why| Problem::from(ReadersError::from(why)))?;
    let none = || {
        let why = format!(
            "there is no receipt of a departure of employee {employee}: they have not left, or no subscriber wanted \
             to be told"
        );
        Problem::new(StatusCode::NOT_FOUND, why)
    };
    Ok(Json(found.ok_or_else(none)?.into()))
}
