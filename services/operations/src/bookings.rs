//! Bookings of leavers, which operators cancel as administrators do.

use std::collections::BTreeMap;

use access::{CommandError, DecideMany, DecideOutcome, DecideResult, Meant};
use axum::Json;
use axum::extract::{Path, State};
use eventlog::clock;
use events::{BookingId, BookingSource, EmployeeId};
use roster::BookingWish;
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
        None if (1..=DecideMany::MAX).contains(&bookings.len()) => Meant::These(bookings),
        None | Some(_) => {
            let most = DecideMany::MAX;
            let detail =
                format!("name either employee_id or bookings, of which {most} are the most");
            return Err(Problem::malformed(detail).into());
        }
    };
    let many = DecideMany {
        tenant: tenant.clone(),
        meant,
        seen: BTreeMap::new(),
        source: None,
        wish: BookingWish::Cancel { reason },
        now: clock::now(),
    };
    let roster = api.access.current_roster().await?;
    known(&roster, &tenant)?;
    let (bookings, remaining) = many.bookings(&roster)?;
    let results = many
        .each(bookings, |one| operator.execute(&api, &tenant, move |roster| one.intent(roster)))
        .await;
    let results = results.into_iter().map(CancelledBooking::from).collect();
    Ok(Json(Cancelled { tenant: tenant.to_string(), results, remaining }))
}

impl From<DecideResult> for CancelledBooking {
    fn from(result: DecideResult) -> Self {
        let DecideResult { id, booking, outcome, position: _ } = result;
        let (status, detail) = match outcome {
            DecideOutcome::Done => ("cancelled", None),
            DecideOutcome::Planned(_) => ("planned", None),
            DecideOutcome::Unchanged { due: _ } => ("unchanged", None),
            DecideOutcome::Refused(why) => ("refused", Some(why)),
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
