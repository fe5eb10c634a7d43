//! `/t/{tenant}/operations`: health in a sentence, a lane for each read model, and what waits for somebody.

use axum::extract::State;
use axum::response::Response;
use axum::routing;
use maud::{Markup, html};
use serde::Deserialize;
use web::Problem;

use super::open_alerts::OpenAlerts;
use super::place::{READ, Tab, page};
use super::read_models::ReadModels;
use crate::live;
use crate::parts::also_by::also_by;
use crate::parts::live::live as live_part;
use crate::parts::page::Page;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Route, get};
use crate::signed::Signed;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/t/{tenant}/operations", READ, routing::get(show)),
        get("/t/{tenant}/operations/live", READ, routing::get(follow)),
    ]
}

#[derive(Debug, Deserialize)]
struct Jobs {
    jobs: Vec<Job>,
}

#[derive(Debug, Deserialize)]
struct Job {
    state: String,
}

async fn show(State(portal): State<Portal>, signed: Signed) -> Result<Page, Refused> {
    let tenant = &signed.tenant;
    let content = html! {
        div.head { div {
            h1 { "Operations" }
            p.lead { "Whether what people and applications see is up to date, and what waits for somebody to decide." }
        } }
        (live_part(&format!("/t/{tenant}/operations/live"), content(&portal, &signed).await?))
        (also_by(
            "rollcall status\nrollcall lag --by tenant",
            &format!("GET /ops/v1/read-models?tenant={tenant}"),
        ))
    };
    Ok(page(&signed, Tab::Overview, "Operations", content))
}

async fn follow(State(portal): State<Portal>, signed: Signed) -> Result<Response, Refused> {
    live::stream(&portal, signed, |portal, signed| async move { content(&portal, &signed).await })
}

async fn content(portal: &Portal, signed: &Signed) -> Result<Markup, Problem> {
    let models = ReadModels::of(portal, signed).await?;
    let jobs: Jobs = portal.apis().get(signed, "/ops/v1/replay").await?;
    let open = |job: &&Job| matches!(job.state.as_str(), "running" | "paused" | "ready");
    let replays = jobs.jobs.iter().filter(open).count();
    let alerts = OpenAlerts::of(portal, signed).await?;
    Ok(html! {
        div class=(if models.current { "notice done" } else { "notice warn" }) {
            @for sentence in models.sentences() { p { (sentence) } }
        }
        (models.lanes())
        div.figures {
            (figure(signed, Tab::Holds, &alerts.figure(), "alerts to decide"))
            (figure(signed, Tab::Parked, &models.parked().to_string(), "events parked"))
            (figure(signed, Tab::Replays, &replays.to_string(), "replays under way"))
        }
    })
}

fn figure(signed: &Signed, tab: Tab, number: &str, words: &str) -> Markup {
    html! { a.figure href=(tab.path(signed)) { b { (number) } span { (words) } } }
}
