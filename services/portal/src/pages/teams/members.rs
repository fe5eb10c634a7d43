//! The members of a team: by name, searched, page by page.
//!
//! Where they come from, a team's members are in the order in which they joined. So many as are read at once are sorted
//! here; those of a larger team stay in that order, and the page says so.

use events::{EmployeeId, TeamId};
use jiff::Timestamp;
use maud::{Markup, html};
use roster::TenantRoster;
use serde::Deserialize;

use super::place::path;
use crate::pages::people::place as people;
use crate::parts::actor::by;
use crate::parts::badge::{Tone, badge};
use crate::parts::form::csrf;
use crate::parts::icon::{Icon, icon};
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
/// So many are read at once.
const READ: usize = 500;
/// Of so many at most all are read, to be sorted.
const SORTED: u64 = 1_000;

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

impl Member {
    /// By what they are sorted and found: what is shown of them, in small letters.
    fn key(&self) -> String {
        let shown = self.display_name.as_deref().or(self.user_name.as_deref()).unwrap_or_default();
        shown.trim().to_lowercase()
    }

    fn is_found(&self, search: &str) -> bool {
        let user_name = self.user_name.as_deref().unwrap_or_default().to_lowercase();
        self.key().contains(search) || user_name.contains(search)
    }
}

/// A page of members.
pub(super) struct List {
    members: Vec<Member>,
    next: Option<String>,
    trail: Trail,
    is_sorted: bool,
}

/// The page of a team of so many, at `api`, to which the trail leads.
pub(super) async fn list(
    portal: &Portal,
    signed: &Signed,
    (api, count): (&str, u64),
    search: &str,
    trail: Trail,
) -> Result<List, Refused> {
    let read = async |limit: usize, after: &str| -> Result<Members, Refused> {
        let limit = limit.to_string();
        let query = query::write([("limit", &*limit), ("after", after)]);
        Ok(portal.apis().get(signed, &format!("{api}/members?{query}")).await?)
    };
    if count > SORTED {
        let Members { members, next } = read(ROWS, trail.after.as_deref().unwrap_or("")).await?;
        return Ok(List { members, next, trail, is_sorted: false });
    }
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let Members { members, next } = read(READ, &after).await?;
        all.extend(members);
        match next {
            Some(next) => after = next,
            None => break,
        }
    }
    Ok(sorted(all, search, trail))
}

/// Those whom the search finds, by name; the places of the trail are numbers of rows.
fn sorted(mut all: Vec<Member>, search: &str, trail: Trail) -> List {
    let search = search.to_lowercase();
    all.retain(|one| one.is_found(&search));
    all.sort_by_cached_key(|one| (one.key(), one.employee_id));
    let begin: usize = trail.after.as_deref().and_then(|place| place.parse().ok()).unwrap_or(0);
    let end = begin.saturating_add(ROWS);
    let next = (end < all.len()).then(|| end.to_string());
    let members = all.into_iter().skip(begin).take(ROWS).collect();
    List { members, next, trail, is_sorted: true }
}

impl List {
    pub(super) fn shown(
        &self,
        signed: &Signed,
        tenant: Option<&TenantRoster>,
        team: TeamId,
        search: &str,
        may_edit: bool,
    ) -> Markup {
        let here = path(signed, team);
        html! {
            @if self.is_sorted { (searching(&here, search)) } @else {
                p.soft { "So large a team is listed in the order in which its members joined. The list of people finds anybody by name." }
            }
            @if self.members.is_empty() { (empty("No member is found", "No member’s name or user name has these letters.")) }
            @else { (rows(signed, tenant, team, &self.members, may_edit)) }
            (self.trail.links(&here, &[("q", search)], self.next.as_deref()))
        }
    }
}

fn searching(here: &str, search: &str) -> Markup {
    html! {
        form.filters role="search" method="get" action=(here) {
            label.field {
                span.label { "Search members" }
                input type="search" name="q" value=(search) maxlength="200" placeholder="Name or user name";
            }
            button { (icon(Icon::Search)) "Search" }
            @if !search.is_empty() { a.button href=(here) { "Clear" } }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn member(nth: u128, called: &str) -> Member {
        let id = uuid::Uuid::from_u128(nth);
        let one = serde_json::json!({
            "employeeId": id, "userName": format!("{nth}@x"), "displayName": called, "kind": "primary",
            "origin": "synced", "since": "2026-12-01T00:00:00Z",
        });
        serde_json::from_value(one).expect("a member")
    }

    fn names(list: &List) -> Vec<&str> {
        list.members.iter().filter_map(|one| one.display_name.as_deref()).collect()
    }

    #[test]
    fn members_are_listed_by_name_whatever_their_case_and_blanks_and_found_by_letters_of_it() {
        let all = || {
            ["zoe", " Bob", "ada", "Cyd"]
                .into_iter()
                .zip(0..)
                .map(|(name, nth)| member(nth, name))
                .collect()
        };
        assert_eq!(names(&sorted(all(), "", Trail::default())), ["ada", " Bob", "Cyd", "zoe"]);
        assert_eq!(names(&sorted(all(), "O", Trail::default())), [" Bob", "zoe"]);
        assert_eq!(names(&sorted(all(), "2@X", Trail::default())), ["ada"]);
    }

    #[test]
    fn members_are_gone_through_page_by_page() {
        let all = || (0..120).map(|nth| member(nth, &format!("p{nth:03}"))).collect();
        let mut trail = Trail::default();
        let mut seen = Vec::new();
        loop {
            let page = sorted(all(), "", trail);
            seen.extend(page.members.iter().map(Member::key));
            assert!(page.members.len() <= ROWS);
            let Some(next) = page.next else { break };
            trail = Trail::of(&[("after".to_owned(), next)]);
        }
        let expected: Vec<_> = (0..120).map(|nth| format!("p{nth:03}")).collect();
        assert_eq!(seen, expected);
        let far = Trail::of(&[("after".to_owned(), "cursor".to_owned())]);
        assert_eq!(
            sorted(all(), "", far).members.len(),
            ROWS,
            "a cursor of another order begins anew"
        );
    }
}
