//! `…/operations/parked`: events that cannot be applied, and wait for somebody to decide.

use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};
use web::{Permission, Problem};

use super::outcome::told;
use super::place::{READ, Tab, page, read_model};
use super::sealed::sealed;
use crate::parts::also_by::also_by;
use crate::parts::badge::{Tone, badge};
use crate::parts::form::button;
use crate::parts::page::Page;
use crate::parts::table::{empty, table};
use crate::parts::text::counted;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Needs, Route, get, post};
use crate::signed::Signed;

/// What it takes to decide.
pub(super) const DECIDE: Permission = Permission::Operate(acts::Role::ParkedDecide);

pub(super) fn routes() -> Vec<Route> {
    let decide = Needs::Permission(DECIDE);
    vec![
        get("/t/{tenant}/operations/parked", READ, routing::get(list)),
        post("/t/{tenant}/operations/parked/retry", decide, routing::post(retry_all)),
    ]
}

#[derive(Debug, Deserialize)]
struct List {
    parked: Vec<Parked>,
    more: bool,
}

/// A parked event.
#[derive(Debug, Deserialize)]
pub(super) struct Parked {
    /// Its slot and its position: no page shows it.
    pub(super) id: String,
    pub(super) slot: String,
    pub(super) event: String,
    pub(super) happened_at: Timestamp,
    pub(super) key: Option<String>,
    pub(super) cause: String,
    pub(super) message: String,
    pub(super) tries: u32,
    pub(super) failed_at: Timestamp,
    pub(super) next_at: Option<Timestamp>,
    pub(super) behind: u64,
}

impl Parked {
    /// The read model that lacks it, and whether people see that one.
    pub(super) fn read_model(&self) -> (&str, &'static str) {
        if let Some(of) = self.slot.strip_suffix("_next") {
            (read_model(of), "the one being built")
        } else if let Some(of) = self.slot.strip_suffix("_previous") {
            (read_model(of), "the one before the last cut-over")
        } else {
            (read_model(&self.slot), "what people see")
        }
    }

    /// What it holds up, as a link where that is a person or a team.
    pub(super) fn holds_up(&self, signed: &Signed) -> Markup {
        let tenant = &signed.tenant;
        match self.key.as_deref().and_then(|key| key.split_once(' ')) {
            Some(("person", id)) => {
                html! { "person " a.mono href={ "/t/" (tenant) "/people/" (id) } { (id) } }
            }
            Some(("team", id)) => {
                html! { "team " a.mono href={ "/t/" (tenant) "/teams/" (id) } { (id) } }
            }
            Some((kind, id)) => html! { (kind) " " span.mono { (id) } },
            None => html! { "nothing else" },
        }
    }

    /// When it is tried again by itself.
    pub(super) fn next_try(&self) -> Markup {
        html! { @match self.next_at {
            Some(at) => { "tried again " (moment(at)) },
            None => (badge(Tone::Bad, "waits for you")),
        } }
    }
}

async fn list(State(portal): State<Portal>, signed: Signed) -> Result<Page, Refused> {
    let tenant = &signed.tenant;
    let path = format!("/ops/v1/parked?tenant={tenant}");
    let list: List = portal.apis().get(&signed, &path).await?;
    let content = html! {
        div.head {
            div {
                h1 { "Parked events" }
                p.lead {
                    "An event that cannot be applied to a read model is set aside, with what follows of the same person or team. "
                    "Everybody else goes on; of these, pages show what was before."
                }
            }
            @if !list.parked.is_empty() && signed.may(DECIDE) {
                (button(&signed.session.csrf, &format!("{}/retry", Tab::Parked.path(&signed)), "", "Try all again"))
            }
        }
        @if list.parked.is_empty() {
            (empty("Nothing is parked", "Every event of your tenant could be applied."))
        } @else { (shown(&portal, &signed, &list.parked)) }
        @if list.more { p { "There are more: these are the first thousand." } }
        (also_by(
            &format!("rollcall parked list --tenant {tenant}\nrollcall parked retry --tenant {tenant}"),
            &format!("GET {path}"),
        ))
    };
    Ok(page(&signed, Tab::Parked, "Parked events", content))
}

fn shown(portal: &Portal, signed: &Signed, parked: &[Parked]) -> Markup {
    let home = Tab::Parked.path(signed);
    table(
        "Parked events",
        &["Event", "Read model", "Holds up", "Why", "Tries"],
        html! {
            @for one in parked {
                @let (name, which) = one.read_model();
                tr {
                    td {
                        a.mono href={ (home) "/" (sealed(portal, signed, &one.id)) } { (one.event) }
                        br; span.hint { "happened " (moment(one.happened_at)) }
                    }
                    td { (name) br; span.hint { (which) } }
                    td {
                        (one.holds_up(signed))
                        @if one.behind > 0 { br; span.hint { (counted(one.behind, "event waits", "events wait")) " behind it" } }
                    }
                    td { span.mono { (one.cause) } br; span.hint { (one.message) } }
                    td { (one.tries) br; span.hint { (one.next_try()) } }
                }
            }
        },
    )
}

async fn retry_all(State(portal): State<Portal>, signed: Signed) -> Result<Response, Refused> {
    let body = json!({ "tenant": signed.tenant });
    let asked: Result<Value, Problem> =
        portal.apis().send(&signed, Method::POST, "/ops/v1/parked/retry", Some(&body)).await;
    let done = |answer: &Value| {
        let events = answer["events"].as_array().map_or(0, |events| events.len() as u64);
        format!("{} tried again now.", counted(events, "event is", "events are"))
    };
    told(&portal, &signed, asked, done, &Tab::Parked.path(&signed)).await
}
