//! `GET /bookings`: all of them, for whoever compares them with a booking system's.

use std::collections::HashSet;

use axum::extract::State;
use axum::http::StatusCode;
use events::{BookingSource, BookingState, EmployeeId, Scope};
use projector::{Ordered, Projection};
use retention::Retention;
use retention::queries::{
    Booking, BookingStateName, OwnedBooking, WantedBookings, bookings_by_name,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::Problem;

use crate::reads::caller::Caller;
use crate::reads::min_position::{MinPosition, MinPositionHeader};
use crate::reads::query::{Limit, Moment, PathParams, QueryParams};
use crate::reads::read_api::ReadApi;
use crate::reads::read_error::{Missing, ReadError};
use crate::reads::snapshot::Answer;

/// Which bookings to list; what is left out stays open.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BookingsQuery {
    /// Those of this employee, Active or Former.
    #[param(value_type = Option<uuid::Uuid>)]
    employee: Option<EmployeeId>,
    /// Those of this booking system. An API token that is for one lists its bookings alone.
    #[param(value_type = Option<String>)]
    source: Option<BookingSource>,
    #[param(value_type = Option<BookingStateName>)]
    state: Option<BookingState>,
    /// Those that end after this moment: RFC 3339 with an offset.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Moment>,
    /// Those that begin before this moment: RFC 3339 with an offset.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Moment>,
    /// How many to list at most.
    #[serde(default)]
    #[param(value_type = u16, required = false, default = 100, minimum = 1, maximum = 500)]
    limit: Limit,
    /// `next` of the page before.
    after: Option<String>,
}

/// A page of bookings, in the order of their beginning.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Bookings {
    bookings: Vec<ListedBooking>,
    /// The cursor of the page that follows; null if this is the last.
    #[schema(required = true)]
    next: Option<String>,
}

/// A booking, whoever it is for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedBooking {
    #[serde(flatten)]
    booking: OwnedBooking,
    /// Whether a change to this booking, or to whether its person has left, is known and cannot be shown
    /// at present: an operator is told.
    stale: bool,
}

impl ListedBooking {
    fn things(booking: &OwnedBooking) -> [Ordered; 2] {
        [Ordered::Booking(booking.booking.id), Ordered::Person(booking.employee_id)]
    }

    fn of(booking: OwnedBooking, stale: &HashSet<Ordered>) -> Self {
        let stale = Self::things(&booking).iter().any(|thing| stale.contains(thing));
        Self { booking, stale }
    }
}

/// The source whose bookings a caller may see, of those that they ask for.
fn visible(
    caller: &Caller,
    asked: Option<BookingSource>,
) -> Result<Option<BookingSource>, Problem> {
    match (caller.source(), asked) {
        (Some(own), Some(asked)) if *own != asked => {
            let detail = format!(
                "the API token is for bookings of the source {own}; leave the source out, or use another token"
            );
            Err(Problem::new(StatusCode::FORBIDDEN, detail))
        }
        (Some(own), _) => Ok(Some(own.clone())),
        (None, asked) => Ok(asked),
    }
}

/// List bookings
///
/// Those of leavers too, cancelled ones too.
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/bookings",
    operation_id = "listBookings",
    tag = "bookings",
    params(BookingsQuery, MinPositionHeader),
    responses((status = OK, description = "A page of bookings", body = Bookings)),
    security(("apiToken" = ["bookings:read"])),
)]
pub(crate) async fn list(
    State(api): State<ReadApi>,
    caller: Caller,
    min_position: MinPosition,
    QueryParams(query): QueryParams<BookingsQuery>,
) -> Result<Answer<Bookings>, ReadError> {
    caller.may(Scope::BookingsRead)?;
    let tenant = caller.tenant();
    let wanted = WantedBookings {
        employee: query.employee,
        source: visible(&caller, query.source)?,
        state: query.state,
        from: query.from.map(Moment::time),
        to: query.to.map(Moment::time),
    };
    let mut session = api.session(tenant, min_position, &[Retention::NAME]).await?;
    let snapshot = session.snapshot(tenant).await?;
    let place = api.place(tenant, query.after.as_deref())?;
    let (limit, cursor) = (query.limit.rows(), place.as_deref());
    let found = retention::queries::bookings(&*snapshot, tenant, &wanted, cursor, limit).await?;
    let stale = snapshot.stale(tenant, found.rows.iter().flat_map(ListedBooking::things)).await?;
    let bookings = found.rows.into_iter().map(|row| ListedBooking::of(row, &stale)).collect();
    Ok(snapshot.answer(Bookings { bookings, next: api.cursor(tenant, found.next) }))
}

#[derive(Debug, Deserialize)]
pub(crate) struct BookingPath {
    reference: String,
}

/// Which of several booking systems is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BookingQuery {
    /// The booking system; needed if several have a booking with this reference, and the API token is
    /// for none of them.
    #[param(value_type = Option<String>)]
    source: Option<BookingSource>,
}

/// Show one booking
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/bookings/{reference}",
    operation_id = "getBooking",
    tag = "bookings",
    params(
        ("reference" = String, Path, description = "The booking system's own id, or Rollcall's id of the booking, URL-encoded", min_length = 1),
        BookingQuery,
        MinPositionHeader,
    ),
    responses(
        (status = OK, description = "The booking", body = ListedBooking),
        (status = NOT_FOUND, description = "No such booking"),
        (status = CONFLICT, description = "Several booking systems have one with this reference, or it is the id of another booking"),
    ),
    security(("apiToken" = ["bookings:read"])),
)]
pub(crate) async fn one(
    State(api): State<ReadApi>,
    caller: Caller,
    min_position: MinPosition,
    PathParams(BookingPath { reference }): PathParams<BookingPath>,
    QueryParams(query): QueryParams<BookingQuery>,
) -> Result<Answer<ListedBooking>, ReadError> {
    caller.may(Scope::BookingsRead)?;
    if reference.contains('\0') {
        return Err(Problem::malformed("the reference holds a NUL character; leave it out").into());
    }
    let tenant = caller.tenant();
    let source = visible(&caller, query.source)?;
    let mut session = api.session(tenant, min_position, &[Retention::NAME]).await?;
    let snapshot = session.snapshot(tenant).await?;
    let mut found = bookings_by_name(&*snapshot, tenant, source.as_ref(), &reference).await?;
    if let [first, second, ..] = found.as_slice() {
        let detail = several(&reference, &first.booking, &second.booking);
        return Err(Problem::new(StatusCode::CONFLICT, detail).into());
    }
    let booking = found.pop().ok_or_else(|| snapshot.missing(Missing::Booking(reference)))?;
    let stale = snapshot.stale(tenant, ListedBooking::things(&booking)).await?;
    Ok(snapshot.answer(ListedBooking::of(booking, &stale)))
}

/// Which two bookings have this name, and how to name each.
fn several(name: &str, first: &Booking, second: &Booking) -> String {
    let (with_id, referred) =
        if first.reference == name { (second, first) } else { (first, second) };
    if with_id.reference == name {
        let (first, second) = (&first.source, &second.source);
        return format!(
            "the sources {first} and {second} both have a booking {name:?}; say which with ?source="
        );
    }
    format!(
        "{name} is Rollcall's id of the booking {:?} of the source {}, and the reference of another one, of the source \
         {}; name the first by its reference, or the other by Rollcall's id, which is {}",
        with_id.reference, with_id.source, referred.source, referred.id
    )
}
