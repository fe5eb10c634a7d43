//! The ends of the forms: cancel, keep, hand over, and undo.

use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing;
use events::{BookingId, EmployeeId};
use roster::{BookingDecision, TenantRoster};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;
use web::path_id;

use super::filter::Filter;
use super::place::{DECIDES, Kept, UNDO_SECONDS, api, home};
use crate::fields::Fields;
use crate::names;
use crate::parts::text::counted;
use crate::portal::Portal;
use crate::query;
use crate::redirect::then;
use crate::refused::Refused;
use crate::route::{Needs, Route, post};
use crate::session::Notice;
use crate::signed::Signed;

pub(super) fn routes() -> Vec<Route> {
    let needs = Needs::Permission(DECIDES);
    vec![
        post("/t/{tenant}/leavers/{employee}/decide", needs, routing::post(decide)),
        post("/t/{tenant}/leavers/{employee}/bookings/{booking}/undo", needs, routing::post(undo)),
        post("/t/{tenant}/leavers/{employee}/bookings/{booking}/keep", needs, routing::post(keep)),
    ]
}

/// What came of many.
#[derive(Debug, Deserialize)]
struct Results {
    results: Vec<Outcome>,
}

/// What came of one.
#[derive(Debug, Deserialize)]
struct Outcome {
    status: String,
    detail: Option<String>,
}

/// How it went with several bookings.
#[derive(Debug, Default)]
struct Tally {
    done: usize,
    refused: Vec<String>,
}

impl Tally {
    fn take(&mut self, done: Result<Value, web::Problem>) {
        match done {
            Ok(_) => self.done += 1,
            Err(problem) => self.refused.push(problem.detail),
        }
    }

    /// In words, of which `done` says what became of so many.
    fn notice(self, done: impl Fn(&str) -> String) -> Notice {
        let bookings = |count: usize| counted(count as u64, "booking", "bookings");
        match self.refused.first() {
            None => Notice::done(done(&bookings(self.done))),
            Some(why) if self.done == 0 => Notice::failed(format!("Nothing was changed: {why}.")),
            Some(why) => Notice::failed(format!(
                "{} Of {} nothing was changed: {why}.",
                done(&bookings(self.done)),
                bookings(self.refused.len())
            )),
        }
    }
}

async fn decide(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_tenant, employee)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Refused> {
    let employee: EmployeeId = path_id("employee", &employee)?;
    let back = format!("{}/{employee}", home(&signed));
    let bookings = chosen(&portal, &signed, employee, &fields).await?;
    if bookings.is_empty() {
        let notice = Notice::failed("No booking was chosen: tick one at least.");
        return then(&portal, &signed, notice, &back).await;
    }
    if let Some(strange) = not_of(&portal, &signed, employee, &bookings).await? {
        let which = counted(strange as u64, "chosen booking is", "chosen bookings are");
        let notice = Notice::failed(format!(
            "Nothing was changed: {which} not of this person, or no more. Choose among those listed here."
        ));
        return then(&portal, &signed, notice, &back).await;
    }
    let notice = match fields.get("what") {
        "cancel" => cancel(&portal, &signed, &bookings, fields.get("reason")).await?,
        "keep" => {
            let body = json!({ "reason": fields.said("reason") });
            let tally = each(&portal, &signed, employee, &bookings, "keep", &body).await;
            tally.notice(|bookings| format!("Kept {bookings}."))
        }
        "hand-over" => match names::by_user_name(&portal, &signed, fields.get("to")).await? {
            Some(to) => {
                let body = json!({ "to": to });
                let tally = each(&portal, &signed, employee, &bookings, "hand-over", &body).await;
                tally.notice(|bookings| format!("Handed over {bookings}."))
            }
            None => Notice::failed(
                "Nobody has this user name: say whom to hand over to, by the user name that the directory has.",
            ),
        },
        _ => {
            let detail = "What shall be done is one of cancel, keep and hand-over.";
            return Err(Refused::new(StatusCode::BAD_REQUEST, detail));
        }
    };
    then(&portal, &signed, notice, &back).await
}

/// How many of these bookings are not this person's, if any: nothing is done then with the others either.
async fn not_of(
    portal: &Portal,
    signed: &Signed,
    employee: EmployeeId,
    bookings: &[Uuid],
) -> Result<Option<usize>, Refused> {
    let roster = names::roster(portal).await?;
    let known = roster.tenant(&signed.tenant).map(TenantRoster::bookings);
    let is_theirs = |id: &&Uuid| {
        let booking = known.and_then(|known| known.get(BookingId(**id)));
        booking.is_some_and(|booking| booking.employee == employee)
    };
    let strange = bookings.iter().filter(|id| !is_theirs(id)).count();
    Ok((strange > 0).then_some(strange))
}

/// The bookings that are ticked, or all that wait and were shown.
async fn chosen(
    portal: &Portal,
    signed: &Signed,
    employee: EmployeeId,
    fields: &Fields,
) -> Result<Vec<Uuid>, Refused> {
    if fields.get("all") != "yes" {
        let ids = fields.all("booking").map(|id| {
            id.parse().map_err(|_| {
                let detail = "A chosen booking has an id that is none, so nothing was changed. Go back to the leaver's \
                              page, load it anew, and choose there.";
                Refused::new(StatusCode::BAD_REQUEST, detail)
            })
        });
        return ids.collect();
    }
    let path = api(signed, &format!("leavers/{employee}/bookings"));
    let kept: Kept = portal.apis().get(signed, &path).await?;
    let shown = Filter::of(&query::read(Some(fields.get("shown"))))?;
    let waiting = kept.upcoming.iter().filter(|one| one.waits() && shown.fits(one));
    Ok(waiting.map(|one| one.id).take(1_000).collect())
}

