//! What one leaver has left behind, and the bookings of everybody.

use std::collections::HashMap;

use deadpool_postgres::GenericClient;
use events::{
    BookingId, BookingSource, BookingState, Canceller, EmployeeId, EventId, Tenant,
    reason_of_policy,
};
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
    /// Those to come: some wait for somebody to decide, of others it is planned that they are cancelled, or
    /// said that they are kept.
    pub upcoming: Vec<Booking>,
    pub cancelled: Vec<Booking>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    #[schema(value_type = Uuid)]
    pub id: BookingId,
    /// Changes with whatever is said about the booking. A decision that names it is refused if the booking has
    /// another one by then.
    #[schema(value_type = Uuid)]
    pub version: EventId,
    /// Which booking system it is of; `default` where there is one.
    #[schema(value_type = String)]
    pub source: BookingSource,
    /// The booking system's own id, unique in its source.
    pub reference: String,
    /// The desk, room or other thing that is booked.
    pub resource: String,
    /// Of which type that is, by the booking system's word; empty where it does not say.
    pub resource_type: String,
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
    /// Whom the booking system books it for, where it was handed over here to somebody else since.
    #[schema(required = true, value_type = Option<Uuid>)]
    pub booked_for: Option<EmployeeId>,
    /// When, by whom and why it will be cancelled by itself; of a leaver's booking.
    #[schema(required = true)]
    pub planned_cancellation: Option<PlannedCancellation>,
    /// By whom and why it was decided to keep it; of a leaver's booking.
    #[schema(required = true)]
    pub kept: Option<KeptBooking>,
    /// By whom it was taken back what was decided, so that it waits for somebody to decide by hand, whatever a
    /// policy says; of a leaver's booking.
    #[schema(required = true)]
    pub reopened: Option<ReopenedBooking>,
    /// The colleague to whom a policy hands it over as soon as they are Active; of a leaver's booking.
    #[schema(required = true, value_type = Option<Uuid>)]
    pub hand_over_to: Option<EmployeeId>,
}

/// A cancellation that is due later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlannedCancellation {
    #[schema(value_type = String, format = DateTime)]
    pub due: Timestamp,
    /// Who planned it, or set the policy, by id.
    pub actor: String,
    pub reason: String,
    /// Whether a policy says so, and not somebody about this booking: keeping it ends that.
    pub by_policy: bool,
}

/// That a leaver's booking is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeptBooking {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who decided so, by id.
    pub actor: String,
    #[schema(required = true)]
    pub reason: Option<String>,
}

/// That what was decided about a leaver's booking was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReopenedBooking {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who took it back, by id.
    pub actor: String,
}

/// How a booking was cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CancelledBooking {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    #[schema(value_type = CancellerName)]
    pub by: Canceller,
    /// The credential or portal user that cancelled it, or planned that, by id.
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

/// The bookings of these people as they are at `now`, of those who have left.
pub async fn kept_bookings(
    client: &impl GenericClient,
    tenant: &Tenant,
    leavers: &[EmployeeId],
    now: Timestamp,
) -> Result<HashMap<EmployeeId, KeptBookings>, Error> {
    let statement = client.prepare_cached(include_str!("../../sql/read/bookings.sql")).await?;
    let leavers: Vec<uuid::Uuid> = leavers.iter().map(|leaver| leaver.0).collect();
    let mut all: HashMap<EmployeeId, KeptBookings> = HashMap::new();
    for row in &client.query(&statement, &[&tenant.as_str(), &leavers]).await? {
        let kept = all.entry(EmployeeId(row.try_get("leaver")?)).or_default();
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
    Ok(all)
}

pub(super) fn booking(row: &Row) -> Result<Booking, Error> {
    let cancelled = cancelled(row)?;
    let acknowledged = cancelled.as_ref().is_some_and(|it| it.closed_at.is_some());
    let source: &str = row.try_get("source")?;
    let stands = cancelled.is_none();
    let colleague: Option<uuid::Uuid> = row.try_get("colleague")?;
    let booked_for: Option<uuid::Uuid> = row.try_get("booked_for")?;
    Ok(Booking {
        id: BookingId(row.try_get("booking")?),
        version: EventId(row.try_get("version")?),
        source: source.parse().expect("the projection writes the sources of the log"),
        reference: row.try_get("reference")?,
        resource: row.try_get("resource")?,
        resource_type: row.try_get("resource_type")?,
        title: row.try_get("title")?,
        starts_at: row.try_get("starts_at")?,
        ends_at: row.try_get("ends_at")?,
        state: BookingState::of(cancelled.as_ref().map(|it| it.by), acknowledged),
        cancelled,
        booked_for: booked_for.map(EmployeeId),
        planned_cancellation: if stands { planned(row)? } else { None },
        kept: if stands { kept(row)? } else { None },
        reopened: if stands { reopened(row)? } else { None },
        hand_over_to: colleague.filter(|_| stands).map(EmployeeId),
    })
}

/// What somebody planned for it, or what the policy for its type says.
fn planned(row: &Row) -> Result<Option<PlannedCancellation>, Error> {
    let Some(due) = row.try_get("planned_at")? else { return Ok(None) };
    let by_policy = row.try_get("by_policy")?;
    let (actor, reason) = if by_policy {
        let days: i32 = row.try_get("policy_days")?;
        let reason = reason_of_policy(row.try_get("resource_type")?, days.cast_unsigned());
        (row.try_get("policy_actor")?, reason)
    } else {
        (row.try_get("decided_actor")?, row.try_get("decided_reason")?)
    };
    Ok(Some(PlannedCancellation { due, actor, reason, by_policy }))
}

fn kept(row: &Row) -> Result<Option<KeptBooking>, Error> {
    if !row.try_get::<_, Option<bool>>("kept")?.unwrap_or_default() {
        return Ok(None);
    }
    Ok(Some(KeptBooking {
        at: row.try_get("decided_at")?,
        actor: row.try_get("decided_actor")?,
        reason: row.try_get("decided_reason")?,
    }))
}

fn reopened(row: &Row) -> Result<Option<ReopenedBooking>, Error> {
    if !row.try_get::<_, Option<bool>>("reopened")?.unwrap_or_default() {
        return Ok(None);
    }
    Ok(Some(ReopenedBooking {
        at: row.try_get("decided_at")?,
        actor: row.try_get("decided_actor")?,
    }))
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
