//! `/t/{tenant}/requests/{request}`: one request, what it led to, and what it said.

use acts::Role;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::routing;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};
use web::Permission;

use super::{Item, NEEDS, page, result};
use crate::names;
use crate::pages::activity::{Happened, rows, whom};
use crate::parts::actor::by;
use crate::parts::also_by::also_by;
use crate::parts::form::button;
use crate::parts::page::Page;
use crate::parts::section::Section;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Needs, Route, get, post};
use crate::signed::Signed;

const REVEAL: Permission = Permission::Operate(Role::PrivacyReveal);

pub(super) fn routes() -> Vec<Route> {
    let reveal = Needs::Permission(REVEAL);
    vec![
        get("/t/{tenant}/requests/{request}", NEEDS, routing::get(show)),
        post("/t/{tenant}/requests/{request}/reveal", reveal, routing::post(revealed)),
    ]
}

/// A request with what it said, if that was asked for.
#[derive(Debug, Deserialize)]
struct Detail {
    #[serde(flatten)]
    item: Item,
    contents: Option<Contents>,
}

#[derive(Debug, Deserialize)]
struct Contents {
    query: Option<String>,
    body: Option<Value>,
    answer: Option<Value>,
}

/// Where a request is shown. Its number is told so that nobody sees how much other tenants ask.
pub(super) fn path(portal: &Portal, signed: &Signed, number: u64) -> String {
    let told = portal.settings().positions.encrypt_cursor(&signed.tenant, &number.to_string());
    format!("{}/{told}", Section::Requests.path(&signed.tenant))
}

fn number(portal: &Portal, signed: &Signed, told: &str) -> Result<u64, Refused> {
    let number = portal.settings().positions.decrypt_cursor(&signed.tenant, told);
    number.and_then(|number| number.parse().ok()).ok_or_else(|| Refused::not_found("request"))
}

async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, told)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let number = number(&portal, &signed, &told)?;
    let asked = format!("/ops/v1/requests/{number}?tenant={}", signed.tenant);
    let detail: Detail = portal.apis().get(&signed, &asked).await?;
    shown(&portal, &signed, &detail).await
}

/// The same with what it said: the look is in the journal before anything is shown.
async fn revealed(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, told)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let number = number(&portal, &signed, &told)?;
    let asked = format!("/ops/v1/requests/{number}/reveal");
    let body = json!({ "tenant": signed.tenant.as_str() });
    let detail: Detail = portal.apis().send(&signed, Method::POST, &asked, Some(&body)).await?;
    shown(&portal, &signed, &detail).await
}

async fn shown(portal: &Portal, signed: &Signed, detail: &Detail) -> Result<Page, Refused> {
    let Detail { item, contents } = detail;
    let roster = names::roster(portal).await?;
    let roster = roster.tenant(&signed.tenant);
    let led = match &item.events {
        Some(range) => {
            let asked = format!(
                "/ops/v1/events?tenant={}&before={}&after={}&limit=200",
                signed.tenant,
                range.last + 1,
                range.first.saturating_sub(1)
            );
            portal.apis().get::<Happened>(signed, &asked).await?.events
        }
        None => vec![],
    };
    let content = html! {
        p.crumbs { a href=(Section::Requests.path(&signed.tenant)) { "Requests" } " / " (item.method) " " (item.route) }
        h1 { (item.result) }
        section.card {
            dl.facts {
                dt { "When" } dd { (moment(item.at)) }
                dt { "Asked" } dd { code { (item.method) " " (item.route) } @if let Some(filter) = &item.filter { " " span.soft { (filter) } } }
                dt { "Answered" } dd { (result(item.status)) @if let Some(kind) = &item.scim_type { " " code { (kind) } } (format!(" after {:.1} ms", item.milliseconds)) }
                dt { "About" } dd { (whom(portal, signed, item.employee_id).await?) }
                dt { "Credential" } dd { @match item.credential {
                    Some(credential) => (by(roster, &format!("credential:{credential}"))),
                    None => "none that is valid",
                } }
                dt { "Request id" } dd { code { (item.request) } }
            }
        }
        section.card aria-labelledby="led" {
            h2 #led { "What it led to" }
            @if led.is_empty() { p { "Nothing changed." } } @else { (rows(signed, roster, &led)) }
        }
        section.card aria-labelledby="said" {
            h2 #said { "What it said" }
            (said(portal, signed, item, contents.as_ref()))
        }
        (also_by(
            &format!("rollcall requests list --tenant {}\nrollcall trace {}", signed.tenant, item.request),
            "",
        ))
    };
    Ok(page(signed, "Request", content))
}

fn said(portal: &Portal, signed: &Signed, item: &Item, contents: Option<&Contents>) -> Markup {
    let text = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
    let reveal = format!("{}/reveal", path(portal, signed, item.number));
    html! {
        @if let Some(Contents { query, body, answer }) = contents {
            p.soft { "This look is noted in the journal of operators." }
            @if let Some(query) = query { h3 { "Query" } pre { code { (query) } } }
            @if let Some(body) = body { h3 { "Body" } pre { code { (text(body)) } } }
            @if let Some(answer) = answer { h3 { "Answer" } pre { code { (text(answer)) } } }
        } @else if !item.has_contents {
            p { "Nothing of it is kept: it said nothing personal, or what it said could be several people’s." }
        } @else if signed.may(REVEAL) {
            p { "It is personal data, kept sealed for some days and erased with the person. Whoever looks is noted in the journal." }
            (button(&signed.session.csrf, &reveal, "", "Show what it said"))
        } @else {
            p { "It is personal data, kept sealed: operators may see it." }
        }
    }
}
