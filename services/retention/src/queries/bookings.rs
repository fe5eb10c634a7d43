//! What one leaver has left behind, and the bookings of everybody.

use deadpool_postgres::GenericClient;
use events::{BookingId, BookingSource, BookingState, Canceller, EmployeeId, Tenant};
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::{Error, Row};
use utoipa::ToSchema;

/// A leaver's bookings, in the order of their beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeptBookings {
    /// Those that ended, and stay as they are.
    pub past: Vec<Booking>,
    /// Those that wait for somebody to cancel them.
    pub upcoming: Vec<Booking>,
    pub cancelled: Vec<Booking>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    #[schema(value_type = Uuid)]
    pub id: BookingId,
    /// Which booking system it is of; `default` where there is one.
    #[schema(value_type = String)]
    pub source: BookingSource,
    /// The booking system's own id, unique in its source.
    pub reference: String,
    /// The desk, room or other thing that is booked.
    pub resource: String,
    #[schema(required = true)]
    pub title: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub starts_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Timestamp,
    #[schema(value_type = BookingStateName)]
    pub state: BookingState,
    /// When, by whom and why it was cancelled; null while it stands.
    #[schema(required = true)]
    pub cancelled: Option<CancelledBooking>,
}

/// How a booking was cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CancelledBooking {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    #[schema(value_type = CancellerName)]
    pub by: Canceller,
    /// The credential or portal user that cancelled it, by id.
    pub actor: String,
    /// Always there when an administrator cancelled it.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// When the booking system said that it knows; null if it has not, and where it cancelled of
    /// itself.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
}

// How the document describes a `Canceller`.
/// Who cancelled a booking.
#[derive(ToSchema)]
#[schema(as = Canceller, rename_all = "kebab-case")]
#[expect(dead_code, reason = "read by the derive alone")]
enum CancellerName {
    BookingSystem,
    Administrator,
}

// How the document describes a `BookingState`.
/// Where a booking stands: cancelled here while its booking system has not said that it knows, or
/// closed when it has, or cancelled of itself.
#[derive(Clone, Copy, Debug, ToSchema)]
#[schema(as = BookingState, rename_all = "lowercase")]
pub enum BookingStateName {
    /// It stands.
    Booked,
    /// It was cancelled here, and its booking system has not said that it knows.
    Cancelled,
    /// It will not take place, and its booking system knows.
    Closed,
}

/// A leaver's bookings as they are at `now`; none for somebody who has not left.
pub async fn kept_bookings(
    client: &impl GenericClient,
    tenant: &Tenant,
    leaver: EmployeeId,
    now: Timestamp,
) -> Result<Option<KeptBookings>, Error> {
    let statement = client.prepare_cached(include_str!("../../sql/read/bookings.sql")).await?;
    let rows = client.query(&statement, &[&tenant.as_str(), &leaver.0]).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut kept = KeptBookings::default();
    for row in &rows {
        if row.try_get::<_, Option<uuid::Uuid>>("booking")?.is_none() {
            continue;
        }
        let booking = booking(row)?;
        let list = if booking.cancelled.is_some() {
            &mut kept.cancelled
        } else if booking.ends_at > now {
            &mut kept.upcoming
        } else {
            &mut kept.past
        };
        list.push(booking);
    }
    Ok(Some(kept))
}

pub(super) fn booking(row: &Row) -> Result<Booking, Error> {
    let cancelled = cancelled(row)?;
    let acknowledged = cancelled.as_ref().is_some_and(|it| it.closed_at.is_some());
    let source: &str = row.try_get("source")?;
    Ok(Booking {
        id: BookingId(row.try_get("booking")?),
        source: source.parse().expect("the projection writes the sources of the log"),
        reference: row.try_get("reference")?,
        resource: row.try_get("resource")?,
        title: row.try_get("title")?,
        starts_at: row.try_get("starts_at")?,
        ends_at: row.try_get("ends_at")?,
        state: BookingState::of(cancelled.as_ref().map(|it| it.by), acknowledged),
        cancelled,
    })
}

fn cancelled(row: &Row) -> Result<Option<CancelledBooking>, Error> {
    let Some(at) = row.try_get("cancelled_at")? else { return Ok(None) };
    let by: &str = row.try_get("cancelled_by")?;
    Ok(Some(CancelledBooking {
        at,
        by: if by == "administrator" { Canceller::Administrator } else { Canceller::BookingSystem },
        actor: row.try_get("cancelled_actor")?,
        reason: row.try_get("reason")?,
        closed_at: row.try_get("closed_at")?,
    }))
}
