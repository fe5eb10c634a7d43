//! The buttons about one booking: undo a planned cancellation, keep what a policy would cancel, decide again.

use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing;
use events::{BookingId, EmployeeId, EventId};
use maud::{Markup, html};
use roster::{Booking, BookingDecision, Roster};
use serde_json::{Value, json};
use web::path_id;

use super::here::{Here, back};
use super::meanwhile::said_since;
use super::place::{self, DECIDES, api, home};
use crate::fields::Fields;
use crate::names;
use crate::parts::form::csrf;
use crate::parts::text::{NAME, short};
use crate::portal::Portal;
use crate::redirect::then;
use crate::refused::Refused;
use crate::route::{Needs, Route, post};
use crate::session::Notice;
use crate::signed::Signed;

pub(super) fn routes() -> Vec<Route> {
    let needs = Needs::Permission(DECIDES);
    vec![
        post("/t/{tenant}/leavers/{employee}/bookings/{booking}/undo", needs, routing::post(undo)),
        post("/t/{tenant}/leavers/{employee}/bookings/{booking}/keep", needs, routing::post(keep)),
        post(
            "/t/{tenant}/leavers/{employee}/bookings/{booking}/reopen",
            needs,
            routing::post(reopen),
        ),
    ]
}

/// A booking that a button is about, as the page shows it.
pub(super) struct Shown<'b> {
    id: BookingId,
    version: EventId,
    resource: &'b str,
    reference: &'b str,
}

impl<'b> From<&'b place::Booking> for Shown<'b> {
    fn from(booking: &'b place::Booking) -> Self {
        let place::Booking { id, version, resource, reference, .. } = booking;
        Self { id: *id, version: *version, resource, reference }
    }
}

impl<'b> From<&'b Booking> for Shown<'b> {
    fn from(booking: &'b Booking) -> Self {
        let Booking { id, version, place, reference, .. } = booking;
        Self { id: *id, version: *version, resource: &place.resource, reference }
    }
}

/// A button about one booking.
pub(super) fn button<'b>(
    signed: &Signed,
    here: &Here,
    employee: &str,
    booking: impl Into<Shown<'b>>,
    what: &str,
    words: &str,
) -> Markup {
    let booking = booking.into();
    html! {
        form.inline method="post" action={ (home(signed)) "/" (employee) "/bookings/" (booking.id) "/" (what) } {
            (csrf(&signed.session.csrf))
            (here.field())
            input type="hidden" name="version" value=(booking.version);
            button.small { (words) span.visually-hidden { ": " (short(booking.resource, NAME)) ", " (short(booking.reference, NAME)) } }
        }
    }
}

/// Whether somebody has planned that it is cancelled.
fn is_planned(roster: &Roster, signed: &Signed, booking: BookingId) -> bool {
    let known = roster.tenant(&signed.tenant).and_then(|tenant| {
        let booking = tenant.bookings().get(booking)?;
        tenant.decision(booking)
    });
    match known {
        Some(BookingDecision::Cancel { .. }) => true,
        Some(BookingDecision::Keep | BookingDecision::Withdrawn | BookingDecision::Reopened)
        | None => false,
    }
}

type OneBooking = Path<(String, String, String)>;

async fn undo(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_tenant, employee, booking)): OneBooking,
    fields: Fields,
) -> Result<Response, Refused> {
    let one = One::of(&employee, &booking, &fields)?;
    // Where nothing is planned, nothing would be undone.
    let roster = names::roster(&portal).await?;
    let as_seen = said_since(&roster, &signed, one.booking, one.version).is_none();
    if as_seen && !is_planned(&roster, &signed, one.booking) {
        let why = "Nothing was changed: no cancellation of this booking is planned by hand.";
        let back = back(&signed, one.employee, &fields);
        return then(&portal, &signed, Notice::failed(why), &back).await;
    }
    // It is not withdrawn alone: a policy that is due would cancel the booking at once, for good.
    one.change(&portal, &signed, &fields, "reopen", "The cancellation is undone. The booking waits for a decision again, and no policy touches it.").await
}

async fn keep(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_tenant, employee, booking)): OneBooking,
    fields: Fields,
) -> Result<Response, Refused> {
    let one = One::of(&employee, &booking, &fields)?;
    let done = "The booking is kept, whatever the policy says.";
    one.change(&portal, &signed, &fields, "keep", done).await
}

async fn reopen(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_tenant, employee, booking)): OneBooking,
    fields: Fields,
) -> Result<Response, Refused> {
    let one = One::of(&employee, &booking, &fields)?;
    let done = "What was decided is taken back: the booking waits for a decision again, and no policy touches it.";
    one.change(&portal, &signed, &fields, "reopen", done).await
}

/// The booking that a button is about, as its page showed it.
struct One {
    employee: EmployeeId,
    booking: BookingId,
    version: EventId,
}

impl One {
    fn of(employee: &str, booking: &str, fields: &Fields) -> Result<Self, Refused> {
        Ok(Self {
            employee: path_id("employee", employee)?,
            booking: path_id("booking", booking)?,
            version: path_id("version", fields.get("version"))?,
        })
    }

    /// Changes it. That somebody was quicker is said where the button was pressed.
    async fn change(
        &self,
        portal: &Portal,
        signed: &Signed,
        fields: &Fields,
        what: &str,
        done: &str,
    ) -> Result<Response, Refused> {
        let Self { employee, booking, version } = self;
        let path = api(signed, &format!("leavers/{employee}/bookings/{booking}/{what}"));
        let body = json!({ "version": version });
        let told: Result<Value, _> =
            portal.apis().send(signed, Method::POST, &path, Some(&body)).await;
        let roster = names::roster(portal).await?;
        let notice = match told {
            Ok(_) => Notice::done(done),
            Err(problem) if problem.status == 409 || problem.status == 404 => {
                Notice::failed(match said_since(&roster, signed, *booking, *version) {
                    Some(since) => {
                        format!("Nothing was changed, for others were quicker: {since}.")
                    }
                    None => format!("Nothing was changed: {}.", problem.detail),
                })
            }
            Err(problem) => return Err(problem.into()),
        };
        then(portal, signed, notice, &back(signed, *employee, fields)).await
    }
}
