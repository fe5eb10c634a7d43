//! `…/operations/replays/{job}/diff`: what people would see otherwise.

use axum::extract::{Path, Query, State};
use axum::routing;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::place::{READ, Tab, page, read_model};
use super::replay::{CUT_OVER, cutting_over, find, id};
use super::replay_state::Stage;
use crate::parts::also_by::also_by;
use crate::parts::page::Page;
use crate::parts::paging::paging;
use crate::parts::table::table;
use crate::parts::text::counted;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Route, get};
use crate::signed::Signed;

/// So many people a page.
const AT_A_TIME: usize = 50;
/// So many people are told of at most.
const MOST: usize = 10_000;

pub(super) fn routes() -> Vec<Route> {
    vec![get("/t/{tenant}/operations/replays/{job}/diff", READ, routing::get(show))]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: usize,
}

#[derive(Debug, Deserialize)]
struct Diff {
    projection: String,
    same_rules: bool,
    altered: Vec<String>,
    tables: Vec<Table>,
    left_out: Vec<String>,
    people: Option<People>,
    things: Vec<Thing>,
}

#[derive(Debug, Deserialize)]
struct Table {
    table: String,
    same: u64,
    changed: u64,
    only_live: u64,
    only_candidate: u64,
}

#[derive(Debug, Deserialize)]
struct People {
    changed: u64,
    first: Vec<Person>,
}

#[derive(Debug, Deserialize)]
struct Person {
    person: String,
    fields: Vec<Field>,
    events: Vec<Event>,
}

#[derive(Debug, Deserialize)]
struct Field {
    field: String,
    live: Option<String>,
    candidate: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Event {
    /// None, if it was erased.
    #[serde(rename = "type")]
    kind: Option<String>,
    at: Option<Timestamp>,
}

#[derive(Debug, Deserialize)]
struct Thing {
    table: String,
    key: Value,
    in_live: bool,
    in_candidate: bool,
}

async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, job)): Path<(String, String)>,
    Query(Asked { page: number }): Query<Asked>,
) -> Result<Page, Refused> {
    let job = find(&portal, &signed, &job).await?;
    let skipped = number.saturating_mul(AT_A_TIME).min(MOST);
    let first = (skipped + AT_A_TIME).min(MOST);
    let path = format!("/ops/v1/replay/{}/diff?first={first}", id(&job.job)?);
    let diff: Diff = portal.apis().get(&signed, &path).await?;
    let at = format!("{}/{}", Tab::Replays.path(&signed), job.job);
    let content = html! {
        p.crumbs {
            a href=(Tab::Replays.path(&signed)) { "Replays" } " / " a href=(at) { (job.job) } " / What differs"
        }
        h1 { "What differs in " (read_model(&diff.projection)) }
        (summary(&diff))
        @if let Some(people) = &diff.people { (shown(&signed, people, skipped, number, &at)) }
        @if !diff.things.is_empty() { (things(&diff.things)) }
        h2 { "Rows by table" }
        (tables(&diff.tables))
        @if job.state == Stage::Ready && signed.may(CUT_OVER) {
            section.card aria-labelledby="cut" { h2 #cut { "Let people see it" } (cutting_over(&signed, &job)) }
        }
        (also_by(&format!("rollcall replay diff {}", job.job), &format!("GET /ops/v1/replay/{}/diff", job.job)))
    };
    Ok(page(&signed, Tab::Replays, "What differs", content))
}

fn summary(diff: &Diff) -> Markup {
    let rows: u64 =
        diff.tables.iter().map(|it| it.changed + it.only_live + it.only_candidate).sum();
    let people = diff.people.as_ref().map_or(0, |people| people.changed);
    html! {
        @if rows == 0 {
            div.notice.done { p { "Nothing differs: after the cut-over people see what they see now." } }
        } @else {
            div.notice.warn { p {
                (counted(rows, "row differs", "rows differ")) "; of " (counted(people, "person", "people")) " something else would be seen."
            } }
        }
        @if !diff.same_rules { p { "The two were made by different rules, so that differences are to be expected." } }
        @for altered in &diff.altered { div.notice.bad { p { "Somebody altered tables by hand: " (altered) "." } } }
        @if !diff.left_out.is_empty() {
            p.soft { "Rows of " (diff.left_out.join(", ")) " are no person's own, and stay as they are." }
        }
    }
}

fn shown(signed: &Signed, people: &People, skipped: usize, number: usize, at: &str) -> Markup {
    let some: Vec<_> = people.first.iter().skip(skipped).collect();
    let told = u64::try_from(skipped + some.len()).unwrap_or(u64::MAX);
    let next = (told < people.changed && !some.is_empty())
        .then(|| format!("{at}/diff?page={}", number + 1));
    let first = (number > 0).then(|| format!("{at}/diff"));
    if some.is_empty() {
        return html! { (paging(first.as_deref(), None)) };
    }
    html! {
        h2 { "People" }
        (table("People of whom something else would be seen", &["Person", "Field", "Seen now", "After the cut-over", "Decided by"], html! {
            @for person in some {
                @for (nth, field) in person.fields.iter().enumerate() {
                    tr {
                        td { @if nth == 0 { a.mono href={ "/t/" (signed.tenant) "/people/" (person.person) } { (person.person) } } }
                        td { (field.field) }
                        td { (field.live.as_deref().unwrap_or("–")) }
                        td { (field.candidate.as_deref().unwrap_or("–")) }
                        td { @if nth == 0 { @for event in &person.events {
                            span.mono { (event.kind.as_deref().unwrap_or("an event that was erased")) } @if let Some(at) = event.at { " " (moment(at)) } br;
                        } } }
                    }
                }
            }
        }))
        (paging(first.as_deref(), next.as_deref()))
    }
}

fn things(things: &[Thing]) -> Markup {
    html! {
        h2 { "Other things" }
        (table("Rows that are no person's own", &["Table", "Key", "Seen now", "After the cut-over"], html! {
            @for thing in things {
                tr {
                    td { (thing.table) }
                    td.mono { (thing.key) }
                    td { (if thing.in_live { "there" } else { "not there" }) }
                    td { (if thing.in_candidate { "there" } else { "not there" }) }
                }
            }
        }))
    }
}

fn tables(tables: &[Table]) -> Markup {
    table(
        "Rows by table",
        &["Table", "Same", "Changed", "Only now", "Only after"],
        html! {
            @for one in tables {
                tr {
                    th scope="row" { (one.table) }
                    td.num { (one.same) } td.num { (one.changed) } td.num { (one.only_live) } td.num { (one.only_candidate) }
                }
            }
        },
    )
}
