//! The end of the form: cancel, keep, hand over.

use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing;
use events::EmployeeId;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;
use web::path_id;

use super::chosen::{MOST, Open, chosen, find};
use super::place::{DECIDES, UNDO_SECONDS, api, home};
use crate::fields::Fields;
use crate::names;
use crate::parts::text::counted;
use crate::portal::Portal;
use crate::redirect::then;
use crate::refused::Refused;
use crate::route::{Needs, Route, post};
use crate::session::Notice;
use crate::signed::Signed;

pub(super) fn routes() -> Vec<Route> {
    let needs = Needs::Permission(DECIDES);
    vec![post("/t/{tenant}/leavers/{employee}/decide", needs, routing::post(decide))]
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
    let bookings = chosen(&fields)?;
    if bookings.is_empty() {
        let notice = Notice::failed("No booking was chosen: tick one at least.");
        return then(&portal, &signed, notice, &back).await;
    }
    if bookings.len() > MOST {
        let notice = Notice::failed(format!(
            "Nothing was changed: {} bookings were chosen, and {MOST} are the most at once. Choose fewer.",
            bookings.len()
        ));
        return then(&portal, &signed, notice, &back).await;
    }
    let roster = names::roster(&portal).await?;
    // If any is not this person's, nothing is done with the others either.
    let is_theirs = |id: &Uuid| {
        find(&roster, &signed, *id).is_some_and(|(_, booking)| booking.employee == employee)
    };
    let strange = bookings.iter().filter(|id| !is_theirs(id)).count();
    if strange > 0 {
        let which = counted(strange as u64, "chosen booking is", "chosen bookings are");
        let notice = Notice::failed(format!(
            "Nothing was changed: {which} not of this person, or no more. Choose among those listed here."
        ));
        return then(&portal, &signed, notice, &back).await;
    }
    let open = Open::of(&roster, &signed, bookings);
    if open.open.is_empty() {
        let notice = Tally { refused: open.before, ..Tally::default() }.notice(str::to_owned);
        return then(&portal, &signed, notice, &back).await;
    }
    let notice = match fields.get("what") {
        "cancel" => cancel(&portal, &signed, open, fields.get("reason")).await?,
        "keep" => {
            let body = json!({ "reason": fields.said("reason") });
            let tally = each(&portal, &signed, employee, open, "keep", &body).await;
            tally.notice(|bookings| format!("Kept {bookings}."))
        }
        "hand-over" => match names::by_user_name(&portal, &signed, fields.get("to")).await? {
            Some(to) => {
                let body = json!({ "to": to });
                let tally = each(&portal, &signed, employee, open, "hand-over", &body).await;
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

/// Plans it, so that it can be undone for a minute.
async fn cancel(
    portal: &Portal,
    signed: &Signed,
    Open { open, before }: Open,
    reason: &str,
) -> Result<Notice, Refused> {
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
            ("unchanged", _) => tally.refused.push("it is cancelled already".to_owned()),
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
    Open { open, before }: Open,
    what: &str,
    body: &Value,
) -> Tally {
    let mut tally = Tally { refused: before, ..Tally::default() };
    for booking in open {
        let path = api(signed, &format!("leavers/{employee}/bookings/{booking}/{what}"));
        tally.take(portal.apis().send(signed, Method::POST, &path, Some(body)).await);
    }
    tally
}
