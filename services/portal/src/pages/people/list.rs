//! The list of people: searched, filtered, page by page.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use web::Problem;

use events::TeamId;

use super::filter::Filter;
use super::place::{Employee, path, standing};
use super::sort::Sort;
use crate::live;
use crate::parts::also_by::also_by;
use crate::parts::icon::{Icon, icon};
use crate::parts::layout::{self, Frame};
use crate::parts::live::live as live_part;
use crate::parts::page::Page;
use crate::parts::section::Section;
use crate::parts::table::{Head, SortLink, sortable};
use crate::parts::text::name;
use crate::parts::time::day;
use crate::parts::trail::Trail;
use crate::portal::Portal;
use crate::query;
use crate::refused::Refused;
use crate::signed::Signed;

/// So many people are on a page.
const ROWS: usize = 50;

/// What an address asks for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) search: String,
    pub(super) filter: Filter,
    sort: Sort,
    trail: Trail,
}

impl Asked {
    pub(super) fn of(query: Option<&str>) -> Self {
        let query = query::read(query);
        let show = query::said(&query, "standing");
        let filter = Filter::ALL.into_iter().find(|filter| filter.as_str() == show);
        let filter = filter.unwrap_or(Filter::Active);
        let sort = Sort::of(query::said(&query, "sort"), query::said(&query, "order"));
        Self { search: query::said(&query, "q").to_owned(), filter, sort, trail: Trail::of(&query) }
    }

    /// Where the JSON API lists them.
    pub(super) fn call(&self, signed: &Signed, rows: usize, after: Option<&str>) -> String {
        let rows = rows.to_string();
        let all = [("limit", &*rows), ("q", &*self.search), ("after", after.unwrap_or(""))];
        let all = all.into_iter().chain(self.filter.parameter());
        let query = query::write(all.chain(self.sort.parameters()));
        format!("/api/v1/{}/employees?{query}", signed.tenant)
    }

    /// The parameters that stay as one goes on.
    fn stay(&self) -> [(&str, &str); 4] {
        let [sort, order] = self.sort.query();
        [("q", &self.search), ("standing", self.filter.as_str()), sort, order]
    }

    fn query(&self, filter: Filter) -> String {
        self.sorted(filter, self.sort)
    }

    /// The same without a search.
    fn cleared(&self) -> String {
        query::write(self.stay().into_iter().filter(|(name, _)| *name != "q"))
    }

