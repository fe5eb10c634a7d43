//! A person's teams, in the layers that they are made of, and how they are edited.

use events::{EmployeeId, Scope, TeamId};
use jiff::Timestamp;
use maud::{Markup, html};
use roster::TenantRoster;
use serde::Deserialize;
use web::Permission;

use super::place::path;
use crate::names::roster;
use crate::pages::teams::place::own_words;
use crate::parts::actor::by;
use crate::parts::badge::{Tone, badge};
use crate::parts::form::{button, csrf};
use crate::parts::section::Section;
use crate::parts::text::{name, short};
use crate::parts::time::day;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::signed::Signed;

/// So many teams can be chosen from in a list.
const CHOICES: usize = 500;

/// A team that counts.
#[derive(Debug, Deserialize)]
pub(super) struct Membership {
    id: TeamId,
    name: String,
    kind: String,
    origin: String,
    since: Timestamp,
    by: Option<String>,
}

/// What the teams are made of.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Layers {
    synced: Vec<Synced>,
    edits: Vec<Edit>,
    chosen_primary: Option<Chosen>,
}

#[derive(Debug, Deserialize)]
struct Synced {
    name: String,
    since: Timestamp,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Edit {
    team_id: TeamId,
    team_name: String,
    edit: String,
    at: Timestamp,
    by: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chosen {
    team_name: String,
    at: Timestamp,
    by: String,
}

#[derive(Debug, Deserialize)]
struct Choices {
    teams: Vec<Choice>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    id: TeamId,
    name: String,
}

/// The card of a person's teams.
pub(super) async fn card(
    portal: &Portal,
    signed: &Signed,
    id: EmployeeId,
    theirs: &[Membership],
) -> Result<Markup, Refused> {
    let edits = format!("/api/v1/{}/employees/{id}/team-edits", signed.tenant);
    let layers: Layers = portal.apis().get(signed, &edits).await?;
    let may_edit = signed.may(Permission::Api(Scope::TeamsWrite));
    let choices = if may_edit { choices(portal, signed, theirs).await? } else { vec![] };
    let roster = roster(portal).await?;
    let tenant = roster.tenant(&signed.tenant);
    Ok(html! {
        section.card #teams aria-labelledby="teams-of" {
            h2 #teams-of { "Teams" }
            (effective(signed, tenant, id, theirs, may_edit))
            @if may_edit { (edit(signed, id, &layers, &choices)) }
            (made_of(tenant, &layers))
            @if may_edit { p.hint { (own_words()) } }
        }
    })
}

async fn choices(
    portal: &Portal,
    signed: &Signed,
    theirs: &[Membership],
) -> Result<Vec<Choice>, Refused> {
    let teams = format!("/api/v1/{}/teams?limit={CHOICES}", signed.tenant);
    let all: Choices = portal.apis().get(signed, &teams).await?;
    let is_in = |one: &Choice| theirs.iter().any(|team| team.id == one.id);
    Ok(all.teams.into_iter().filter(|one| !is_in(one)).collect())
}

/// What comes of both layers.
fn effective(
    signed: &Signed,
    tenant: Option<&TenantRoster>,
    id: EmployeeId,
    theirs: &[Membership],
    may_edit: bool,
) -> Markup {
    let here = path(signed, id);
    let teams = Section::Teams.path(&signed.tenant);
    let token = &signed.session.csrf;
    html! {
        @if theirs.is_empty() { p.soft { "In no team." } }
        ul.lines {
            @for team in theirs {
                li {
                    div {
                        a href={ (teams) "/" (team.id) } { (name(&team.name)) } " "
                        @if team.kind == "primary" { (badge(Tone::Good, "Primary")) } @else { (badge(Tone::Plain, "Additional")) }
                        div.hint {
                            (team.origin) " since " (day(team.since))
                            @if let Some(actor) = &team.by { ", by " (by(tenant, actor)) }
                        }
                    }
                    @if may_edit {
                        div.actions {
                            @if team.kind != "primary" {
                                (button(token, &format!("{here}/teams/{}/primary", team.id), "small", "Make Primary"))
                            }
                            (button(token, &format!("{here}/teams/{}/remove", team.id), "small", "Remove"))
                        }
                    }
                }
            }
        }
    }
}

fn edit(signed: &Signed, id: EmployeeId, layers: &Layers, choices: &[Choice]) -> Markup {
    let here = path(signed, id);
    let token = &signed.session.csrf;
    let is_edited = !layers.edits.is_empty() || layers.chosen_primary.is_some();
    html! {
        @if !choices.is_empty() {
            form.filters method="post" action={ (here) "/teams/assign" } {
                (csrf(token))
                label.field {
                    span.label { "Add to a team" }
                    select name="team" required {
                        @for one in choices { option value=(one.id) { (short(&one.name, 80)) } }
                    }
                }
                button { "Add" }
            }
        }
        @if is_edited { (button(token, &format!("{here}/teams/reset"), "danger", "Reset to synced")) }
    }
}

/// The layers, each by itself.
fn made_of(tenant: Option<&TenantRoster>, layers: &Layers) -> Markup {
    html! {
        details.also {
            summary { "What this is made of: synced, edited here" }
            h3 { "Synced from Entra" }
            @if layers.synced.is_empty() { p.soft { "No group of Entra's has this person as a member." } }
            ul.plain {
                @for one in &layers.synced { li { (name(&one.name)) span.soft { " since " (day(one.since)) } } }
            }
            h3 { "Edited here" }
            @if layers.edits.is_empty() && layers.chosen_primary.is_none() { p.soft { "Nothing." } }
            ul.plain {
                @for one in &layers.edits {
                    li data-team=(one.team_id) {
                        @if one.edit == "assigned" { "Added to " } @else { "Taken out of " }
                        (name(&one.team_name)) span.soft { " on " (day(one.at)) " by " (by(tenant, &one.by)) }
                    }
                }
                @if let Some(one) = &layers.chosen_primary {
                    li { (name(&one.team_name)) " chosen as Primary" span.soft { " on " (day(one.at)) " by " (by(tenant, &one.by)) } }
                }
            }
        }
    }
}
