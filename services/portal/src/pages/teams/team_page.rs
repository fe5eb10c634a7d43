//! `/t/{tenant}/teams/{team}`: who is in a team, and what was decided about that by hand.

use axum::extract::{Path, RawQuery, State};
use events::{EmployeeId, Scope, TeamId};
use jiff::Timestamp;
use maud::{Markup, html};
use roster::TenantRoster;
use serde::Deserialize;
use web::Permission;

use super::members;
use super::place::{Team, own_words, path, team};
use crate::names::roster;
use crate::pages::people::place as people;
use crate::parts::actor::by;
use crate::parts::also_by::also_by;
use crate::parts::form::{button, csrf, text};
use crate::parts::layout::{self, Frame};
use crate::parts::page::Page;
use crate::parts::section::Section;
use crate::parts::table::empty;
use crate::parts::text::{name, short};
use crate::parts::time::day;
use crate::parts::trail::Trail;
use crate::portal::Portal;
use crate::query;
use crate::refused::Refused;
use crate::signed::Signed;

/// So many edits are shown.
const EDITS: usize = 50;

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
    let query = query::read(query.as_deref());
    let search = query::said(&query, "q");
    let api = format!("/api/v1/{}/teams/{id}", signed.tenant);
    let shown: Team = portal.apis().get(&signed, &api).await?;
    let trail = Trail::of(&query);
    let list = members::list(&portal, &signed, (&api, shown.members), search, trail).await?;
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
        @if shown.members == 0 {
            (empty("Nobody is in this team", if shown.is_synced() {
                "People come in by their group in Entra, or are added here."
            } else {
                "People are added here: no group of Entra stands behind this team."
            }))
        } @else {
            (list.shown(&signed, tenant, id, search, may_edit))
        }
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

fn adding(signed: &Signed, team: TeamId) -> Markup {
    html! {
        section.card aria-labelledby="add" {
            h2 #add { "Add somebody" }
            form.form method="post" action={ (path(signed, team)) "/assign" } {
                (csrf(&signed.session.csrf))
                (text("User name", "person", signed.typed("person").unwrap_or_default(), "As the list of people shows it.", true))
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
                (text("Name", "name", signed.typed("name").unwrap_or(&shown.name), "", true))
                div.actions { button { "Rename" } }
            }
            hr;
            p { "Without the team, its members keep their other teams." }
            (button(&signed.session.csrf, &format!("{here}/delete"), "danger", "Delete the team"))
        }
    }
}
