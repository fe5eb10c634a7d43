//! `/t/{tenant}/requests`: what Entra asked, and how it was answered.

mod chart;
mod one;

use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing;
use events::{EmployeeId, Scope};
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use web::Permission;

use crate::live;
use crate::pages::activity::whom;
use crate::parts::also_by::also_by;
use crate::parts::badge::{Tone, badge};
use crate::parts::layout::{self, Frame};
use crate::parts::live::live as live_part;
use crate::parts::page::Page;
use crate::parts::paging::paging;
use crate::parts::section::Section;
use crate::parts::table::{empty, table};
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Needs, Route, get};
use crate::signed::Signed;

const NEEDS: Needs = Needs::Permission(Permission::Api(Scope::EventsRead));
pub(crate) fn routes() -> Vec<Route> {
    let mut all = vec![
        get("/t/{tenant}/requests", NEEDS, routing::get(show)),
        get("/t/{tenant}/requests/live", NEEDS, routing::get(watch)),
    ];
    all.extend(one::routes());
    all
}

/// Which requests are shown. Nobody is named by name here: URLs are kept in too many places.
#[derive(Clone, Debug, Default, Deserialize)]
struct Asked {
    /// Only those that were not done.
    #[serde(default)]
    errors: String,
    #[serde(default)]
    method: String,
    employee: Option<EmployeeId>,
    /// Before which, as the tenant was told it.
    before: Option<String>,
    /// The id of the request that is looked for, and about when it came.
    request: Option<String>,
    at: Option<String>,
}

/// What the operators' API lists.
#[derive(Debug, Deserialize)]
struct Listed {
    recording: bool,
    requests: Vec<Item>,
    more: bool,
}

/// One of them.
#[derive(Debug, Deserialize)]
pub(super) struct Item {
    number: u64,
    request: String,
    at: Timestamp,
    method: String,
    route: String,
    filter: Option<String>,
    status: u16,
    scim_type: Option<String>,
    result: String,
    milliseconds: f64,
    credential: Option<events::CredentialId>,
    events: Option<Range>,
    employee_id: Option<EmployeeId>,
    has_contents: bool,
}

#[derive(Debug, Deserialize)]
struct Range {
    first: u64,
    last: u64,
}

async fn listed(portal: &Portal, signed: &Signed, asked: &Asked) -> Result<Listed, Refused> {
    Ok(portal.apis().get(signed, &question(portal, signed, asked)?).await?)
}

/// What is asked of the operators' API.
fn question(portal: &Portal, signed: &Signed, asked: &Asked) -> Result<String, Refused> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("tenant", signed.tenant.as_str()).append_pair("limit", "50");
    if !asked.errors.is_empty() {
        query.append_pair("errors", "true");
    }
    if !asked.method.is_empty() {
        query.append_pair("method", &asked.method);
    }
    if let Some(employee) = asked.employee {
        query.append_pair("employee", &employee.to_string());
    }
    if let Some(before) = asked.before.as_deref() {
        let number = portal.settings().positions.decrypt_cursor(&signed.tenant, before);
        let number = number.ok_or_else(|| Refused::not_found("page of the list"))?;
        query.append_pair("before", &number);
    }
    if let Some(request) = asked.request.as_deref() {
        query.append_pair("request", request);
    }
    if let Some(at) = asked.at.as_deref() {
        query.append_pair("at", at);
    }
    Ok(format!("/ops/v1/requests?{}", query.finish()))
}

