//! `/t/{tenant}/activity`: what happened, the newest first.

mod event;
mod listed;
mod subject;
mod told;

use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing;
use events::{EmployeeId, Scope};
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use web::Permission;

pub(crate) use event::{rows, whom};
pub(crate) use listed::Happened;

use crate::live;
use crate::names;
use crate::parts::also_by::also_by;
use crate::parts::bars::{Bar, bars};
use crate::parts::layout::{self, Frame};
use crate::parts::live::live as live_part;
use crate::parts::page::Page;
use crate::parts::paging::paging;
use crate::parts::section::Section;
use crate::parts::table::empty;
use crate::parts::time::in_words;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Needs, Route, get};
use crate::signed::Signed;

const NEEDS: Needs = Needs::Permission(Permission::Api(Scope::EventsRead));
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/t/{tenant}/activity", NEEDS, routing::get(show)),
        get("/t/{tenant}/activity/live", NEEDS, routing::get(watch)),
    ]
}

/// How many events a page has. Each brings its details with it, and a page has 100 kB at most.
const ROWS: &str = "30";

/// Which events are shown.
#[derive(Clone, Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    entity: String,
    employee: Option<EmployeeId>,
    /// Before which, as the tenant was told it.
    before: Option<String>,
}

/// How many joined and left on each day; in each hour, while there are few days to tell.
#[derive(Debug, Deserialize)]
struct Counts {
    days: Vec<Day>,
    hours: Vec<Hour>,
}

#[derive(Debug, Deserialize)]
struct Hour {
    begins_at: Timestamp,
    joined: u64,
    left: u64,
}

#[derive(Debug, Deserialize)]
struct Day {
    day: Date,
    joined: u64,
    left: u64,
}

async fn listed(portal: &Portal, signed: &Signed, asked: &Asked) -> Result<Happened, Refused> {
    Ok(portal.apis().get(signed, &question(portal, signed, asked)?).await?)
}

/// What is asked of the operators' API.
fn question(portal: &Portal, signed: &Signed, asked: &Asked) -> Result<String, Refused> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("tenant", signed.tenant.as_str()).append_pair("limit", ROWS);
    if !asked.entity.is_empty() {
        query.append_pair("entity", &asked.entity);
    }
    if let Some(employee) = asked.employee {
        query.append_pair("employee", &employee.to_string());
    }
    if let Some(before) = asked.before.as_deref() {
        let position = portal.settings().positions.decrypt_cursor(&signed.tenant, before);
        query.append_pair(
            "before",
            &position.ok_or_else(|| Refused::not_found("page of the list"))?,
        );
    }
    Ok(format!("/ops/v1/events?{}", query.finish()))
}

async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Page, Refused> {
    let happened = listed(&portal, &signed, &asked).await?;
    let (tenant, home) = (&signed.tenant, Section::Activity.path(&signed.tenant));
    let chart = joiners_and_leavers(&portal, &signed).await?;
    let list = list(&portal, &signed, &happened).await?;
    let is_newest = asked.before.is_none();
    let content = html! {
        h1 { "Activity" }
        p.lead { "All that happened at this tenant, by whomever: Entra, administrators, programs." }
        (chart)
        (filters(&portal, &signed, &asked).await?)
        @if is_newest { (live_part(&format!("{home}/live?{}", query(&asked).finish()), list)) } @else { (list) }
        (paging((!is_newest).then_some(home.as_str()), next(&portal, &signed, &asked, &happened).as_deref()))
        (also_by(
            &format!("rollcall events list --tenant {tenant}\nrollcall events tail --tenant {tenant}"),
            &format!("GET /ops/v1/events?tenant={tenant}"),
        ))
    };
    Ok(Page::new(layout::page(&Frame::of(&signed, Section::Activity), "Activity", content)))
}

async fn watch(
    State(portal): State<Portal>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Response, Refused> {
    live::stream(&portal, signed, move |portal, signed| {
        let asked = asked.clone();
        async move { list(&portal, &signed, &listed(&portal, &signed, &asked).await?).await }
    })
}

fn query(asked: &Asked) -> form_urlencoded::Serializer<'static, String> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("entity", &asked.entity);
    if let Some(employee) = asked.employee {
        query.append_pair("employee", &employee.to_string());
    }
    query
}

/// The way to those before, which is told so that nobody sees how much happens at other tenants.
fn next(portal: &Portal, signed: &Signed, asked: &Asked, happened: &Happened) -> Option<String> {
    let last = happened.events.last().filter(|_| happened.more)?.position.to_string();
    let cursor = portal.settings().positions.encrypt_cursor(&signed.tenant, &last);
    let query = query(asked).append_pair("before", &cursor).finish();
    Some(format!("{}?{query}", Section::Activity.path(&signed.tenant)))
}

/// What events are about, as the filter calls it.
const ENTITIES: [(&str, &str); 9] = [
    ("", "Everything"),
    ("user", "People"),
    ("group", "Groups of Entra"),
    ("team", "Own teams"),
    ("booking", "Bookings"),
    ("alert", "Alerts"),
    ("credential", "Credentials"),
    ("integration", "Integration"),
    ("subscriber", "Subscribers"),
];

async fn filters(portal: &Portal, signed: &Signed, asked: &Asked) -> Result<Markup, Refused> {
    let home = Section::Activity.path(&signed.tenant);
    let about = match asked.employee {
        Some(employee) => Some((employee, whom(portal, signed, Some(employee)).await?)),
        None => None,
    };
    Ok(html! {
        form.filters method="get" action=(home) data-auto {
            label.field {
                span.label { "About" }
                select name="entity" {
                    @for (entity, name) in ENTITIES {
                        option value=(entity) selected[asked.entity == entity] { (name) }
                    }
                }
            }
            @if let Some((employee, name)) = &about {
                input type="hidden" name="employee" value=(employee);
                span { "About " (name) ". " a href=(home) { "All people" } }
            }
            button { "Show" }
        }
    })
}

async fn list(portal: &Portal, signed: &Signed, happened: &Happened) -> Result<Markup, Refused> {
    if happened.events.is_empty() {
        return Ok(empty(
            "Nothing yet",
            "What happens at this tenant is listed here, the newest first.",
        ));
    }
    let roster = names::roster(portal).await?;
    Ok(rows(signed, roster.tenant(&signed.tenant), &happened.events))
}

/// How many joined and left: by hour in the first two days, then by day, from the first on which somebody did.
pub(crate) async fn joiners_and_leavers(
    portal: &Portal,
    signed: &Signed,
) -> Result<Markup, Refused> {
    let path = format!("/ops/v1/joiners-and-leavers?tenant={}", signed.tenant);
    let counts: Counts = portal.apis().get(signed, &path).await?;
    // Whom the guard holds counts as Active, and is among these.
    let kinds = ["joined or returned", "left, as Entra says"];
    if !counts.hours.is_empty() {
        let bar = |hour: &Hour| Bar {
            label: in_words(hour.begins_at),
            parts: vec![hour.joined, hour.left],
        };
        let all: Vec<Bar> = counts.hours.iter().map(bar).collect();
        return Ok(bars("Joiners and leavers, by hour", &kinds, &all));
    }
    let bar = |day: &Day| Bar {
        label: day.day.strftime("%-d %b %Y").to_string(),
        parts: vec![day.joined, day.left],
    };
    let all = counts.days.iter().skip_while(|day| day.joined + day.left == 0);
    let all: Vec<Bar> = all.map(bar).collect();
    Ok(bars("Joiners and leavers, by day (UTC)", &kinds, &all))
}
