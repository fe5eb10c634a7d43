//! The bookings of everybody, for whoever compares them with a booking system's.

use std::collections::HashMap;

use deadpool_postgres::GenericClient;
use events::{BookingSource, BookingState, EARLIEST, EmployeeId, Tenant};
use jiff::Timestamp;
use projector::sql::{Page, QueryError, key, page};
use serde::Serialize;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};
use utoipa::ToSchema;
use uuid::Uuid;

use super::bookings::{Booking, booking};

/// A booking, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnedBooking {
    #[serde(flatten)]
    pub booking: Booking,
    #[schema(value_type = Uuid)]
    pub employee_id: EmployeeId,
    /// Whether that person has left.
    pub former: bool,
    /// When the booking system told of it last.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
}

/// Which bookings are meant; what is left out stays open.
#[derive(Clone, Debug, Default)]
pub struct WantedBookings {
    /// Those of one person.
    pub employee: Option<EmployeeId>,
    /// Those of one booking system.
    pub source: Option<BookingSource>,
    /// Those that stand like this.
    pub state: Option<BookingState>,
    /// Those that end after this moment.
    pub from: Option<Timestamp>,
    /// Those that begin before this moment.
    pub to: Option<Timestamp>,
}

/// Bookings in the order of their beginning. `after` is `next` of the page before.
pub async fn bookings(
    client: &impl GenericClient,
    tenant: &Tenant,
    wanted: &WantedBookings,
    after: Option<&str>,
    limit: u16,
) -> Result<Page<OwnedBooking>, QueryError> {
    let start = (EARLIEST, Uuid::nil());
    let (starts_at, id) = key(after, start, |(starts_at, _)| *starts_at >= EARLIEST)?;
    let one_more = i64::from(limit) + 1;
    let statement =
        client.prepare_cached(include_str!("../../sql/read/bookings_of_tenant.sql")).await?;
    let employee = wanted.employee.map(|employee| employee.0);
    let source = wanted.source.as_ref().map(BookingSource::as_str);
    let state = wanted.state.map(BookingState::as_str);
    let values: &[&(dyn ToSql + Sync)] = &[
        &tenant.as_str(),
        &starts_at,
        &id,
        &one_more,
        &employee,
        &source,
        &state,
        &wanted.from,
        &wanted.to,
    ];
    let rows = client.query(&statement, values).await?;
    let found = rows.iter().map(|row| {
        let one = owned(row)?;
        let key = (one.booking.starts_at, one.booking.id.0);
        Ok((one, key))
    });
    Ok(page(found.collect::<Result<Vec<_>, Error>>()?, limit))
}

/// The bookings that have this name: by a booking system's own id, one of each at most, or by ours.
pub async fn bookings_by_name(
    client: &impl GenericClient,
    tenant: &Tenant,
    source: Option<&BookingSource>,
    name: &str,
) -> Result<Vec<OwnedBooking>, Error> {
    let statement =
        client.prepare_cached(include_str!("../../sql/read/bookings_by_name.sql")).await?;
    let id: Option<Uuid> = name.parse().ok();
    let source = source.map(BookingSource::as_str);
    let rows = client.query(&statement, &[&tenant.as_str(), &name, &id, &source]).await?;
    rows.iter().map(owned).collect()
}

/// What was handed over of these leavers', while its booking system books it for them still, in the order of its
/// beginning; the first 1,000 of each, by whom it is booked for.
pub async fn handed_over(
    client: &impl GenericClient,
    tenant: &Tenant,
    leavers: &[EmployeeId],
) -> Result<HashMap<EmployeeId, Vec<OwnedBooking>>, Error> {
    let statement = client.prepare_cached(include_str!("../../sql/read/handed_over.sql")).await?;
    let leavers: Vec<Uuid> = leavers.iter().map(|leaver| leaver.0).collect();
    let mut all: HashMap<EmployeeId, Vec<OwnedBooking>> = HashMap::new();
    for row in &client.query(&statement, &[&tenant.as_str(), &leavers]).await? {
        all.entry(EmployeeId(row.try_get("booked_for")?)).or_default().push(owned(row)?);
    }
    Ok(all)
}

fn owned(row: &Row) -> Result<OwnedBooking, Error> {
    Ok(OwnedBooking {
        booking: booking(row)?,
        employee_id: EmployeeId(row.try_get("employee")?),
        former: row.try_get("former")?,
        recorded_at: row.try_get("recorded_at")?,
    })
}
