//! The end of the form: cancel, keep, hand over.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing;
use events::{BookingId, EmployeeId, EventId};
use jiff::Timestamp;
use roster::Roster;
use serde::Deserialize;
use serde_json::{Value, json};
use web::path_id;

use super::chosen::{MOST, chosen};
use super::here::{back, given_back};
use super::meanwhile::{said_since, together};
use super::place::{DECIDES, UNDO_SECONDS, api};
use super::whom::{Whom, colleague};
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
    id: BookingId,
    status: String,
    due: Option<Timestamp>,
    detail: Option<String>,
}

/// How it went with several bookings.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    done: usize,
    /// What others have decided about some since the form was made.
    meanwhile: Vec<String>,
    /// Why some were refused otherwise.
    refused: Vec<String>,
}

impl Tally {
    /// In words, of which `done` says what became of so many.
    fn notice(self, done: impl Fn(&str) -> String) -> Notice {
        let bookings = |count: usize| counted(count as u64, "booking", "bookings");
        let of = |count: usize| {
            if self.done == 0 && (self.meanwhile.is_empty() || self.refused.is_empty()) {
                "Nothing was changed".to_owned()
            } else {
                format!("Of {} nothing was changed", bookings(count))
            }
        };
        let mut said = Vec::new();
        if self.done > 0 {
            said.push(done(&bookings(self.done)));
        }
        if !self.meanwhile.is_empty() {
            let since = together(&self.meanwhile);
            said.push(format!("{}, for others were quicker: {since}.", of(self.meanwhile.len())));
        }
        if let Some(why) = self.refused.first() {
            said.push(format!("{}: {why}.", of(self.refused.len())));
        }
        let said = said.join(" ");
        if self.meanwhile.is_empty() && self.refused.is_empty() {
            Notice::done(said)
        } else {
            Notice::failed(said)
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
    let back = back(&signed, employee, &fields);
    let bookings = chosen(&fields)?;
    let notice = match unfit(&bookings, &*names::roster(&portal).await?, &signed, employee) {
        Some(why) => Notice::failed(why),
        None => decided(&portal, &signed, &fields, bookings).await?,
    };
    // Whatever could not be done can be mended where it was filled in.
    let notice = if notice.done { notice } else { notice.with(given_back(&fields)) };
    then(&portal, &signed, notice, &back).await
}

/// Why nothing is done with any of these.
fn unfit(
    bookings: &BTreeMap<BookingId, EventId>,
    roster: &Roster,
    signed: &Signed,
    employee: EmployeeId,
) -> Option<String> {
    if bookings.is_empty() {
        return Some("No booking was chosen: tick one at least.".to_owned());
    }
    if bookings.len() > MOST {
        return Some(format!(
            "Nothing was changed: {} bookings were chosen, and {MOST} are the most at once. Choose fewer.",
            bookings.len()
        ));
    }
    // If any is not this person's, nothing is done with the others either. One that somebody has handed over since,
    // also for the second time, was theirs: of that it is told who was quicker.
    let tenant = roster.tenant(&signed.tenant);
    let is_theirs = |(id, seen): &(&BookingId, &EventId)| {
        let booking = tenant.and_then(|tenant| tenant.bookings().get(**id));
        booking.is_some_and(|booking| {
            let was_theirs = booking.version != **seen
                && (booking.told_for() == employee || booking.handed_over.is_some());
            booking.employee == employee || was_theirs
        })
    };
    let strange = bookings.iter().filter(|one| !is_theirs(one)).count();
    let which = counted(strange as u64, "chosen booking is", "chosen bookings are");
    (strange > 0).then(|| {
        format!(
            "Nothing was changed: {which} not of this person, or no more. Choose among those listed here."
        )
    })
}

async fn decided(
    portal: &Portal,
    signed: &Signed,
    fields: &Fields,
    bookings: BTreeMap<BookingId, EventId>,
) -> Result<Notice, Refused> {
    let ids: Vec<&BookingId> = bookings.keys().collect();
    let mut body = json!({ "bookings": ids, "versions": bookings });
    let (what, done): (_, fn(&str) -> String) = match fields.get("what") {
        // A browser takes the Enter key in a field for the first button of its form.
        "cancel" if fields.said("to").is_some() => {
            return Ok(Notice::failed(
                "Nothing was changed: a colleague is named, whom nothing goes to when it is cancelled. Hand over, or empty the field and cancel.",
            ));
        }
        "cancel" => {
            body["reason"] = json!(fields.get("reason"));
            // It is planned, so that it can be undone for a minute.
            body["undoSeconds"] = json!(UNDO_SECONDS);
            ("cancel", |bookings| {
                format!("Cancelling {bookings} in a minute. Until then you can undo it.")
            })
        }
        "keep" => {
            body["reason"] = json!(fields.said("reason"));
            ("keep", |bookings| format!("Kept {bookings}."))
        }
        "hand-over" => match colleague(portal, signed, fields).await? {
            Whom::One(to) => {
                body["to"] = json!(to);
                ("hand-over", |bookings| format!("Handed over {bookings}."))
            }
            Whom::Perhaps(_) => {
                return Ok(Notice::failed(
                    "Nothing was changed: this is nobody's user name, nor the whole name of one person alone. Choose whom you mean among those below.",
                ));
            }
            Whom::Nobody if fields.said("to").is_none() => {
                return Ok(Notice::failed("Nothing was changed: say to which colleague."));
            }
            Whom::Nobody => {
                return Ok(Notice::failed(
                    "Nothing was changed: nobody who is Active has this name or user name. Say whom to hand over to as the directory names them.",
                ));
            }
        },
        _ => {
            let detail = "What shall be done is one of cancel, keep and hand-over.";
            return Err(Refused::new(StatusCode::BAD_REQUEST, detail));
        }
    };
    let path = api(signed, &format!("leavers/bookings/{what}"));
    let told: Result<Value, _> = portal.apis().send(signed, Method::POST, &path, Some(&body)).await;
    let results: Results = match told {
        Ok(results) => serde_json::from_value(results).map_err(|_| {
            let detail =
                "What came of it cannot be read. Load the page anew to see how things stand.";
            Refused::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
        })?,
        // What was filled in can be mended.
        Err(problem) if problem.status == 400 => {
            return Ok(Notice::failed(format!("Nothing was changed: {}.", problem.detail)));
        }
        Err(problem) => return Err(problem.into()),
    };
    let roster = names::roster(portal).await?;
    let since = |id: BookingId| said_since(&roster, signed, id, *bookings.get(&id)?);
    Ok(tally(results, since).notice(done))
}

fn tally(results: Results, since: impl Fn(BookingId) -> Option<String>) -> Tally {
    let mut tally = Tally::default();
    for Outcome { id, status, due, detail } in results.results {
        match (status.as_str(), since(id)) {
            ("refused", Some(since)) => tally.meanwhile.push(since),
            ("refused", None) => tally.refused.push(detail.unwrap_or_default()),
            ("unchanged", _) => tally.refused.push(match due {
                Some(due) => {
                    let due = due.strftime("%Y-%m-%d %H:%M UTC");
                    format!("its cancellation is planned already, for {due}")
                }
                None => "it was so already".to_owned(),
            }),
            (_, _) => tally.done += 1,
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn results(statuses: &[&str]) -> Results {
        let outcome = |(number, status): (usize, &&str)| Outcome {
            id: BookingId(Uuid::from_u128(number as u128)),
            status: (*status).to_owned(),
            due: (*status == "unchanged").then_some(Timestamp::UNIX_EPOCH),
            detail: Some("the booking ended".to_owned()),
        };
        Results { results: statuses.iter().enumerate().map(outcome).collect() }
    }

    #[test]
    fn what_others_decided_meanwhile_is_told_beside_what_was_done() {
        let odd = |id: BookingId| {
            (id.0.as_u128() == 1).then(|| "desk 1 is kept, as Eve decided".to_owned())
        };
        let kept = |bookings: &str| format!("Kept {bookings}.");
        let told = |statuses: &[&str]| tally(results(statuses), odd).notice(kept);
        assert_eq!(told(&["done", "done"]), Notice::done("Kept 2 bookings."));
        assert_eq!(
            told(&["done", "refused"]),
            Notice::failed(
                "Kept 1 booking. Of 1 booking nothing was changed, for others were quicker: desk 1 is kept, as Eve decided."
            )
        );
        assert_eq!(told(&["refused"]), Notice::failed("Nothing was changed: the booking ended."));
        assert!(told(&["refused", "refused"]).text.contains("others were quicker"));
        assert_eq!(
            told(&["done", "unchanged"]),
            Notice::failed(
                "Kept 1 booking. Of 1 booking nothing was changed: its cancellation is planned already, for 1970-01-01 00:00 UTC."
            )
        );
    }
}
