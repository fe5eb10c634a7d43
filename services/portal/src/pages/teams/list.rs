//! The list of teams.

use axum::extract::{RawQuery, State};
use events::Scope;
use maud::{Markup, html};
use serde::Deserialize;
use web::Permission;

use super::place::{Team, own_words, path};
use crate::parts::also_by::also_by;
use crate::parts::form::{csrf, text};
use crate::parts::icon::{Icon, icon};
use crate::parts::layout::{self, Frame};
use crate::parts::page::Page;
use crate::parts::section::Section;
use crate::parts::table::{empty, table};
use crate::parts::text::{name, short};
use crate::parts::trail::Trail;
use crate::portal::Portal;
use crate::query;
use crate::refused::Refused;
use crate::signed::Signed;

/// So many teams are on a page.
const ROWS: usize = 50;

#[derive(Debug, Deserialize)]
struct Teams {
    teams: Vec<Team>,
    next: Option<String>,
}

pub(super) async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Result<Page, Refused> {
    let query = query::read(query.as_deref());
    let search = query::said(&query, "q");
    let trail = Trail::of(&query);
    let call = call(&signed, search, trail.after.as_deref());
    let found: Teams = portal.apis().get(&signed, &call).await?;
    let here = Section::Teams.path(&signed.tenant);
    let content = html! {
        div.head { div {
            h1 { "Teams" }
            p.lead { "Each group of Entra's is a team. You can add teams of your own, and edit who is in which. " (own_words()) }
        } }
        (searching(&here, search))
        @if found.teams.is_empty() { (none(search)) } @else { (rows(&signed, &found.teams)) }
        (trail.links(&here, &[("q", search)], found.next.as_deref()))
        @if signed.may(Permission::Api(Scope::TeamsWrite)) { (new(&signed, &here)) }
        (also_by(
            "",
            &format!("GET {call}\nPOST /api/v1/{}/teams\n{{\"name\": \"Fire wardens\"}}", signed.tenant),
        ))
    };
    Ok(Page::new(layout::page(&Frame::of(&signed, Section::Teams), "Teams", content)))
}

/// Where the JSON API lists them.
fn call(signed: &Signed, search: &str, after: Option<&str>) -> String {
    let rows = ROWS.to_string();
    let query = query::write([("limit", &*rows), ("q", search), ("after", after.unwrap_or(""))]);
    format!("/api/v1/{}/teams?{query}", signed.tenant)
}

fn searching(here: &str, search: &str) -> Markup {
    html! {
        form.filters role="search" method="get" action=(here) {
            label.field {
                span.label { "Search" }
                input type="search" name="q" value=(search) maxlength="200" placeholder="Name of a team";
            }
            button { (icon(Icon::Search)) "Search" }
            @if !search.is_empty() { a.button href=(here) { "Clear" } }
        }
    }
}

fn rows(signed: &Signed, teams: &[Team]) -> Markup {
    table(
        "Teams",
        &["Team", "Origin", "Members"],
        html! {
            @for team in teams {
                tr {
                    th scope="row" {
                        a href=(path(signed, team.id)) { (name(&team.name)) }
                        @if let Some(words) = &team.description { div.aside { (short(words, 120)) } }
                    }
                    td { (team.badge()) }
                    td.num { (team.members) }
                }
            }
        },
    )
}

fn none(search: &str) -> Markup {
    if search.is_empty() {
        empty(
            "No team yet",
            "Groups that you assign in Entra become teams; you can also make your own.",
        )
    } else {
        empty("No team is found", "No team's name has these letters.")
    }
}

fn new(signed: &Signed, here: &str) -> Markup {
    html! {
        section.card aria-labelledby="new" {
            h2 #new { "A team of your own" }
            form.form method="post" action={ (here) "/create" } {
                (csrf(&signed.session.csrf))
                (text("Name", "name", signed.typed("name").unwrap_or_default(), "Unique among the teams, in any letter case.", true))
                div.actions { button.primary { "Make the team" } }
            }
        }
    }
}
