//! `PUT` and `DELETE /api/v1/{tenant}/bookings/{reference}`: what a booking system says.

use access::{CommandError, WriteAccess};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::{Json, response::IntoResponse};
use eventlog::ids;
use events::{
    BookedPlace, BookingId, BookingSource, BookingState, EmployeeId, EventKind, ExternalId,
    Position, Scope, Standing,
};
use jiff::Timestamp;
use retention::queries::BookingStateName;
use roster::{Intent, PersonRef, Roster, TenantRoster};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::Problem;
use web::json_body::Body;

use super::answer::answer;
use super::caller::Caller;

/// A booking, as a booking system tells it. The person is named by one of three.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BookingInput {
    /// The person, by employee id.
    #[schema(value_type = Option<String>, format = Uuid)]
    employee_id: Option<EmployeeId>,
    /// The person, by the directory's external id.
    external_id: Option<String>,
    /// The person, by user name.
    user_name: Option<String>,
    /// The desk, room or other thing that is booked: 1,024 bytes of UTF-8 at most, and not blank.
    #[schema(min_length = 1)]
    resource: String,
    /// Of which type that is, such as `desk`, `room` or `parking`: 64 bytes of UTF-8 at most. What becomes of
    /// leavers' bookings may be set for each type.
    #[serde(default)]
    #[schema(required = false)]
    resource_type: String,
    /// 1,024 bytes of UTF-8 at most.
    title: Option<String>,
    /// RFC 3339 with an offset, from 0001-01-01T00:00:00Z to 9999-12-30T22:00:00Z, with nine digits
    /// of a second at most, and in no leap second.
    #[schema(format = DateTime)]
    starts_at: String,
    /// As `startsAt`, and after it; 9999-12-30T22:00:00Z for a booking without an end.
    #[schema(format = DateTime)]
    ends_at: String,
}

/// What became of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BookingOutcome {
    /// It was not known before, or had been cancelled.
    Recorded,
    Changed,
    /// Rollcall knew all of it already.
    Unchanged,
}

/// A booking that is known, and what became of what was told.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BookingAnswer {
    /// Which booking system it is of: the one that the API token is for.
    #[schema(value_type = String)]
    source: BookingSource,
    /// The booking system's own id.
    pub(super) reference: String,
    #[schema(value_type = String, format = Uuid)]
    employee_id: EmployeeId,
    /// Whom you book it for, where it was handed over here to `employeeId` since: tell it for them to say
    /// that you know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    booked_for: Option<EmployeeId>,
    pub(super) status: BookingOutcome,
    /// `cancelled` if it was cancelled here, and this is no news about it: a DELETE closes it.
    #[schema(value_type = BookingStateName)]
    state: BookingState,
    /// What somebody should know about it although it was kept; left out if there is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(super) warnings: Vec<Warning>,
}

/// What somebody should know about what was kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Warning {
    code: WarningCode,
    /// In words.
    detail: String,
}

/// What a warning is about; other codes may come.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WarningCode {
    /// Whoever it is for has left.
    FormerEmployee,
}

/// Record or change a booking
///
/// The booking shall be as the body says; said again, nothing happens. A booking that was cancelled
/// here stays cancelled until the booking system says something new about it, or closes it (DELETE) and
/// tells of it once more; one that was handed over to a colleague stays theirs until the booking system
/// names somebody else than before. References are those of the source that the API token is for. A booking for
/// somebody Former is kept, and answered with a warning.
#[utoipa::path(
    put,
    path = "/api/v1/{tenant}/bookings/{reference}",
    operation_id = "recordBooking",
    tag = "bookings",
    params(
        ("reference" = String, Path, description = "The booking system's own id, URL-encoded: 1,024 bytes of UTF-8 at most, and not blank", min_length = 1),
    ),
    request_body = BookingInput,
    responses(
        (status = 200, description = "Known before", body = BookingAnswer),
        (status = 201, description = "Recorded", body = BookingAnswer),
        (status = 404, description = "No such person"),
        (status = 409, description = "Several people are meant"),
    ),
    security(("apiToken" = ["bookings:write"])),
)]
pub(super) async fn put(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, reference)): Path<(String, String)>,
    Body(booking): Body<BookingInput>,
) -> Result<Response, CommandError> {
    caller.may(Scope::BookingsWrite)?;
    let (recorded, position) = record(&access, &caller, reference, booking).await?;
    let status = match recorded.status {
        BookingOutcome::Recorded => StatusCode::CREATED,
        BookingOutcome::Changed | BookingOutcome::Unchanged => StatusCode::OK,
    };
    Ok(answer(status, position, Json(&recorded)))
}

