//! How much happened, by day and type of event.

use std::ops::RangeInclusive;

use deadpool_postgres::GenericClient;
use events::Tenant;
use jiff::civil::{Date, date};
use projector::sql::{Page, QueryError, key, page};
use tokio_postgres::Error;

/// How many events of one type one day had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventCount {
    /// The day, in UTC.
    pub day: Date,
    /// The type of the events, like `user.created`.
    pub event: String,
    /// How many there were.
    pub count: i64,
}

/// The first day that is let into a statement: years before this one are written otherwise.
const FIRST_DAY: Date = date(1, 1, 1);

/// The counts of some days, the last day first and types by name. `after` is `next` of the page
/// before.
pub async fn event_counts(
    client: &impl GenericClient,
    tenant: &Tenant,
    days: RangeInclusive<Date>,
    after: Option<&str>,
    limit: u16,
) -> Result<Page<EventCount>, QueryError> {
    let start = (Date::MAX, String::new());
    let fits = |(day, event): &(Date, String)| *day >= FIRST_DAY && !event.contains('\0');
    let (day, event) = key(after, start, fits)?;
    let one_more = i64::from(limit) + 1;
    let (from, until) = (*days.start().max(&FIRST_DAY), *days.end().max(&FIRST_DAY));
    let statement = client.prepare_cached(include_str!("../../sql/read/event_counts.sql")).await?;
    let values: &[&(dyn tokio_postgres::types::ToSql + Sync)] =
        &[&tenant.as_str(), &from, &until, &day, &event, &one_more];
    let rows = client.query(&statement, values).await?;
    let found = rows.iter().map(|row| {
        let (day, event): (Date, String) = (row.try_get("day")?, row.try_get("event")?);
        let count = row.try_get("count")?;
        Ok((EventCount { day, event: event.clone(), count }, (day, event)))
    });
    Ok(page(found.collect::<Result<Vec<_>, Error>>()?, limit))
}
