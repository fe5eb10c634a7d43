//! Departures that were not acknowledged in time, as they are listed.

use deadpool_postgres::GenericClient;
use events::Tenant;
use jiff::Timestamp;
use tokio_postgres::Error;
use uuid::Uuid;

use crate::optional_rows::optional_rows;

/// A departure that somebody who wants to be told has not acknowledged in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverdueReceipt {
    /// Who left.
    pub employee: Uuid,
    /// When.
    pub left_at: Timestamp,
    /// When all were to have acknowledged.
    pub due_at: Timestamp,
    /// The subscribers that have not, by name.
    pub missing: Vec<String>,
}

/// The first of a tenant's departures that are overdue, those that were due first in front.
pub async fn overdue_of(
    client: &impl GenericClient,
    tenant: &Tenant,
    limit: u16,
) -> Result<Vec<OverdueReceipt>, Error> {
    let sql = include_str!("../../sql/receipts/overdue.sql");
    let rows = optional_rows(client, sql, &[&tenant.as_str(), &i64::from(limit)]).await?;
    let read = rows.iter().map(|row| {
        Ok(OverdueReceipt {
            employee: row.try_get(0)?,
            left_at: row.try_get(1)?,
            due_at: row.try_get(2)?,
            missing: row.try_get(3)?,
        })
    });
    read.collect()
}
