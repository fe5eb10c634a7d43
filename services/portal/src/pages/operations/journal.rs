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
use super::journal_words::{self, is_told_by_its_act};
use super::place::{READ, Tab, page, read_model};
use super::sealed::{opened, sealed};
use crate::names;
use crate::parts::also_by::also_by;
use crate::parts::page::Page;
use crate::parts::paging::paging;
use crate::parts::table::{empty, table};
use crate::parts::text::value;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::query;
use crate::refused::Refused;
use crate::route::{Route, get};
use crate::signed::Signed;

/// So many acts a page.
const AT_A_TIME: &str = "50";
const WHAT: &str = "page of the journal";
/// A request, and its answer, as acts.
const RECEIVED: &str = "request.received";
const ANSWERED: &str = "request.answered";

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
    table(
        "Acts, the last first",
        &["When", "By", "What", "About"],
        html! {
            @for (act, status) in told(acts) {
                tr {
                    td { (moment(act.at)) }
                    td { (acted_by(roster, &act.by)) }
                    td { (words(act, status)) }
                    td { (about(signed, act)) }
                }
            }
        },
    )
}

/// What was done, once: a request is told with the status of its answer, and is left out if what it did is an act
/// that stands beside it.
fn told(acts: &[Act]) -> Vec<(&Act, Option<u64>)> {
    let request = |act: &Act| act.of["request"].as_str().map(str::to_owned);
    let answers: BTreeMap<String, u64> = acts
        .iter()
        .filter(|act| act.act == ANSWERED)
        .filter_map(|act| Some((request(act)?, act.of["status"].as_u64()?)))
        .collect();
    let with_status = |act| {
        let request = request(act).filter(|_| act.act == RECEIVED);
        (act, request.and_then(|request| answers.get(&request).copied()))
    };
    let is_told = |(act, status): &(&Act, Option<u64>)| {
        let is_done = act.act == RECEIVED && status.is_some_and(|status| status < 300);
        !(is_done && is_told_by_its_act(act.of["route"].as_str().unwrap_or_default()))
    };
    acts.iter().filter(|act| act.act != ANSWERED).map(with_status).filter(is_told).collect()
}

/// What was done, or was asked for and was not.
fn words(act: &Act, status: Option<u64>) -> Markup {
    if act.act != RECEIVED {
        return html! { (journal_words::act(&act.act)) };
    }
    let asked = asked_in_words(act);
    html! {
        (asked.map_or_else(|| journal_words::act(&act.act), str::to_owned))
        @match status {
            Some(status) if status >= 400 => { br; span.hint { "refused with " (status) ", so it was not done" } },
            Some(status) if asked.is_none() => { br; span.hint { "answered " (status) } },
            Some(_) => {},
            None => { br; span.hint { "its answer is not on this page" } },
        }
    }
}

fn asked_in_words(act: &Act) -> Option<&'static str> {
    journal_words::request(act.of["method"].as_str()?, act.of["route"].as_str()?)
}

/// What an act is about: none of it is a person's own, and none a position.
fn about(signed: &Signed, act: &Act) -> Markup {
    let text = |name: &str| act.of[name].as_str();
    let job = text("job").or(text("plan")).filter(|id| super::replay::id(id).is_ok());
    html! {
        @if let Some(name) = &act.projection { (read_model(name)) " " }
        @if let Some(job) = job { a.mono href={ (Tab::Replays.path(signed)) "/" (job) } { (job) } " " }
        @if let (None, Some(method), Some(route)) = (asked_in_words(act), text("method"), text("route")) { code { (method) " " (route) } }
        @if let Some(reason) = text("reason") { br; (value(reason)) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn act(name: &str, of: Value) -> Act {
        let told = json!({ "at": "2026-12-01T10:00:00Z", "by": "root", "act": name, "projection": null, "of": of });
        serde_json::from_value(told).expect("an act")
    }

    /// A request and its answer, the last first, as the journal lists them.
    fn asked(request: &str, method: &str, route: &str, status: u64) -> [Act; 2] {
        [
            act("request.answered", json!({ "request": request, "status": status })),
            act(
                "request.received",
                json!({ "request": request, "method": method, "route": route }),
            ),
        ]
    }

    #[test]
    fn what_was_asked_for_and_done_is_told_once_and_in_words_and_what_was_refused_as_refused() {
        let link = "/operator/v1/tenants/{tenant}/administrators/{id}/link";
        let run = "/ops/v1/replay/{id}/run";
        let mut acts: Vec<Act> = asked("a", "POST", link, 201).into();
        acts.extend(asked("b", "POST", link, 404));
        acts.extend(asked("c", "POST", run, 200));
        acts.push(act("replay.started", json!({})));
        acts.extend(asked("d", "POST", run, 409));
        acts.extend(asked("e", "POST", "/ops/v1/moon", 204));
        let told = told(&acts);
        let words: Vec<String> =
            told.iter().map(|(act, status)| words(act, *status).into_string()).collect();
        assert_eq!(
            words,
            [
                "Sign-in link made",
                r#"Sign-in link made<br><span class="hint">refused with 404, so it was not done</span>"#,
                "Replay started",
                r#"Replay started<br><span class="hint">refused with 409, so it was not done</span>"#,
                r#"Asked for a change<br><span class="hint">answered 204</span>"#,
            ]
        );
    }
}
