//! The last receipt of a person, as it is shown.

use deadpool_postgres::GenericClient;
use events::{EmployeeId, Tenant};
use jiff::Timestamp;
use tokio_postgres::Error;
use uuid::Uuid;

use crate::optional_rows::optional_rows;

/// The receipt of a departure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptState {
    /// When the person left.
    pub left_at: Timestamp,
    /// When all are to have acknowledged.
    pub due_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// `open`, `acknowledged`, `overdue`, or `superseded` if the person came back before.
    pub state: String,
    /// Who was to be told, in the order of their names.
    pub subscribers: Vec<ReceiptSubscriber>,
}

/// A subscriber that was to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptSubscriber {
    /// Which one.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its door.
    pub door: String,
    /// When it acknowledged.
    pub acknowledged_at: Option<Timestamp>,
    /// When it was removed without having acknowledged.
    pub removed_at: Option<Timestamp>,
}

impl ReceiptSubscriber {
    /// How many seconds after a departure it acknowledged.
    pub fn seconds_after(&self, left_at: Timestamp) -> Option<f64> {
        let at = self.acknowledged_at?;
        Some(at.duration_since(left_at).as_secs_f64().max(0.0))
    }
}

/// The receipt of a person's last departure; none if there is none, or nobody wanted to be told.
pub async fn last_of(
    client: &impl GenericClient,
    tenant: &Tenant,
    employee: EmployeeId,
) -> Result<Option<ReceiptState>, Error> {
    let sql = include_str!("../../sql/receipts/last_of.sql");
    let rows = optional_rows(client, sql, &[&tenant.as_str(), &employee.0]).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let outcome: Option<String> = first.try_get(3)?;
    let subscribers = rows.iter().map(|row| {
        Ok(ReceiptSubscriber {
            id: row.try_get(4)?,
            name: row.try_get(5)?,
            door: row.try_get(6)?,
            acknowledged_at: row.try_get(7)?,
            removed_at: row.try_get(8)?,
        })
    });
    Ok(Some(ReceiptState {
        left_at: first.try_get(0)?,
        due_at: first.try_get(1)?,
        closed_at: first.try_get(2)?,
        state: outcome.unwrap_or_else(|| "open".to_owned()),
        subscribers: subscribers.collect::<Result<_, Error>>()?,
    }))
}
