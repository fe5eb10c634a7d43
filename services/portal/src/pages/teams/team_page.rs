//! `/t/{tenant}/teams/{team}`: who is in a team, and what was decided about that by hand.

use axum::extract::{Path, RawQuery, State};
use events::{EmployeeId, Scope, TeamId};
use jiff::Timestamp;
use maud::{Markup, html};
use roster::TenantRoster;
use serde::Deserialize;
use web::Permission;

use super::place::{Team, own_words, path, team};
use crate::names::roster;
use crate::pages::people::place as people;
use crate::parts::actor::by;
use crate::parts::also_by::also_by;
use crate::parts::badge::{Tone, badge};
use crate::parts::form::{button, csrf, text};
use crate::parts::layout::{self, Frame};
use crate::parts::page::Page;
use crate::parts::section::Section;
use crate::parts::table::{empty, table};
use crate::parts::text::{name, short};
use crate::parts::time::day;
use crate::parts::trail::Trail;
use crate::portal::Portal;
use crate::query;
use crate::refused::Refused;
use crate::signed::Signed;

/// So many members are on a page.
const ROWS: usize = 50;
/// So many edits are shown.
const EDITS: usize = 50;

#[derive(Debug, Deserialize)]
struct Members {
    members: Vec<Member>,
    next: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Member {
    employee_id: EmployeeId,
    user_name: Option<String>,
    display_name: Option<String>,
    standing: Option<String>,
    kind: String,
    origin: String,
    since: Timestamp,
    by: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Edits {
    edits: Vec<Edit>,
    next: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Edit {
    employee_id: EmployeeId,
    display_name: Option<String>,
    edit: String,
    at: Timestamp,
    by: String,
}

pub(super) async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Page, Refused> {
    let id = team(&id)?;
    let trail = Trail::of(&query::read(query.as_deref()));
    let api = format!("/api/v1/{}/teams/{id}", signed.tenant);
    let shown: Team = portal.apis().get(&signed, &api).await?;
    let (limit, after) = (ROWS.to_string(), trail.after.as_deref().unwrap_or(""));
    let list = format!("{api}/members?{}", query::write([("limit", &*limit), ("after", after)]));
    let members: Members = portal.apis().get(&signed, &list).await?;
    let edits = format!("{api}/team-edits?limit={EDITS}");
    let edits: Edits = portal.apis().get(&signed, &edits).await?;
    let roster = roster(&portal).await?;
    let tenant = roster.tenant(&signed.tenant);
    let may_edit = signed.may(Permission::Api(Scope::TeamsWrite));
    let content = html! {
        p.crumbs { a href=(Section::Teams.path(&signed.tenant)) { "Teams" } }
        div.head { div {
            h1 { (name(&shown.name)) " " (shown.badge()) }
            p.lead {
                @if let Some(words) = &shown.description { (short(words, 300)) " · " }
                (shown.members) @if shown.members == 1 { " member" } @else { " members" } ", leavers included"
            }
        } }
        @if shown.stale { div.notice.warn { p { "A change is known that cannot be shown at present. An operator has been told." } } }
        @if members.members.is_empty() {
            (empty("Nobody is in this team", if shown.is_synced() {
                "People come in by their group in Entra, or are added here."
            } else {
                "People are added here: no group of Entra stands behind this team."
            }))
        } @else {
            (rows(&signed, tenant, id, &members.members, may_edit))
        }
        (trail.links(&path(&signed, id), &[], members.next.as_deref()))
        div.columns {
            @if may_edit { (adding(&signed, id)) }
            (edited(&signed, tenant, &shown, &edits))
        }
        @if may_edit && !shown.is_synced() { (own(&signed, &shown)) }
        (also_by(
            "",
            &format!("GET {api}/members\nGET {api}/team-edits\nPUT /api/v1/{}/employees/{{id}}/teams/{id}", signed.tenant),
        ))
    };
    let title = short(&shown.name, 80);
    Ok(Page::new(layout::page(&Frame::of(&signed, Section::Teams), &title, content)))
}

fn rows(
    signed: &Signed,
    tenant: Option<&TenantRoster>,
    team: TeamId,
    members: &[Member],
    may_edit: bool,
) -> Markup {
    let heads = ["Name", "Standing", "For them", "Member by", "Edit"];
    let heads = if may_edit { &heads[..] } else { &heads[..4] };
    table(
        "Members",
        heads,
        html! {
            @for one in members {
                tr {
                    th scope="row" {
                        a href=(people::path(signed, one.employee_id)) { (called(one)) }
                    }
                    td { @match one.standing.as_deref() {
                        Some("active") => (badge(Tone::Good, "Active")),
                        Some(_) => (badge(Tone::Plain, "Former")),
                        None => span.soft { "just arriving" },
                    } }
                    td { @if one.kind == "primary" { "Primary" } @else { "Additional" } }
                    td {
                        @if one.origin == "synced" { "Entra" } @else { "hand" }
                        @if let Some(actor) = &one.by { ", " (by(tenant, actor)) }
                        div.soft { "since " (day(one.since)) }
                    }
                    @if may_edit { td { (actions(signed, team, one)) } }
                }
            }
        },
    )
}

fn called(one: &Member) -> Markup {
    match one.display_name.as_deref().or(one.user_name.as_deref()) {
        Some(known) => name(known),
        None => html! { (one.employee_id) },
    }
}

fn actions(signed: &Signed, team: TeamId, one: &Member) -> Markup {
    let at = format!("{}/teams/{team}", people::path(signed, one.employee_id));
    let whom = one.display_name.as_deref().unwrap_or("this person");
    let act = |what: &str, words: &str| {
        html! {
            form.inline method="post" action={ (at) "/" (what) } {
                (csrf(&signed.session.csrf))
                input type="hidden" name="from" value="team";
                button.small { (words) span.visually-hidden { " " (short(whom, 80)) } }
            }
        }
    };
    html! {
        div.actions {
            @if one.kind != "primary" { (act("primary", "Make Primary")) }
            (act("remove", "Remove"))
        }
    }
}

fn adding(signed: &Signed, team: TeamId) -> Markup {
    html! {
        section.card aria-labelledby="add" {
            h2 #add { "Add somebody" }
            form.form method="post" action={ (path(signed, team)) "/assign" } {
                (csrf(&signed.session.csrf))
                (text("User name", "person", "", "As the list of people shows it.", true))
                div.actions { button.primary { "Add to the team" } }
            }
            p.hint { (own_words()) }
        }
    }
}

fn edited(signed: &Signed, tenant: Option<&TenantRoster>, shown: &Team, edits: &Edits) -> Markup {
    html! {
        section.card aria-labelledby="edited" {
            h2 #edited { "Edited here" }
            @if edits.edits.is_empty() {
                p.soft { @if shown.is_synced() { "Nothing: everybody is in the team by Entra alone." } @else { "Nobody was added yet." } }
            }
            ul.plain {
                @for one in &edits.edits {
                    li {
                        a href=(people::path(signed, one.employee_id)) {
                            @match &one.display_name { Some(known) => (name(known)), None => (one.employee_id) }
                        }
                        @if one.edit == "assigned" { " was added" } @else { " was taken out" }
                        span.soft { " on " (day(one.at)) " by " (by(tenant, &one.by)) }
                    }
                }
            }
            @if edits.next.is_some() { p.soft { "The first " (EDITS) " are shown." } }
        }
    }
}

/// What can be done with a team of one's own.
fn own(signed: &Signed, shown: &Team) -> Markup {
    let here = path(signed, shown.id);
    html! {
        section.card aria-labelledby="own" {
            h2 #own { "This team is your own" }
            form.form method="post" action={ (here) "/rename" } {
                (csrf(&signed.session.csrf))
                (text("Name", "name", &shown.name, "", true))
                div.actions { button { "Rename" } }
            }
            hr;
            p { "Without the team, its members keep their other teams." }
            (button(&signed.session.csrf, &format!("{here}/delete"), "danger", "Delete the team"))
        }
    }
}
