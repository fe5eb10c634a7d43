//! `…/operations/holds`: alerts of the mass-change guard, and how the guard is set.

use axum::extract::{Query, State};
use axum::routing;
use maud::{Markup, html};
use roster::TenantRoster;
use serde::Deserialize;

use super::alert_facts::Alert;
use super::place::{READ, Tab, page};
use crate::names;
use crate::parts::also_by::also_by;
use crate::parts::page::Page;
use crate::parts::paging::paging;
use crate::parts::table::{empty, table};
use crate::parts::text::counted;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Route, get};
use crate::signed::Signed;

pub(super) fn routes() -> Vec<Route> {
    vec![get("/t/{tenant}/operations/holds", READ, routing::get(list))]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    after: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Alerts {
    alerts: Vec<Alert>,
    next: Option<String>,
}

/// How the guard is set.
#[derive(Debug, Deserialize)]
struct Guard {
    on: bool,
    hold: bool,
    deactivations: u64,
    percent: u64,
    window_minutes: u64,
}

async fn list(
    State(portal): State<Portal>,
    signed: Signed,
    Query(Asked { after }): Query<Asked>,
) -> Result<Page, Refused> {
    let tenant = &signed.tenant;
    let mut path = format!("/api/v1/{tenant}/alerts?limit=50");
    if let Some(after) = &after {
        path.push_str("&after=");
        path.extend(form_urlencoded::byte_serialize(after.as_bytes()));
    }
    let Alerts { alerts, next } = portal.apis().get(&signed, &path).await?;
    let guard: Guard =
        portal.apis().get(&signed, &format!("/operator/v1/tenants/{tenant}/guard")).await?;
    let roster = names::roster(&portal).await?;
    let home = Tab::Holds.path(&signed);
    let next = next.map(|next| {
        let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        format!("{home}?after={next}")
    });
    let content = html! {
        div.head { div {
            h1 { "Holds" }
            p.lead { "When too many people leave at once, somebody looks before it counts: that may be a mistake in the directory." }
        } }
        @if alerts.is_empty() {
            (empty("No alert", "The guard has noticed nothing out of the ordinary."))
        } @else { (shown(&home, roster.tenant(tenant), &alerts)) }
        (paging(after.is_some().then_some(home.as_str()), next.as_deref()))
        (settings(&guard))
        (also_by(
            &format!("rollcall alerts list --tenant {tenant}\nrollcall guard show --tenant {tenant}"),
            &format!("GET /api/v1/{tenant}/alerts?open=true"),
        ))
    };
    Ok(page(&signed, Tab::Holds, "Holds", content))
}

fn shown(home: &str, tenant: Option<&TenantRoster>, alerts: &[Alert]) -> Markup {
    table(
        "Alerts, the last first",
        &["Raised", "What", "People", "State"],
        html! {
            @for alert in alerts {
                tr {
                    th scope="row" { a href={ (home) "/" (alert.id) } { (moment(alert.raised_at)) } }
                    td { (alert.in_words(tenant)) }
                    td.num { @if alert.is_about_people() { (alert.people) } }
                    td { (alert.shown()) }
                }
            }
        },
    )
}

fn settings(guard: &Guard) -> Markup {
    let Guard { on, hold, deactivations, percent, window_minutes } = guard;
    html! {
        section.card aria-labelledby="guard" {
            h2 #guard { "The guard" }
            @if *on {
                p {
                    "It raises an alert when " (deactivations) " people and more than " (percent) " % of the Active leave within "
                    (counted(*window_minutes, "minute", "minutes")) ", or when a group of five or more is emptied or deleted. "
                    @if *hold { "The people of an alert stay Active until somebody releases or reverses it." }
                    @else { "It only tells: the people of an alert count as Former at once." }
                }
            } @else { p { "It is off: nobody is told when many people leave at once." } }
        }
    }
}
