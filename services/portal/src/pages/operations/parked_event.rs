//! `…/operations/parked/{event}`: one parked event, and what can be done with it.

use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};
use web::{Permission, Problem};

use super::outcome::told;
use super::parked::{DECIDE, Parked};
use super::place::{READ, Tab, page};
use super::sealed::opened;
use crate::fields::Fields;
use crate::parts::also_by::also_by;
use crate::parts::form::{button, form, text};
use crate::parts::page::Page;
use crate::parts::text::counted;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Needs, Route, get, post};
use crate::signed::Signed;

/// What it takes to see what an event says of a person.
const REVEAL: Permission = Permission::Operate(acts::Role::PrivacyReveal);

pub(super) fn routes() -> Vec<Route> {
    let decide = Needs::Permission(DECIDE);
    let reveal = Needs::Permission(REVEAL);
    vec![
        get("/t/{tenant}/operations/parked/{event}", READ, routing::get(show)),
        post("/t/{tenant}/operations/parked/{event}/reveal", reveal, routing::post(show_as_it_is)),
        post("/t/{tenant}/operations/parked/{event}/retry", decide, routing::post(retry)),
        post("/t/{tenant}/operations/parked/{event}/skip", decide, routing::post(skip)),
    ]
}

type Named = Path<(String, String)>;

const WHAT: &str = "parked event";

#[derive(Debug, Deserialize)]
struct Detail {
    #[serde(flatten)]
    parked: Parked,
    keys: Vec<String>,
    request: Option<String>,
    body: Option<Value>,
    waiting: Vec<Waiting>,
    alike: u64,
}

#[derive(Debug, Deserialize)]
struct Waiting {
    event: String,
    happened_at: Timestamp,
}

async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, event)): Named,
) -> Result<Page, Refused> {
    shown(&portal, &signed, &event, false).await
}

/// The same with the event's body as it is, which is noted: so it is asked for by a form, and no reload asks again.
async fn show_as_it_is(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, event)): Named,
) -> Result<Page, Refused> {
    shown(&portal, &signed, &event, true).await
}

async fn shown(
    portal: &Portal,
    signed: &Signed,
    event: &str,
    reveal: bool,
) -> Result<Page, Refused> {
    let id = opened(portal, signed, event, WHAT)?;
    let query = if reveal { "?reveal=true" } else { "" };
    let detail: Detail = portal.apis().get(signed, &format!("/ops/v1/parked/{id}{query}")).await?;
    let home = Tab::Parked.path(signed);
    let at = format!("{home}/{event}");
    let (name, which) = detail.parked.read_model();
    let content = html! {
        p.crumbs { a href=(home) { "Parked events" } " / " (detail.parked.event) }
        h1 { span.mono { (detail.parked.event) } " cannot be applied" }
        section.card aria-labelledby="why" {
            h2 #why { "Why" }
            (facts(signed, &detail, name, which))
        }
        @if signed.may(DECIDE) { (decisions(signed, &detail, &at)) }
        section.card aria-labelledby="body" {
            div.head {
                h2 #body { "What the event says" }
                @if !reveal && signed.may(REVEAL) {
                    (button(&signed.session.csrf, &format!("{at}/reveal"), "small", "Show it as it is (this is noted)"))
                }
            }
            @if !reveal { p.soft { "Texts are hidden; ids are shown." } }
            @match &detail.body {
                Some(body) => pre { code { (pretty(body)) } },
                None => p { "It cannot be read." },
            }
        }
        @if !detail.waiting.is_empty() { (waiting(&detail.waiting)) }
        (also_by(
            &format!("rollcall parked list --tenant {0}\nrollcall parked show ID\nrollcall parked retry ID\nrollcall parked skip ID --reason WHY", signed.tenant),
            "GET /ops/v1/parked/{id}",
        ))
    };
    Ok(page(signed, Tab::Parked, "Parked event", content))
}

fn facts(signed: &Signed, detail: &Detail, name: &str, which: &str) -> Markup {
    let Detail { parked, keys, request, alike, .. } = detail;
    html! {
        dl.facts {
            dt { "Read model" } dd { (name) ", " (which) }
            dt { "What went wrong" } dd { (parked.message) " (" span.mono { (parked.cause) } ")" }
            @if *alike > 1 { dt { "Alike" } dd { (alike) " events of your tenant failed for this cause" } }
            dt { "Happened" } dd { (moment(parked.happened_at)) }
            dt { "Failed first" } dd { (moment(parked.failed_at)) ", tried " (parked.tries) " times; " (parked.next_try()) }
            dt { "Holds up" } dd { (parked.holds_up(signed)) @if keys.len() > 1 { ", and " (keys.len() - 1) " more" } }
            dt { "Waits behind it" } dd { (counted(parked.behind, "event", "events")) }
            @if let Some(request) = request { dt { "Request" } dd.mono { (request) } }
        }
    }
}

fn decisions(signed: &Signed, detail: &Detail, at: &str) -> Markup {
    let token = &signed.session.csrf;
    html! {
        section.card aria-labelledby="decide" {
            h2 #decide { "What to do" }
            p { "If what stood in its way is gone, for example something in the database that was mended, try it again." }
            div.actions { (button(token, &format!("{at}/retry"), "primary", "Try it again")) }
            p {
                "If the event itself is wrong, say in Entra or by a local edit what is right, which is a further event, and then skip this one: "
                "it is passed over for good, and " (counted(detail.parked.behind, "event", "events")) " behind it go on. Events are never changed."
            }
            (form(token, &format!("{at}/skip"), html! {
                (text("Why it may be skipped", "reason", "", "It is kept for ever; no names of people.", true))
                div.actions { button.danger { "Skip it for good" } }
            }))
        }
    }
}

fn waiting(waiting: &[Waiting]) -> Markup {
    html! {
        section.card aria-labelledby="behind" {
            h2 #behind { "What waits behind it" }
            ol.timeline { @for one in waiting { li { span.mono { (one.event) } " " span.soft { (moment(one.happened_at)) } } } }
        }
    }
}

fn pretty(body: &Value) -> String {
    serde_json::to_string_pretty(body).unwrap_or_default()
}

async fn retry(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, event)): Named,
) -> Result<Response, Refused> {
    let body = json!({ "id": opened(&portal, &signed, &event, WHAT)? });
    let asked: Result<Value, Problem> =
        portal.apis().send(&signed, Method::POST, "/ops/v1/parked/retry", Some(&body)).await;
    let done =
        |_: &Value| "It is tried again now; if it is still listed, that was in vain.".to_owned();
    told(&portal, &signed, asked, done, &Tab::Parked.path(&signed)).await
}

async fn skip(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, event)): Named,
    fields: Fields,
) -> Result<Response, Refused> {
    let id = opened(&portal, &signed, &event, WHAT)?;
    let body = json!({ "reason": fields.get("reason") });
    let path = format!("/ops/v1/parked/{id}/skip");
    let asked: Result<Value, Problem> =
        portal.apis().send(&signed, Method::POST, &path, Some(&body)).await;
    let to = Tab::Parked.path(&signed);
    let done = |_: &Value| "It is skipped: what waited behind it is applied now.".to_owned();
    told(&portal, &signed, asked, done, &to).await
}