/// What has become of a booking, as the writer's roster has it.
enum Decided {
    /// Nothing, or nobody knows it.
    Nothing,
    /// It is kept.
    Kept,
    /// It is cancelled when that is due, for this reason.
    Planned(String),
    /// It is cancelled.
    Cancelled,
}

fn decided(portal: &Portal, signed: &Signed, booking: &str) -> Result<Decided, Refused> {
    let booking: BookingId = path_id("booking", booking)?;
    let roster = portal.access().writer().roster();
    let tenant = roster.tenant(&signed.tenant);
    let Some((tenant, booking)) = tenant.and_then(|own| Some((own, own.bookings().get(booking)?)))
    else {
        return Ok(Decided::Nothing);
    };
    if booking.cancelled.is_some() {
        return Ok(Decided::Cancelled);
    }
    Ok(match tenant.decision(booking) {
        Some(BookingDecision::Keep) => Decided::Kept,
        Some(BookingDecision::Cancel { reason, .. }) => Decided::Planned(reason.clone()),
        None => Decided::Nothing,
    })
}

/// Plans it, so that it can be undone for a minute. What was decided before stands, and that is said.
async fn cancel(
    portal: &Portal,
    signed: &Signed,
    bookings: &[Uuid],
    reason: &str,
) -> Result<Notice, Refused> {
    let (mut before, mut open) = (Vec::new(), Vec::new());
    for booking in bookings {
        match decided(portal, signed, &booking.to_string())? {
            Decided::Cancelled => before.push("it is cancelled already".to_owned()),
            Decided::Planned(why) => {
                before.push(format!("somebody has planned to cancel it already: {why}"));
            }
            Decided::Kept | Decided::Nothing => open.push(*booking),
        }
    }
    if open.is_empty() {
        return Ok(Tally { refused: before, ..Tally::default() }.notice(str::to_owned));
    }
    let body = json!({ "reason": reason, "bookings": open, "undoSeconds": UNDO_SECONDS });
    let path = api(signed, "leavers/bookings/cancel");
    let done: Result<Results, _> =
        portal.apis().send(signed, Method::POST, &path, Some(&body)).await;
    let results = match done {
        Ok(Results { results }) => results,
        // What was filled in can be mended.
        Err(problem) if problem.status == 400 => {
            return Ok(Notice::failed(format!("Nothing was cancelled: {}.", problem.detail)));
        }
        Err(problem) => return Err(problem.into()),
    };
    let mut tally = Tally { refused: before, ..Tally::default() };
    for outcome in results {
        match (outcome.status.as_str(), outcome.detail) {
            ("refused", why) => tally.refused.push(why.unwrap_or_default()),
            (_, _) => tally.done += 1,
        }
    }
    Ok(tally.notice(|bookings| {
        format!("Cancelling {bookings} in a minute. Until then you can undo it.")
    }))
}

async fn each(
    portal: &Portal,
    signed: &Signed,
    employee: EmployeeId,
    bookings: &[Uuid],
    what: &str,
    body: &Value,
) -> Tally {
    let mut tally = Tally::default();
    for booking in bookings {
        let path = api(signed, &format!("leavers/{employee}/bookings/{booking}/{what}"));
        tally.take(portal.apis().send(signed, Method::POST, &path, Some(body)).await);
    }
    tally
}

async fn undo(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_tenant, employee, booking)): Path<(String, String, String)>,
) -> Result<Response, Refused> {
    // A colleague may have decided meanwhile, of which withdrawing changes nothing.
    if matches!(decided(&portal, &signed, &booking)?, Decided::Kept) {
        let notice = Notice::failed("Nothing was changed: somebody has decided since to keep it.");
        return then(&portal, &signed, notice, &format!("{}/{employee}", home(&signed))).await;
    }
    let done = "The cancellation is withdrawn. The booking waits for a decision again.";
    change(&portal, &signed, &employee, &booking, "withdraw-cancellation", done).await
}

async fn keep(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_tenant, employee, booking)): Path<(String, String, String)>,
) -> Result<Response, Refused> {
    let done = "The booking is kept, whatever the policy says.";
    change(&portal, &signed, &employee, &booking, "keep", done).await
}

/// Changes one booking. That it was too late is said where somebody pressed the button.
async fn change(
    portal: &Portal,
    signed: &Signed,
    employee: &str,
    booking: &str,
    what: &str,
    done: &str,
) -> Result<Response, Refused> {
    let employee: EmployeeId = path_id("employee", employee)?;
    let booking: Uuid = path_id("booking", booking)?;
    let path = api(signed, &format!("leavers/{employee}/bookings/{booking}/{what}"));
    let told: Result<Value, _> = portal.apis().send(signed, Method::POST, &path, None).await;
    let notice = match told {
        Ok(_) => Notice::done(done),
        Err(problem) if problem.status == 409 => {
            Notice::failed(format!("Nothing was changed: {}.", problem.detail))
        }
        Err(problem) => return Err(problem.into()),
    };
    then(portal, signed, notice, &format!("{}/{employee}", home(signed))).await
}
