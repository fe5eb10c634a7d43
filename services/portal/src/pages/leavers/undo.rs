//! The buttons about one booking: undo a planned cancellation, keep what a policy would cancel, decide again.

use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing;
use events::{BookingId, EmployeeId, EventId};
use maud::{Markup, html};
use roster::{Booking, BookingDecision, Roster, TaskAction, TenantRoster};
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

/// A button about one booking, as it is shown.
pub(super) fn button(
    signed: &Signed,
    here: &Here,
    employee: &str,
    booking: &place::Booking,
    what: &str,
    words: &str,
) -> Markup {
    html! {
        form.inline method="post" action={ (home(signed)) "/" (employee) "/bookings/" (booking.id) "/" (what) } {
            (csrf(&signed.session.csrf))
            (here.field())
            input type="hidden" name="version" value=(booking.version);
            button.small { (words) span.visually-hidden { ": " (short(&booking.resource, NAME)) ", " (short(&booking.reference, NAME)) } }
        }
    }
}

/// A booking, and its tenant.
fn find<'r>(
    roster: &'r Roster,
    signed: &Signed,
    booking: BookingId,
) -> Option<(&'r TenantRoster, &'r Booking)> {
    let tenant = roster.tenant(&signed.tenant)?;
    Some((tenant, tenant.bookings().get(booking)?))
}

/// What becomes of a booking whose planned cancellation was withdrawn: a policy counts again.
fn withdrawn(roster: &Roster, signed: &Signed, booking: BookingId) -> String {
    let done = "The cancellation is withdrawn";
    let Some((tenant, booking)) = find(roster, signed, booking) else { return format!("{done}.") };
    if booking.cancelled.is_some() {
        return format!("{done}, but the policy for its type has cancelled the booking since.");
    }
    let Some(task) = tenant.task(booking) else {
        return format!("{done}. The booking waits for a decision again.");
    };
    match task.action {
        TaskAction::Cancel { reason } => format!(
            "{done}, but the booking is cancelled at {} ({reason}). Keep it to prevent that.",
            task.due.strftime("%Y-%m-%d %H:%M UTC")
        ),
        TaskAction::HandOver { .. } => {
            format!(
                "{done}, but the policy for its type hands the booking over. Keep it to prevent that."
            )
        }
    }
}

/// Whether a cancellation is planned that can be withdrawn. What a policy plans, the JSON API says how to prevent.
fn is_planned(roster: &Roster, signed: &Signed, booking: BookingId) -> bool {
    find(roster, signed, booking).is_some_and(|(tenant, booking)| match tenant.decision(booking) {
        Some(BookingDecision::Cancel { .. }) => true,
        Some(BookingDecision::Keep | BookingDecision::Reopened) => false,
        Some(BookingDecision::Withdrawn) | None => {
            booking.cancelled.is_some() || tenant.task(booking).is_some_and(|task| task.cancels())
        }
    })
}

type OneBooking = Path<(String, String, String)>;

async fn undo(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_tenant, employee, booking)): OneBooking,
    fields: Fields,
) -> Result<Response, Refused> {
    let one = One::of(&employee, &booking, &fields)?;
    // Where nothing is planned, nothing would be withdrawn.
    let roster = names::roster(&portal).await?;
    let as_seen = said_since(&roster, &signed, one.booking, one.version).is_none();
    if as_seen && !is_planned(&roster, &signed, one.booking) {
        let why = "Nothing was changed: no cancellation of this booking is planned.";
        let back = back(&signed, one.employee, &fields);
        return then(&portal, &signed, Notice::failed(why), &back).await;
    }
    one.change(&portal, &signed, &fields, "withdraw-cancellation", withdrawn).await
}

async fn keep(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_tenant, employee, booking)): OneBooking,
    fields: Fields,
) -> Result<Response, Refused> {
    let one = One::of(&employee, &booking, &fields)?;
    let done = |_: &Roster, _: &Signed, _: BookingId| {
        "The booking is kept, whatever the policy says.".to_owned()
    };
    one.change(&portal, &signed, &fields, "keep", done).await
}

async fn reopen(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_tenant, employee, booking)): OneBooking,
    fields: Fields,
) -> Result<Response, Refused> {
    let one = One::of(&employee, &booking, &fields)?;
    let done = |_: &Roster, _: &Signed, _: BookingId| {
        "What was decided is taken back: the booking waits for a decision again, and no policy touches it."
            .to_owned()
    };
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
        done: impl Fn(&Roster, &Signed, BookingId) -> String,
    ) -> Result<Response, Refused> {
        let Self { employee, booking, version } = self;
        let path = api(signed, &format!("leavers/{employee}/bookings/{booking}/{what}"));
        let body = json!({ "version": version });
        let told: Result<Value, _> =
            portal.apis().send(signed, Method::POST, &path, Some(&body)).await;
        let roster = names::roster(portal).await?;
        let notice = match told {
            Ok(_) => Notice::done(done(&roster, signed, *booking)),
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