/// Makes one booking true.
pub(super) async fn record(
    access: &WriteAccess,
    caller: &Caller,
    reference: String,
    booking: BookingInput,
) -> Result<(BookingAnswer, Position), CommandError> {
    if ["import", ".", ".."].contains(&reference.as_str()) {
        let no_url =
            format!("a booking cannot be called {reference:?}: it could not stand in a URL");
        return Err(Problem::malformed(no_url).into());
    }
    let person = booking.person()?;
    let [starts_at, ends_at] =
        [moment("startsAt", &booking.starts_at)?, moment("endsAt", &booking.ends_at)?];
    let source = caller.source().cloned().unwrap_or_default();
    let (resource, resource_type) = (booking.resource, booking.resource_type);
    let place = BookedPlace { resource, resource_type, title: booking.title, starts_at, ends_at };
    let intent = Intent::Booking {
        booking: BookingId(ids::uuid_v7()),
        source: source.clone(),
        reference: reference.clone(),
        person,
        place,
    };
    let intent = move |_: &Roster| Ok(intent.clone());
    let done = caller.execute(access, Scope::BookingsWrite, intent).await?;
    let status = match done.kinds.first() {
        None => BookingOutcome::Unchanged,
        Some(EventKind::BookingChanged) => BookingOutcome::Changed,
        Some(_) => BookingOutcome::Recorded,
    };
    let tenant = done.roster.tenant(caller.tenant()).expect("a tenant whose booking came true");
    let booking = tenant.bookings().by_reference(&source, &reference);
    let booking = booking.expect("a booking that came true is in the roster");
    let answer = BookingAnswer {
        source,
        reference,
        employee_id: booking.employee,
        booked_for: booking.booked_for,
        status,
        state: booking.state(),
        warnings: warnings(tenant, booking.employee, booking.state()),
    };
    Ok((answer, done.position))
}

/// What somebody should know about a booking of this person.
fn warnings(tenant: &TenantRoster, employee: EmployeeId, state: BookingState) -> Vec<Warning> {
    let person = tenant.people().by_employee(employee);
    if !person.is_some_and(|person| tenant.standing(person) == Standing::Former) {
        return Vec::new();
    }
    let detail = former(employee, state);
    vec![Warning { code: WarningCode::FormerEmployee, detail }]
}

/// What is so with a booking for somebody Former.
fn former(employee: EmployeeId, state: BookingState) -> String {
    match state {
        BookingState::Booked => format!(
            "employee {employee} is Former; the booking is kept with those that leavers left behind, and \
             waits for somebody to cancel it if it is still to come"
        ),
        BookingState::Cancelled => format!(
            "employee {employee} is Former; the booking was cancelled here and stays so: close it with DELETE"
        ),
        BookingState::Closed => {
            format!("employee {employee} is Former; the booking is cancelled and closed")
        }
    }
}

/// A time in a field of the body.
fn moment(field: &str, text: &str) -> Result<Timestamp, Problem> {
    events::parse_timestamp(text).map_err(|bad| Problem::malformed(format!("{field}: {bad}")))
}

impl BookingInput {
    /// The person, who must be named in exactly one way.
    fn person(&self) -> Result<PersonRef, Problem> {
        match (self.employee_id, &self.external_id, &self.user_name) {
            (Some(employee), None, None) => Ok(PersonRef::Employee(employee)),
            (None, Some(id), None) => Ok(PersonRef::ExternalId(ExternalId(id.clone()))),
            (None, None, Some(name)) => match name.parse() {
                Ok(name) => Ok(PersonRef::UserName(name)),
                Err(error) => Err(Problem::malformed(events::BadUserName::to_string(&error))),
            },
            (None, None, None)
            | (Some(_), Some(_), _)
            | (Some(_), _, Some(_))
            | (_, Some(_), Some(_)) => Err(Problem::malformed(
                "name the person by exactly one of employeeId, externalId and userName",
            )),
        }
    }
}

/// Withdraw a booking
///
/// The booking system takes it back, or knows that it was cancelled here: that closes the booking, and
/// the feed tells so (`booking.closed`). Said again, nothing happens. References are those of the source
/// that the API token is for.
#[utoipa::path(
    delete,
    path = "/api/v1/{tenant}/bookings/{reference}",
    operation_id = "withdrawBooking",
    tag = "bookings",
    params(
        ("reference" = String, Path, description = "The booking system's own id, URL-encoded: 1,024 bytes of UTF-8 at most, and not blank", min_length = 1),
    ),
    responses(
        (status = 204, description = "Withdrawn, or closed"),
        (status = 404, description = "No such booking"),
    ),
    security(("apiToken" = ["bookings:write"])),
)]
pub(super) async fn delete(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, reference)): Path<(String, String)>,
) -> Result<Response, CommandError> {
    caller.may(Scope::BookingsWrite)?;
    let source = caller.source().cloned().unwrap_or_default();
    let intent = move |_: &Roster| {
        Ok(Intent::NoBooking { source: source.clone(), reference: reference.clone() })
    };
    let done = caller.execute(&access, Scope::BookingsWrite, intent).await?;
    Ok(answer(StatusCode::NO_CONTENT, done.position, ().into_response()))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn of_a_leavers_booking_it_is_said_whether_it_waits_or_is_cancelled() {
        let said = |state| former(EmployeeId(Uuid::from_u128(7)), state);
        assert!(said(BookingState::Booked).contains("waits for somebody to cancel it"));
        for over in [BookingState::Cancelled, BookingState::Closed] {
            assert!(said(over).contains("cancelled") && !said(over).contains("waits"), "{over:?}");
        }
    }
}
