//! `/t/{tenant}`: how things stand, and what waits for somebody.

use axum::extract::State;
use axum::routing;
use events::{Scope, Tenant};
use jiff::Timestamp;
use maud::{Markup, html};
use roster::TenantRoster;
use serde::Deserialize;
use web::{Permission, Problem};

use crate::pages::activity::joiners_and_leavers;
use crate::pages::operations::OpenAlerts;
use crate::parts::layout::{self, Frame};
use crate::parts::page::Page;
use crate::parts::section::Section;
use crate::parts::table::{empty, table};
use crate::parts::text::{counted, name as shown};
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Needs, Route, get};
use crate::signed::Signed;

/// So many of those who left last are shown.
const LATEST: usize = 5;
/// So many with bookings are counted; of more it is said that there are more.
const COUNTED: usize = 500;

pub(crate) fn routes() -> Vec<Route> {
    vec![get("/t/{tenant}", Needs::Administrator, routing::get(show))]
}

/// How many people there are, as the JSON API counts them.
#[derive(Debug, Deserialize)]
struct Counts {
    active: u64,
    former: u64,
    held: u64,
}

#[derive(Debug, Deserialize)]
struct Leavers {
    leavers: Vec<Leaver>,
    next: Option<String>,
}

/// Somebody who left.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Leaver {
    employee_id: String,
    display_name: Option<String>,
    user_name: Option<String>,
    left_at: Timestamp,
    bookings: Bookings,
}

#[derive(Debug, Deserialize)]
struct Bookings {
    upcoming: u64,
    undecided: u64,
}

async fn show(State(portal): State<Portal>, signed: Signed) -> Result<Page, Refused> {
    let tenant = &signed.tenant;
    let counts = format!("/api/v1/{tenant}/employees/counts");
    let latest = format!("/api/v1/{tenant}/leavers?limit={LATEST}");
    let waiting = format!("/api/v1/{tenant}/leavers?undecided=true&limit={COUNTED}");
    let (counts, latest, waiting, alerts) = tokio::join!(
        portal.apis().get::<Counts>(&signed, &counts),
        portal.apis().get::<Leavers>(&signed, &latest),
        portal.apis().get::<Leavers>(&signed, &waiting),
        alerts_of(&portal, &signed),
    );
    let (counts, latest, waiting, alerts) = (counts?, latest?, waiting?, alerts?);
    let chart = if signed.may(Section::Activity.needs()) {
        Some(joiners_and_leavers(&portal, &signed).await?)
    } else {
        None
    };
    let roster = portal.access().writer().roster();
    let known = roster.tenant(tenant);
    let teams = known.map_or(0, |known| known.groups().count() as u64);
    let content = html! {
        h1 { "Overview" }
        (todo(&signed, known, &counts, &waiting, &alerts))
        div.figures {
            (figure("Active", counts.active, &format!("/t/{tenant}/people?standing=active")))
            (figure("Former", counts.former, &format!("/t/{tenant}/people?standing=former")))
            (figure("Teams from Entra", teams, &format!("/t/{tenant}/teams")))
        }
        @if let Some(chart) = chart { (chart) }
        h2 { "Who left last" }
        (left(tenant, &latest.leavers))
    };
    Ok(Page::new(layout::page(&Frame::of(&signed, Section::Overview), "Overview", content)))
}

/// The alerts to decide, for who may see them.
async fn alerts_of(portal: &Portal, signed: &Signed) -> Result<OpenAlerts, Problem> {
    if !signed.may(Permission::Api(Scope::AlertsRead)) {
        return Ok(OpenAlerts::default());
    }
    OpenAlerts::of(portal, signed).await
}

fn figure(what: &str, count: u64, path: &str) -> Markup {
    html! { a.figure href=(path) { b { (count) } span { (what) } } }
}

/// What somebody should do, or that there is nothing.
fn todo(
    signed: &Signed,
    known: Option<&TenantRoster>,
    counts: &Counts,
    waiting: &Leavers,
    alerts: &OpenAlerts,
) -> Markup {
    let tenant = &signed.tenant;
    let integration = known.and_then(TenantRoster::integration);
    let may_integrate = signed.may(Permission::ManageIntegrations);
    let inactive = !integration.is_some_and(|integration| integration.active);
    let bookings: u64 = waiting.leavers.iter().map(|leaver| leaver.bookings.undecided).sum();
    let more = if waiting.next.is_some() { " or more" } else { "" };
    html! {
        @if inactive {
            div.notice.warn { p {
                "The integration with Entra is not active, so nobody joins or leaves by it. "
                @if may_integrate { a href={ "/t/" (tenant) "/integrations" } { "Activate it" } }
                @else { "An integration manager can activate it." }
            } }
        }
        @if counts.held > 0 || !alerts.is_empty() {
            div.notice.warn { p {
                @if !alerts.is_empty() { (alerts.wait()) " for somebody to decide: so much changed at once that it may be a mistake. " }
                @if counts.held > 0 { (counted(counts.held, "person is", "people are")) " held: Entra said that they left, and they count as Active until somebody decides. " }
                @if signed.may(Permission::Operate(acts::Role::OpsRead)) { a href={ "/t/" (tenant) "/operations/holds" } { "Decide" } }
                @else { "An operator can decide." }
            } }
        }
        @if bookings > 0 {
            div.notice.plain { p {
                (bookings) (more) " upcoming bookings of " (counted(waiting.leavers.len() as u64, "person", "people")) " who left wait for a decision. "
                a href={ "/t/" (tenant) "/leavers" } { "Work through them" }
            } }
        }
        @if !inactive && counts.held == 0 && alerts.is_empty() && bookings == 0 {
            div.notice.done { p { "Nothing waits for you." } }
        }
    }
}

fn left(tenant: &Tenant, leavers: &[Leaver]) -> Markup {
    if leavers.is_empty() {
        return empty("Nobody has left", "Whoever leaves is kept as Former, with their bookings.");
    }
    table(
        "Who left last",
        &["Person", "Left", "Upcoming bookings"],
        html! {
            @for leaver in leavers {
                @let name = leaver.display_name.as_deref().or(leaver.user_name.as_deref());
                tr {
                    th scope="row" { a href={ "/t/" (tenant) "/people/" (leaver.employee_id) } { (shown(name.unwrap_or("a newcomer"))) } }
                    td.nowrap { (moment(leaver.left_at)) }
                    td.num { (leaver.bookings.upcoming) }
                }
            }
        },
    )
}
