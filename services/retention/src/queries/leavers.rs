//! Who has left.

use deadpool_postgres::GenericClient;
use events::{EARLIEST, EmployeeId, Tenant};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
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

/// What was decided about a booking to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DecisionName {
    /// Nothing yet: it waits for somebody.
    Undecided,
    /// It is cancelled by itself when that is due.
    Planned,
    /// It is kept.
    Kept,
    /// It is a colleague's here, and its booking system books it for the leaver still.
    HandedOver,
}

impl DecisionName {
    /// As it is called in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::Planned => "planned",
            Self::Kept => "kept",
            Self::HandedOver => "handed-over",
        }
    }
}

/// Which bookings to come the leavers of an inbox must have; what is left out stays open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WantedLeavers {
    /// This leaver alone.
    pub employee: Option<EmployeeId>,
    /// Of this resource type.
    pub resource_type: Option<String>,
    /// That end after this moment.
    pub from: Option<Timestamp>,
    /// That begin before this moment.
    pub to: Option<Timestamp>,
    /// About which this was decided.
    pub decision: Option<DecisionName>,
}

/// The Former people with bookings to come as they are wanted, the most urgent first, by the beginning of the first
/// such booking. `after` is `next` of the page before.
pub async fn inbox(
    client: &impl GenericClient,
    tenant: &Tenant,
    wanted: &WantedLeavers,
    now: Timestamp,
    after: Option<&str>,
    limit: u16,
) -> Result<Page<Leaver>, QueryError> {
    let start = (EARLIEST, Uuid::nil());
    let (first_at, id) = key(after, start, |(first_at, _)| *first_at >= EARLIEST)?;
    let one_more = i64::from(limit) + 1;
    let employee = wanted.employee.map(|employee| employee.0);
    let decision = wanted.decision.map_or("any", DecisionName::as_str);
    let statement = client.prepare_cached(include_str!("../../sql/read/inbox.sql")).await?;
    let values: &[&(dyn tokio_postgres::types::ToSql + Sync)] = &[
        &tenant.as_str(),
        &first_at,
        &id,
        &one_more,
        &now,
        &employee,
        &wanted.resource_type,
        &wanted.from,
        &wanted.to,
        &decision,
    ];
    let rows = client.query(&statement, values).await?;
    let found = rows.iter().map(|row| {
        let leaver = read(row)?;
        Ok((leaver, (row.try_get::<_, Timestamp>("first_at")?, leaver.employee_id.0)))
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