    fn sorted(&self, filter: Filter, sort: Sort) -> String {
        let [sort, order] = sort.query();
        query::write([("standing", filter.as_str()), ("q", &self.search), sort, order])
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Employees {
    pub(super) employees: Vec<Listed>,
    pub(super) next: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    #[serde(flatten)]
    pub(super) employee: Employee,
    pub(super) primary_team: Option<Team>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Team {
    id: TeamId,
    pub(super) name: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Counts {
    active: u64,
    former: u64,
    held: u64,
}

impl Counts {
    fn of(self, filter: Filter) -> u64 {
        match filter {
            Filter::Active => self.active,
            Filter::Former => self.former,
            Filter::Held => self.held,
            Filter::All => self.active + self.former,
        }
    }
}

pub(super) async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Result<Page, Refused> {
    let asked = Asked::of(query.as_deref());
    let call = asked.call(&signed, ROWS, asked.trail.after.as_deref());
    let here = Section::People.path(&signed.tenant);
    let list = list(&portal, &signed, &asked).await?;
    let content = html! {
        div.head {
            div {
                h1 { "People" }
                p.lead { "Everybody whom Entra has provisioned. Whoever leaves stays here as Former, until somebody has them erased." }
            }
            div.actions {
                a.button href={ (here) "/export.csv?" (asked.query(asked.filter)) } download { "Export CSV" }
            }
        }
        (search(&asked, &here))
        @if asked.trail.after.is_none() {
            (live_part(&format!("{here}/live?{}", asked.query(asked.filter)), list))
        } @else { (list) }
        (also_by(
            &format!("rollcall at 0s employees --tenant {}", signed.tenant),
            &format!("GET {call}"),
        ))
    };
    Ok(Page::new(layout::page(&Frame::of(&signed, Section::People), "People", content)))
}

/// The first page of the list, as it changes.
pub(super) async fn follow(
    State(portal): State<Portal>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let asked = Arc::new(Asked::of(query.as_deref()));
    live::stream(&portal, signed, move |portal, signed| {
        let asked = Arc::clone(&asked);
        async move { list(&portal, &signed, &asked).await }
    })
}

/// What changes by itself: how many there are, and a page of them. The search is apart, so that whoever types is
/// not in the way of it.
async fn list(portal: &Portal, signed: &Signed, asked: &Asked) -> Result<Markup, Problem> {
    let call = asked.call(signed, ROWS, asked.trail.after.as_deref());
    let count = format!("/api/v1/{}/employees/counts", signed.tenant);
    let found: Employees = portal.apis().get(signed, &call).await?;
    let counts: Counts = portal.apis().get(signed, &count).await?;
    let here = Section::People.path(&signed.tenant);
    Ok(html! {
        (tabs(asked, &here, counts))
        @if found.employees.is_empty() { (asked.filter.nobody(&asked.search, &format!("{here}?{}", asked.query(Filter::All)))) } @else { (rows(signed, asked, &here, &found.employees)) }
        (asked.trail.links(&here, &asked.stay(), found.next.as_deref()))
    })
}

fn tabs(asked: &Asked, here: &str, counts: Counts) -> Markup {
    html! {
        nav.tabs aria-label="Which people" {
            @for filter in Filter::ALL {
                @let is_here = filter == asked.filter;
                a href={ (here) "?" (asked.query(filter)) } aria-current=[is_here.then_some("page")] {
                    (filter.name()) " " span.soft { (counts.of(filter)) }
                }
            }
        }
    }
}

fn search(asked: &Asked, here: &str) -> Markup {
    html! {
        form.filters role="search" method="get" action=(here) {
            @for (name, value) in asked.stay().iter().filter(|(name, value)| *name != "q" && !value.is_empty()) {
                input type="hidden" name=(name) value=(value);
            }
            label.field {
                span.label { "Search" }
                input type="search" name="q" value=(asked.search) maxlength="200"
                    placeholder="Name, user name or external id";
            }
            button { (icon(Icon::Search)) "Search" }
            @if !asked.search.is_empty() {
                a.button href={ (here) "?" (asked.cleared()) } { "Clear" }
            }
        }
    }
}

/// The heads by which the list can be sorted, and that of the team, by which it cannot.
fn heads(asked: &Asked, here: &str) -> Vec<Head> {
    let shows_left = asked.filter.shows_left();
    let head = |(words, sort): (&str, Option<Sort>)| match sort {
        Some(by) => {
            let href = format!("{here}?{}", asked.sorted(asked.filter, asked.sort.next(by)));
            Head::sorted(words, SortLink { href, now: asked.sort.direction(by) })
        }
        None => Head::plain(words),
    };
    let columns = [
        ("Name", Some(Sort::NAME)),
        ("User name", Some(Sort::USER_NAME)),
        ("Standing", Some(Sort::STANDING)),
        ("Primary team", None),
        ("Joined", Some(Sort::JOINED)),
        ("Left", Some(Sort::LEFT)),
    ];
    let columns = columns.into_iter().filter(|(words, _)| shows_left || *words != "Left");
    columns.map(head).collect()
}

fn rows(signed: &Signed, asked: &Asked, here: &str, employees: &[Listed]) -> Markup {
    let teams = Section::Teams.path(&signed.tenant);
    sortable(
        "People",
        &heads(asked, here),
        html! {
            @for Listed { employee, primary_team } in employees {
                tr {
                    th scope="row" { a href=(path(signed, employee.id)) { (name(&employee.display_name)) } }
                    td.soft { (name(&employee.user_name)) }
                    td { (standing(employee.standing, employee.held.is_some())) }
                    td {
                        @match primary_team {
                            Some(team) => { a href={ (teams) "/" (team.id) } { (name(&team.name)) } },
                            None => span.soft { "none" },
                        }
                    }
                    td.nowrap { (day(employee.joined_at)) }
                    @if asked.filter.shows_left() {
                        td.nowrap { @if let Some(left) = employee.left_at { (day(left)) } }
                    }
                }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_asks_for_the_active_unless_it_says_otherwise() {
        assert_eq!(Asked::of(None).filter, Filter::Active);
        assert_eq!(Asked::of(Some("standing=nonsense")).filter, Filter::Active);
        let asked = Asked::of(Some("q=+ada+%26&standing=held&after=x"));
        assert_eq!((asked.filter, &*asked.search), (Filter::Held, "ada &"));
        assert_eq!(asked.query(Filter::All), "standing=all&q=ada+%26");
    }

    #[test]
    fn an_order_stays_with_every_link_and_a_column_that_sorts_already_turns_it_round() {
        let asked = Asked::of(Some("q=a&sort=joined&order=descending"));
        assert_eq!(asked.query(Filter::Active), "standing=active&q=a&sort=joined&order=descending");
        assert_eq!(asked.cleared(), "standing=active&sort=joined&order=descending");
        let turned = asked.sorted(Filter::Active, asked.sort.next(Sort::JOINED));
        assert_eq!(turned, "standing=active&q=a&sort=joined");
        let by_name = asked.sorted(Filter::Active, asked.sort.next(Sort::NAME));
        assert_eq!(by_name, "standing=active&q=a");
    }
}
