//! A batch of changes into Postgres: one array statement for each table.

use deadpool_postgres::Transaction;
use events::Tenant;
use projector::sql::{column, run};
use tokio_postgres::Error;
use uuid::Uuid;

use crate::batch::Batch;
use crate::project::{Change, Seen};

/// Writes `changes` into the schema that is first in the search path.
pub(crate) async fn write(tx: &Transaction<'_>, changes: Vec<Change>) -> Result<(), Error> {
    let batch = Batch::of(changes);
    event_counts(tx, &batch).await?;
    last_seen(tx, &batch).await?;
    mentions(tx, &batch.mentions).await?;
    erased(tx, &batch).await
}

/// Comes last: what of the erased events was counted shows by what they mentioned.
async fn erased(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    if batch.erased.is_empty() {
        return Ok(());
    }
    let rows = &batch.erased;
    run(
        tx,
        include_str!("../sql/write/erased_events.sql"),
        &[
            &column(rows, |row| row.tenant.as_str()),
            &column(rows, |row| row.employee.0),
            &column(rows, |row| row.seq),
            &column(rows, |row| row.day),
            &column(rows, |row| row.event.as_str()),
        ],
    )
    .await?;
    let rows = &batch.unmentioned;
    let tenants = column(rows, |(tenant, ..)| tenant.as_str());
    let ids = column(rows, |(_, id, _)| *id);
    let positions = column(rows, |(.., seq)| *seq);
    let sql = include_str!("../sql/write/erased_mentions.sql");
    run(tx, sql, &[&tenants, &ids, &positions]).await
}

async fn event_counts(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.counts.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(&rows, |((tenant, ..), _)| tenant.as_str());
    let days = column(&rows, |((_, day, _), _)| *day);
    let events = column(&rows, |((.., event), _)| event.as_str());
    let counts = column(&rows, |(_, count)| **count);
    let sql = include_str!("../sql/write/event_counts.sql");
    run(tx, sql, &[&tenants, &days, &events, &counts]).await
}

async fn last_seen(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<&Seen> = batch.seen.values().collect();
    if rows.is_empty() {
        return Ok(());
    }
    run(
        tx,
        include_str!("../sql/write/last_seen.sql"),
        &[
            &column(&rows, |row| row.tenant.as_str()),
            &column(&rows, |row| row.credential.0),
            &column(&rows, |row| row.event.as_str()),
            &column(&rows, |row| row.at),
            &column(&rows, |row| row.seq),
            &column(&rows, |row| row.request.as_ref().map(|request| request.id.as_str())),
            &column(&rows, |row| row.request.as_ref().map(|request| request.at)),
            &column(&rows, |row| row.request.as_ref().map(|request| request.seq)),
        ],
    )
    .await
}

async fn mentions(tx: &Transaction<'_>, rows: &[(Tenant, Uuid, i64)]) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(rows, |(tenant, ..)| tenant.as_str());
    let ids = column(rows, |(_, id, _)| *id);
    let positions = column(rows, |(.., seq)| *seq);
    run(tx, include_str!("../sql/write/mentions.sql"), &[&tenants, &ids, &positions]).await
}
