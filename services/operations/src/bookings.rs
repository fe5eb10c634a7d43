//! Bookings of leavers, which operators cancel as administrators do.

use access::{CancelMany, CancelOutcome, CancelResult, CommandError, Meant};
use axum::Json;
use axum::extract::{Path, State};
use eventlog::clock;
use events::{BookingId, BookingSource, EmployeeId};
use serde::{Deserialize, Serialize};
use web::Problem;
use web::json_body::Body;

use crate::caller::{Operator, known, tenant};
use crate::operator_api::OperatorApi;

/// Which bookings shall be cancelled, and why: these, or all to come of a person.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cancellations {
    reason: String,
    #[serde(default)]
    bookings: Vec<BookingId>,
    employee_id: Option<EmployeeId>,
}

/// What came of cancelling many.
#[derive(Debug, Serialize)]
pub(crate) struct Cancelled {
    tenant: String,
    results: Vec<CancelledBooking>,
    /// How many bookings of the person are left: ask again.
    remaining: usize,
}

/// What came of one booking.
#[derive(Debug, Serialize)]
pub(crate) struct CancelledBooking {
    booking_id: BookingId,
    /// `cancelled`, `planned` (it is cancelled by itself soon), `unchanged` or `refused`.
    status: &'static str,
    source: Option<BookingSource>,
    reference: Option<String>,
    employee_id: Option<EmployeeId>,
    detail: Option<String>,
}

pub(crate) async fn cancel(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path(slug): Path<String>,
    Body(Cancellations { reason, bookings, employee_id }): Body<Cancellations>,
) -> Result<Json<Cancelled>, CommandError> {
    let tenant = tenant(&slug)?;
    let meant = match employee_id {
        Some(employee) if bookings.is_empty() => Meant::AllToComeOf(employee),
        None if (1..=CancelMany::MAX).contains(&bookings.len()) => Meant::These(bookings),
        None | Some(_) => {
            let most = CancelMany::MAX;
            let detail =
                format!("name either employee_id or bookings, of which {most} are the most");
            return Err(Problem::malformed(detail).into());
        }
    };
    let now = clock::now();
    let many = CancelMany { tenant: tenant.clone(), meant, source: None, reason, due: None, now };
    let roster = api.access.current_roster().await?;
    known(&roster, &tenant)?;
    let (bookings, remaining) = many.bookings(&roster)?;
    let results = many
        .each(bookings, |one| operator.execute(&api, &tenant, move |roster| one.intent(roster)))
        .await;
    let results = results.into_iter().map(CancelledBooking::from).collect();
    Ok(Json(Cancelled { tenant: tenant.to_string(), results, remaining }))
}

impl From<CancelResult> for CancelledBooking {
    fn from(result: CancelResult) -> Self {
        let CancelResult { id, booking, outcome, position: _ } = result;
        let (status, detail) = match outcome {
            CancelOutcome::Cancelled => ("cancelled", None),
            CancelOutcome::Planned(_) => ("planned", None),
            CancelOutcome::Unchanged => ("unchanged", None),
            CancelOutcome::Refused(why) => ("refused", Some(why)),
        };
        Self {
            booking_id: id,
            status,
            source: booking.as_ref().map(|one| one.source.clone()),
            reference: booking.as_ref().map(|one| one.reference.to_string()),
            employee_id: booking.as_ref().map(|one| one.employee),
            detail,
        }
    }
}