async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Page, Refused> {
    let listed = listed(&portal, &signed, &asked).await?;
    let (tenant, home) = (&signed.tenant, Section::Requests.path(&signed.tenant));
    let results = format!("/ops/v1/requests/results?tenant={tenant}");
    let results: chart::Results = portal.apis().get(&signed, &results).await?;
    let list = list(&portal, &signed, &listed);
    let is_newest = asked.before.is_none() && asked.request.is_none();
    let content = html! {
        h1 { "Requests" }
        p.lead { "What Entra asked of this tenant in the last days, and how it was answered." }
        (chart::chart(&results))
        (filters(&portal, &signed, &asked).await?)
        @if is_newest { (live_part(&live_path(&home, &asked), list)) } @else { (list) }
        (paging((!is_newest).then_some(home.as_str()), next(&portal, &signed, &asked, &listed).as_deref()))
        (also_by(
            &format!("rollcall requests list --tenant {tenant}\nrollcall requests tail --tenant {tenant}"),
            &format!("GET /ops/v1/requests?tenant={tenant}"),
        ))
    };
    Ok(page(&signed, "Requests", content))
}

fn page(signed: &Signed, title: &str, content: Markup) -> Page {
    Page::new(layout::page(&Frame::of(signed, Section::Requests), title, content))
}

async fn watch(
    State(portal): State<Portal>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Response, Refused> {
    live::stream(&portal, signed, move |portal, signed| {
        let asked = asked.clone();
        async move { Ok::<_, Refused>(list(&portal, &signed, &listed(&portal, &signed, &asked).await?)) }
    })
}

/// The filters as a query.
fn query(asked: &Asked) -> form_urlencoded::Serializer<'static, String> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("errors", &asked.errors).append_pair("method", &asked.method);
    if let Some(employee) = asked.employee {
        query.append_pair("employee", &employee.to_string());
    }
    query
}

fn live_path(home: &str, asked: &Asked) -> String {
    format!("{home}/live?{}", query(asked).finish())
}

/// The way to those before, which is told so that nobody sees how much other tenants ask.
fn next(portal: &Portal, signed: &Signed, asked: &Asked, listed: &Listed) -> Option<String> {
    let last = listed.requests.last().filter(|_| listed.more)?.number.to_string();
    let cursor = portal.settings().positions.encrypt_cursor(&signed.tenant, &last);
    let query = query(asked).append_pair("before", &cursor).finish();
    Some(format!("{}?{query}", Section::Requests.path(&signed.tenant)))
}

async fn filters(portal: &Portal, signed: &Signed, asked: &Asked) -> Result<Markup, Refused> {
    let home = Section::Requests.path(&signed.tenant);
    let about = match asked.employee {
        Some(employee) => Some((employee, whom(portal, signed, Some(employee)).await?)),
        None => None,
    };
    Ok(html! {
        form.filters method="get" action=(home) data-auto {
            label.check {
                input type="checkbox" name="errors" value="yes" checked[!asked.errors.is_empty()];
                span { "Errors only" }
            }
            label.field {
                // Beside a box to tick, a line above the choice would float.
                span.visually-hidden { "Method" }
                select name="method" {
                    option value="" { "All methods" }
                    @for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
                        option value=(method) selected[asked.method == method] { (method) }
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

fn list(portal: &Portal, signed: &Signed, listed: &Listed) -> Markup {
    if listed.requests.is_empty() {
        return if listed.recording {
            empty(
                "No such request",
                "Nothing was asked yet that fits. Requests are kept for some days.",
            )
        } else {
            empty(
                "Nothing is recorded",
                "Requests are recorded from the first one on, unless whoever runs Rollcall has switched it off (--record-requests).",
            )
        };
    }
    table(
        "Requests, the newest first",
        &["When", "Result", "Request", "Took"],
        html! {
            @for one in &listed.requests {
                tr {
                    td.nowrap { (moment(one.at)) }
                    td { (result(one.status)) " " a href=(one::path(portal, signed, one.number)) { (one.result) } }
                    td { code { (one.method) " " (one.route) } @if let Some(filter) = &one.filter { " " span.soft { (filter) } } }
                    td.num { (format!("{:.1} ms", one.milliseconds)) }
                }
            }
        },
    )
}

/// How a request ended.
fn result(status: u16) -> Markup {
    let tone = match status {
        ..400 => Tone::Good,
        400..500 => Tone::Warn,
        500.. => Tone::Bad,
    };
    badge(tone, &status.to_string())
}
