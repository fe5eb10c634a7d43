//! Who has left.

use deadpool_postgres::GenericClient;
use events::{EARLIEST, EmployeeId, Tenant};
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::{Error, Row};
use utoipa::ToSchema;
use uuid::Uuid;

use projector::sql::{Page, QueryError, key, page};

/// A Former person, and what was kept of their bookings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Leaver {
    #[schema(value_type = Uuid)]
    pub employee_id: EmployeeId,
    #[schema(value_type = String, format = DateTime)]
    pub left_at: Timestamp,
    pub bookings: BookingCounts,
    /// When the first booking begins that waits for somebody to decide, or began if it has not ended.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    pub next_at: Option<Timestamp>,
}

/// How many bookings a leaver has in each list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingCounts {
    /// Those that ended, and stay as they are.
    #[schema(minimum = 0)]
    pub past: i64,
    /// Those to come, whatever was decided about them.
    #[schema(minimum = 0)]
    pub upcoming: i64,
    #[schema(minimum = 0)]
    pub cancelled: i64,
    /// Those to come that are cancelled by themselves when it is due.
    #[schema(minimum = 0)]
    pub planned: i64,
    /// Those to come that somebody has decided to keep.
    #[schema(minimum = 0)]
    pub kept: i64,
    /// Those to come that wait for somebody to decide.
    #[schema(minimum = 0)]
    pub undecided: i64,
}

/// The Former people, who left last first; with `upcoming_only`, those with bookings to cancel.
/// `after` is `next` of the page before.
pub async fn leavers(
    client: &impl GenericClient,
    tenant: &Tenant,
    upcoming_only: bool,
    now: Timestamp,
    after: Option<&str>,
    limit: u16,
) -> Result<Page<Leaver>, QueryError> {
    let start = (Timestamp::MAX, Uuid::max());
    let (left_at, id) = key(after, start, |(left_at, _)| *left_at >= Timestamp::UNIX_EPOCH)?;
    let one_more = i64::from(limit) + 1;
    let statement = client.prepare_cached(include_str!("../../sql/read/leavers.sql")).await?;
    let values: &[&(dyn tokio_postgres::types::ToSql + Sync)] =
        &[&tenant.as_str(), &left_at, &id, &one_more, &now, &upcoming_only];
    let rows = client.query(&statement, values).await?;
    let found = rows.iter().map(|row| {
        let leaver = read(row)?;
        Ok((leaver, (leaver.left_at, leaver.employee_id.0)))
    });
    Ok(page(found.collect::<Result<Vec<_>, Error>>()?, limit))
}

/// The Former people with bookings to come that nobody has decided about, the most urgent first. `after` is
/// `next` of the page before.
pub async fn inbox(
    client: &impl GenericClient,
    tenant: &Tenant,
    now: Timestamp,
    after: Option<&str>,
    limit: u16,
) -> Result<Page<Leaver>, QueryError> {
    let start = (EARLIEST, Uuid::nil());
    let (next_at, id) = key(after, start, |(next_at, _)| *next_at >= EARLIEST)?;
    let one_more = i64::from(limit) + 1;
    let statement = client.prepare_cached(include_str!("../../sql/read/inbox.sql")).await?;
    let rows =
        client.query(&statement, &[&tenant.as_str(), &next_at, &id, &one_more, &now]).await?;
    let found = rows.iter().map(|row| {
        let leaver = read(row)?;
        Ok((leaver, (leaver.next_at.unwrap_or(EARLIEST), leaver.employee_id.0)))
    });
    Ok(page(found.collect::<Result<Vec<_>, Error>>()?, limit))
}

fn read(row: &Row) -> Result<Leaver, Error> {
    Ok(Leaver {
        employee_id: EmployeeId(row.try_get("employee")?),
        left_at: row.try_get("left_at")?,
        bookings: BookingCounts {
            past: row.try_get("past")?,
            upcoming: row.try_get("upcoming")?,
            cancelled: row.try_get("cancelled")?,
            planned: row.try_get("planned")?,
            kept: row.try_get("kept")?,
            undecided: row.try_get("undecided")?,
        },
        next_at: row.try_get("next_at")?,
    })
}
