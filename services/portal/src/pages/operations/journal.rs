//! `…/operations/journal`: what operators and administrators did, and by whom.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::routing;
use jiff::Timestamp;
use maud::{Markup, html};
use roster::TenantRoster;
use serde::Deserialize;
use serde_json::Value;

use super::acted_by::acted_by;
use super::place::{READ, Tab, page, read_model};
use super::sealed::{opened, sealed};
use crate::names;
use crate::parts::also_by::also_by;
use crate::parts::page::Page;
use crate::parts::paging::paging;
use crate::parts::table::{empty, table};
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::query;
use crate::refused::Refused;
use crate::route::{Route, get};
use crate::signed::Signed;

/// So many acts a page.
const AT_A_TIME: &str = "50";
const WHAT: &str = "page of the journal";

pub(super) fn routes() -> Vec<Route> {
    vec![get("/t/{tenant}/operations/journal", READ, routing::get(list))]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// The last of the page before, sealed.
    before: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Journal {
    acts: Vec<Act>,
    next: Option<u64>,
}

/// An act. Its position, and those in what is told of it, are of all tenants: no page shows them.
#[derive(Debug, Deserialize)]
struct Act {
    at: Timestamp,
    by: String,
    act: String,
    projection: Option<String>,
    of: Value,
}

async fn list(
    State(portal): State<Portal>,
    signed: Signed,
    Query(Asked { before }): Query<Asked>,
) -> Result<Page, Refused> {
    let tenant = &signed.tenant;
    let position = match &before {
        Some(before) => opened(&portal, &signed, before, WHAT)?,
        None => String::new(),
    };
    let asked = query::write([
        ("tenant", tenant.as_str()),
        ("newest", "true"),
        ("limit", AT_A_TIME),
        ("before", &position),
    ]);
    let Journal { acts, next } =
        portal.apis().get(&signed, &format!("/ops/v1/journal?{asked}")).await?;
    let roster = names::roster(&portal).await?;
    let home = Tab::Journal.path(&signed);
    let next = next.map(|next| {
        let before = sealed(&portal, &signed, &next.to_string());
        format!("{home}?{}", query::write([("before", before.as_str())]))
    });
    let content = html! {
        div.head { div {
            h1 { "Journal" }
            p.lead { "What was asked for and done to keep your tenant in order, and by whom. What happened to people and teams is under Activity." }
        } }
        @if acts.is_empty() {
            (empty("Nothing was done yet", "Replays, decisions about parked events and changes of settings are noted here."))
        } @else { (shown(&signed, roster.tenant(tenant), &acts)) }
        (paging(before.is_some().then_some(home.as_str()), next.as_deref()))
        (also_by(
            &format!("rollcall operations log --tenant {tenant}"),
            &format!("GET /ops/v1/journal?tenant={tenant}&newest=true"),
        ))
    };
    Ok(page(&signed, Tab::Journal, "Journal", content))
}

fn shown(signed: &Signed, roster: Option<&TenantRoster>, acts: &[Act]) -> Markup {
    // The answer to a request is told with the request.
    let request = |act: &Act| act.of["request"].as_str().map(str::to_owned);
    let answers: BTreeMap<_, _> = acts
        .iter()
        .filter(|act| act.act == "request.answered")
        .filter_map(|act| Some((request(act)?, act.of["status"].as_u64()?)))
        .collect();
    let is_told = |act: &&Act| {
        let is_asked =
            |other: &Act| other.act == "request.received" && request(other) == request(act);
        act.act != "request.answered" || !acts.iter().any(is_asked)
    };
    table(
        "Acts, the last first",
        &["When", "By", "What", "About"],
        html! {
            @for act in acts.iter().filter(is_told) {
                @let status = request(act).and_then(|request| answers.get(&request));
                tr {
                    td { (moment(act.at)) }
                    td { (acted_by(roster, &act.by)) }
                    td { (words(&act.act)) @if let Some(status) = status { br; span.hint { "answered " (status) } } }
                    td { (about(signed, act)) }
                }
            }
        },
    )
}

/// What an act is about: none of it is a person's own, and none a position.
fn about(signed: &Signed, act: &Act) -> Markup {
    let text = |name: &str| act.of[name].as_str();
    let job = text("job").or(text("plan")).filter(|id| super::replay::id(id).is_ok());
    html! {
        @if let Some(name) = &act.projection { (read_model(name)) " " }
        @if let Some(job) = job { a.mono href={ (Tab::Replays.path(signed)) "/" (job) } { (job) } " " }
        @if let (Some(method), Some(route)) = (text("method"), text("route")) { code { (method) " " (route) } }
        @if let Some(reason) = text("reason") { br; bdi { (reason) } }
    }
}

/// An act in words; one of a later release is told by its name.
fn words(act: &str) -> String {
    let words = match act {
        "request.received" => "Asked for a change",
        "request.answered" => "A change was answered",
        "replay.planned" => "Replay planned",
        "replay.started" => "Replay started",
        "replay.paused" => "Replay paused",
        "replay.resumed" => "Replay resumed",
        "replay.cancelled" => "Replay cancelled",
        "replay.built" => "Replay ready",
        "replay.failed" => "Replay failed",
        "replay.cut-over" => "Replay cut over to",
        "replay.rolled-back" => "Replay undone",
        "parked.skipped" => "Parked event skipped",
        "parked.retried" => "Parked events tried again",
        "erasure.planned" => "Erasure of a person planned",
        "erasure.started" => "Erasure of a person started",
        "erasure.incomplete" => "Erasure of a person incomplete",
        "erasure.completed" => "Person erased",
        "verify.started" => "Verification started",
        "verify.ended" => "Verification ended",
        "personal.revealed" => "Personal data looked at",
        other => return other.replace(['.', '-'], " "),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_about_a_tenant_has_words_also_one_of_a_later_release() {
        assert_eq!(words("replay.rolled-back"), "Replay undone");
        assert_eq!(words("moon.shot-down"), "moon shot down");
    }
}
