//! `…/operations/subscribers`: the applications that are told what happens, and how far each is.

use axum::extract::State;
use axum::response::Response;
use axum::routing;
use maud::{Markup, html};
use web::{Permission, Problem};

use super::place::{READ, Tab, page};
use super::subscriber_facts::{Deliveries, Subscriber, because};
use crate::live;
use crate::parts::also_by::also_by;
use crate::parts::badge::{Tone, badge};
use crate::parts::live::live as live_part;
use crate::parts::page::Page;
use crate::parts::table::{empty, table};
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Route, get};
use crate::signed::Signed;

/// What it takes to change anything about one; their list needs it as well.
pub(super) const MANAGE: Permission = Permission::ManageSubscribers;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/t/{tenant}/operations/subscribers", READ, routing::get(list)),
        get("/t/{tenant}/operations/subscribers/live", READ, routing::get(follow)),
    ]
}

async fn list(State(portal): State<Portal>, signed: Signed) -> Result<Page, Refused> {
    let (home, tenant) = (Tab::Subscribers.path(&signed), &signed.tenant);
    let content = html! {
        div.head {
            div {
                h1 { "Subscribers" }
                p.lead { "Applications that are told who joins, changes and leaves: by webhook, on NATS, or by asking over HTTP." }
            }
            @if signed.may(MANAGE) { a.button.primary href={ "/t/" (signed.tenant) "/operations/new-subscriber" } { "Add a subscriber" } }
        }
        (live_part(&format!("{home}/live"), content(&portal, &signed).await?))
        (also_by(
            &format!("rollcall subscribers --tenant {tenant}\nrollcall subscriber list --tenant {tenant}"),
            &format!("GET {}", Subscriber::all(&signed)),
        ))
    };
    Ok(page(&signed, Tab::Subscribers, "Subscribers", content))
}

async fn follow(State(portal): State<Portal>, signed: Signed) -> Result<Response, Refused> {
    live::stream(&portal, signed, |portal, signed| async move { content(&portal, &signed).await })
}

async fn content(portal: &Portal, signed: &Signed) -> Result<Markup, Problem> {
    let all = Subscriber::list(portal, signed).await?;
    let deliveries = Deliveries::of(portal, signed, &all).await?;
    let home = Tab::Subscribers.path(signed);
    if all.is_empty() {
        return Ok(empty(
            "No subscriber yet",
            "An application that you add is told of all that it wants, from the beginning on.",
        ));
    }
    Ok(table(
        "Subscribers",
        &["Name", "How", "State", "Behind", "Failed in the last hour", "Given up"],
        html! {
            @for one in &all {
                @let delivery = deliveries.of_one(one);
                tr {
                    th scope="row" { a href={ (home) "/" (one.name) } { (one.name) } br; span.hint { (one.wants()) } }
                    td { (door(&one.door)) }
                    td { (one.state(delivery)) }
                    @match delivery {
                        Some(delivery) => {
                            td.num { (delivery.behind()) }
                            td.num { (delivery.failed) @if let Some(why) = &delivery.last_failure { br; span.hint { "last: " (because(why)) } } }
                            td.num {
                                @if delivery.dead_letters == 0 { "0" } @else {
                                    a href={ (home) "/" (one.name) "/dead-letters" } { (badge(Tone::Bad, &delivery.dead_letters.to_string())) span.visually-hidden { " dead letters of " (one.name) } }
                                }
                            }
                        }
                        None => { td.num { "–" } td.num { "–" } td.num { "–" } }
                    }
                }
            }
        },
    ))
}

/// How events get there, in words.
pub(super) fn door(door: &str) -> &str {
    match door {
        "webhook" => "Webhook",
        "nats" => "NATS",
        "pull" => "Asks over HTTP",
        other => other,
    }
}
