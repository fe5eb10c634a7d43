//! `/t/{tenant}/leavers/{employee}`: one leaver, with all bookings that were kept, and the receipt of the departure.

use axum::extract::{Path, State};
use axum::routing;
use events::EmployeeId;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use web::path_id;

use super::booking::{LISTED, cells, decision_form, first};
use super::decided;
use super::place::{Booking, Kept, NEEDS, Names, api, home, page};
use crate::parts::also_by::also_by;
use crate::parts::badge::{Tone, badge};
use crate::parts::page::Page;
use crate::parts::table::{empty, table};
use crate::parts::text::capital;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Route, get};
use crate::signed::Signed;

pub(super) fn routes() -> Vec<Route> {
    vec![get("/t/{tenant}/leavers/{employee}", NEEDS, routing::get(show))]
}

/// How many bookings can be decided about at a time; the others follow.
const UNDECIDED: usize = 40;

/// Which applications have acknowledged the departure.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    left_at: Timestamp,
    state: String,
    subscribers: Vec<Acknowledgement>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Acknowledgement {
    name: String,
    acknowledged_at: Option<Timestamp>,
    seconds: Option<f64>,
    removed: bool,
}

async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_tenant, employee)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let employee: EmployeeId = path_id("employee", &employee)?;
    let of = format!("leavers/{employee}/bookings");
    let kept: Kept = portal.apis().get(&signed, &api(&signed, &of)).await?;
    let names = Names::of(&portal, &signed).await?;
    // Whoever may not see it, and a departure without one, has none.
    let receipt = api(&signed, &format!("employees/{employee}/receipt"));
    let receipt: Option<Receipt> = portal.apis().get(&signed, &receipt).await.ok();
    let now = (portal.settings().now)();
    let undecided: Vec<&Booking> = kept.upcoming.iter().filter(|one| one.waits()).collect();
    let name = names.person(employee);
    let id = employee.to_string();
    let content = html! {
        p.crumbs { a href=(home(&signed)) { "Leavers" } }
        h1 { (name) }
        p.lead {
            "Has left. " a href={ "/t/" (signed.tenant) "/people/" (id) } { "Everything about this person" }
        }
        section.card aria-labelledby="undecided" {
            h2 #undecided { "To decide" }
            @if undecided.is_empty() {
                p { "Nothing waits for a decision." }
            } @else {
                @let (shown, others) = first(&undecided, UNDECIDED);
                (decision_form(&signed, &names, employee, shown))
                (others)
            }
        }
        (decisions(&signed, &names, &id, &kept, now))
        (cancelled(&names, &kept.cancelled))
        (past(&kept.past))
        @if let Some(receipt) = &receipt { (receipt_card(receipt)) }
        (also_by(
            &format!("rollcall bookings cancel --tenant {} --employee {id} --reason \"has left\"\nrollcall receipt --tenant {} {id}", signed.tenant, signed.tenant),
            &format!("GET {}\nPOST {}", api(&signed, &of), api(&signed, &format!("{of}/ID/cancel"))),
        ))
    };
    Ok(page(&signed, &name, content))
}

/// What was decided, by whom, and the way back.
fn decisions(signed: &Signed, names: &Names, id: &str, all: &Kept, now: Timestamp) -> Markup {
    let planned: Vec<_> =
        all.upcoming.iter().filter(|one| one.planned_cancellation.is_some()).collect();
    let kept: Vec<_> = all.upcoming.iter().filter(|one| one.kept.is_some()).collect();
    let handed_over: Vec<_> = all.handed_over.iter().collect();
    html! {
        @if !planned.is_empty() {
            section.card aria-labelledby="planned" {
                h2 #planned { "Will be cancelled" }
                @let (shown, others) = first(&planned, LISTED);
                (decided::planned(signed, names, id, shown, now))
                (others)
            }
        }
        @if !kept.is_empty() {
            section.card aria-labelledby="kept" {
                h2 #kept { "Kept" }
                @let (shown, others) = first(&kept, LISTED);
                (decided::kept(names, shown))
                (others)
            }
        }
        @if !handed_over.is_empty() {
            section.card aria-labelledby="handed-over" {
                h2 #handed-over { "Handed over" }
                @let (shown, others) = first(&handed_over, LISTED);
                (decided::handed_over(signed, names, shown))
                (others)
            }
        }
    }
}

fn cancelled(names: &Names, bookings: &[Booking]) -> Markup {
    if bookings.is_empty() {
        return html! {};
    }
    let (shown, others) = first(bookings, LISTED);
    html! {
        section.card aria-labelledby="cancelled" {
            h2 #cancelled { "Cancelled" }
            (table(
                "Cancelled bookings, by whom and why",
                &["Booked", "When", "Cancelled", "Booking system"],
                html! {
                    @for booking in shown {
                        tr {
                            (cells(booking))
                            @if let Some(how) = &booking.cancelled {
                                td {
                                    "by " (names.actor(&how.actor)) ", " (moment(how.at))
                                    @if let Some(reason) = &how.reason { br; span.soft { (reason) } }
                                }
                                td {
                                    @if how.by == "booking-system" { "cancelled it" }
                                    @else if how.closed_at.is_some() { (badge(Tone::Good, "Knows")) }
                                    @else { (badge(Tone::Warn, "Has not said that it knows")) }
                                }
                            }
                        }
                    }
                },
            ))
            (others)
        }
    }
}

fn past(bookings: &[Booking]) -> Markup {
    let (shown, others) = first(bookings, LISTED);
    html! {
        section.card aria-labelledby="past" {
            h2 #past { "Past" }
            @if bookings.is_empty() {
                (empty("No past bookings", "Bookings that have ended stay as they are."))
            } @else {
                (table(
                    "Past bookings, kept as they were",
                    &["Booked", "When"],
                    html! { @for booking in shown { tr { (cells(booking)) } } },
                ))
                (others)
            }
        }
    }
}

/// Who was told that the person has left, and when they said that they know.
fn receipt_card(receipt: &Receipt) -> Markup {
    html! {
        section.card aria-labelledby="receipt" {
            div.head {
                h2 #receipt { "Receipt of the departure" }
                (badge(if receipt.state == "acknowledged" { Tone::Good } else { Tone::Warn }, &capital(&receipt.state)))
            }
            p.soft { "Which applications have acknowledged that this person left " (moment(receipt.left_at)) "." }
            @if receipt.subscribers.is_empty() {
                p { "No application wanted to be told." }
            } @else {
                (table(
                    "Applications that were told",
                    &["Application", "Acknowledged", "After"],
                    html! {
                        @for one in &receipt.subscribers {
                            tr {
                                th scope="row" { (one.name) }
                                td {
                                    @if let Some(at) = one.acknowledged_at { (moment(at)) }
                                    @else if one.removed { "removed before" }
                                    @else { (badge(Tone::Warn, "not yet")) }
                                }
                                td.num { @if let Some(seconds) = one.seconds { (format!("{seconds:.1} s")) } }
                            }
                        }
                    },
                ))
            }
        }
    }
}
