//! `/t/{tenant}/leavers/{employee}`: one leaver, with all bookings that were kept, and the receipt of the departure.

use axum::extract::{Path, RawQuery, State};
use axum::routing;
use events::{EmployeeId, Standing};
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use web::path_id;

use super::booking::{COLLEAGUES, cells, decision_form};
use super::decided;
use super::here::Here;
use super::list_part::part;
use super::place::{Booking, DECIDES, Kept, NEEDS, Names, api, home, page};
use crate::parts::also_by::also_by;
use crate::parts::badge::{Tone, badge};
use crate::parts::page::Page;
use crate::parts::table::{empty, table};
use crate::parts::text::capital;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::query;
use crate::refused::Refused;
use crate::route::{Route, get};
use crate::signed::Signed;

pub(super) fn routes() -> Vec<Route> {
    vec![get("/t/{tenant}/leavers/{employee}", NEEDS, routing::get(show))]
}

/// How many bookings can be decided about at a time; the others follow.
const UNDECIDED: usize = 40;
/// So many of each other list: a page has 100 kB at most.
const LISTED: usize = 15;

/// The page of one leaver, and which part of which list its address asks for. Of the others the first part is shown.
struct OfOne<'p> {
    signed: &'p Signed,
    names: &'p Names,
    here: &'p Here<'p>,
    employee: EmployeeId,
    list: &'p str,
    at: usize,
    now: Timestamp,
}

impl OfOne<'_> {
    /// The part of a list that is shown, and the way to the others.
    fn part<'a, T>(&self, all: &'a [T], list: &str, most: usize) -> (&'a [T], Markup) {
        let at = if list == self.list { self.at } else { 0 };
        let page = format!("{}/{}", home(self.signed), self.employee);
        part(all, at, most, list, |at| format!("{page}?list={list}&at={at}#{list}"))
    }

    /// A list with its heading, unless it is empty.
    fn section<T>(
        &self,
        all: &[T],
        list: &str,
        title: &str,
        rows: impl FnOnce(&[T]) -> Markup,
    ) -> Markup {
        let (shown, others) = self.part(all, list, LISTED);
        html! {
            @if !all.is_empty() {
                section.card aria-labelledby=(list) {
                    h2 id=(list) { (title) }
                    (rows(shown))
                    (others)
                }
            }
        }
    }
}

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
    RawQuery(query): RawQuery,
) -> Result<Page, Refused> {
    let employee: EmployeeId = path_id("employee", &employee)?;
    let of = format!("leavers/{employee}/bookings");
    let kept: Kept = portal.apis().get(&signed, &api(&signed, &of)).await?;
    let names = Names::of(&portal, &signed).await?;
    let asked = query::read(query.as_deref());
    let here = Here::of(&portal, &signed, "leaver", &asked).await?;
    // Whoever may not see it, and a departure without one, has none.
    let receipt = api(&signed, &format!("employees/{employee}/receipt"));
    let receipt: Option<Receipt> = portal.apis().get(&signed, &receipt).await.ok();
    let now = (portal.settings().now)();
    let undecided: Vec<&Booking> = kept.to_come(Booking::waits).collect();
    let name = names.person(employee);
    let id = employee.to_string();
    let page_of = OfOne {
        signed: &signed,
        names: &names,
        here: &here,
        employee,
        list: query::said(&asked, "list"),
        at: query::said(&asked, "at").parse().unwrap_or_default(),
        now,
    };
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
                @let (shown, others) = page_of.part(&undecided, "undecided", UNDECIDED);
                (decision_form(&signed, &names, &here, employee, shown))
                (others)
            }
        }
        (decisions(&page_of, &kept))
        (page_of.section(&kept.cancelled, "cancelled", "Cancelled", |shown| cancelled(&names, shown)))
        (past(&page_of, &kept.past))
        @if signed.may(DECIDES) { (names.suggestions(COLLEAGUES, Standing::Active)) }
        @if let Some(receipt) = &receipt { (receipt_card(receipt)) }
        (also_by(
            &format!("rollcall bookings cancel --tenant {} --employee {id} --reason \"has left\"\nrollcall receipt --tenant {} {id}", signed.tenant, signed.tenant),
            &format!("GET {}\nPOST {}", api(&signed, &of), api(&signed, &format!("{of}/ID/cancel"))),
        ))
    };
    Ok(page(&signed, &name, content))
}

/// What was decided, by whom, and the way back.
fn decisions(page: &OfOne, all: &Kept) -> Markup {
    let OfOne { signed, names, here, now, .. } = *page;
    let id = page.employee.to_string();
    let planned: Vec<_> = all.to_come(|one| one.planned_cancellation.is_some()).collect();
    let kept: Vec<_> = all.to_come(|one| one.kept.is_some()).collect();
    let handed_over: Vec<_> = all.handed_over.iter().collect();
    html! {
        (page.section(&planned, "planned", "Will be cancelled", |shown| {
            decided::planned(signed, names, here, &id, shown, now)
        }))
        (page.section(&kept, "kept", "Kept", |shown| decided::kept(signed, names, here, &id, shown)))
        (page.section(&handed_over, "handed-over", "Handed over", |shown| {
            decided::handed_over(signed, names, here, &id, shown)
        }))
    }
}

fn cancelled(names: &Names, bookings: &[Booking]) -> Markup {
    table(
        "Cancelled bookings, by whom and why",
        &["Booked", "When", "Cancelled", "Booking system"],
        html! {
            @for booking in bookings {
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
    )
}

fn past(page: &OfOne, bookings: &[Booking]) -> Markup {
    let (shown, others) = page.part(bookings, "past", LISTED);
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
