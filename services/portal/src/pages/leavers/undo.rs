//! The buttons about one booking: undo a planned cancellation, and keep what a policy would cancel.

use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing;
use events::EmployeeId;
use roster::{Roster, TaskAction};
use serde_json::Value;
use uuid::Uuid;
use web::path_id;

use super::chosen::{Decided, find};
use super::place::{DECIDES, api, home};
use crate::names;
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
    ]
}

fn ids(employee: &str, booking: &str) -> Result<(EmployeeId, Uuid), Refused> {
    Ok((path_id("employee", employee)?, path_id("booking", booking)?))
}

async fn unchanged(
    portal: &Portal,
    signed: &Signed,
    employee: EmployeeId,
    why: &str,
) -> Result<Response, Refused> {
    let notice = Notice::failed(format!("Nothing was changed: {why}."));
    then(portal, signed, notice, &format!("{}/{employee}", home(signed))).await
}

/// What becomes of a booking whose planned cancellation was withdrawn: a policy counts again.
fn withdrawn(roster: &Roster, signed: &Signed, booking: Uuid) -> String {
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

async fn undo(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_tenant, employee, booking)): Path<(String, String, String)>,
) -> Result<Response, Refused> {
    let (employee, booking) = ids(&employee, &booking)?;
    let roster = names::roster(&portal).await?;
    // Withdrawing changes nothing of what a colleague has decided meanwhile, or where nothing is planned. The JSON
    // API says what a policy plans, and that it is cancelled.
    let by_itself = find(&roster, &signed, booking).and_then(|(tenant, one)| tenant.task(one));
    let why = match Decided::of(&roster, &signed, booking) {
        Decided::Kept => Some("somebody has decided since to keep it"),
        Decided::Nothing if by_itself.is_none_or(|task| !task.cancels()) => {
            Some("no cancellation of this booking is planned")
        }
        Decided::Nothing | Decided::Planned(_) | Decided::Cancelled => None,
    };
    if let Some(why) = why {
        return unchanged(&portal, &signed, employee, why).await;
    }
    change(&portal, &signed, employee, booking, "withdraw-cancellation", withdrawn).await
}

async fn keep(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_tenant, employee, booking)): Path<(String, String, String)>,
) -> Result<Response, Refused> {
    let (employee, booking) = ids(&employee, &booking)?;
    // The button is there where a policy cancels it: what somebody has decided since stands.
    let roster = names::roster(&portal).await?;
    if let Some(why) = Decided::of(&roster, &signed, booking).stands() {
        return unchanged(&portal, &signed, employee, &why).await;
    }
    let done = |_: &Roster, _: &Signed, _: Uuid| {
        "The booking is kept, whatever the policy says.".to_owned()
    };
    change(&portal, &signed, employee, booking, "keep", done).await
}

/// Changes one booking. That it was too late is said where somebody pressed the button.
async fn change(
    portal: &Portal,
    signed: &Signed,
    employee: EmployeeId,
    booking: Uuid,
    what: &str,
    done: impl Fn(&Roster, &Signed, Uuid) -> String,
) -> Result<Response, Refused> {
    let path = api(signed, &format!("leavers/{employee}/bookings/{booking}/{what}"));
    let told: Result<Value, _> = portal.apis().send(signed, Method::POST, &path, None).await;
    let notice = match told {
        Ok(_) => Notice::done(done(&*names::roster(portal).await?, signed, booking)),
        Err(problem) if problem.status == 409 => {
            Notice::failed(format!("Nothing was changed: {}.", problem.detail))
        }
        Err(problem) => return Err(problem.into()),
    };
    then(portal, signed, notice, &format!("{}/{employee}", home(signed))).await
}
