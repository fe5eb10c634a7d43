//! `…/operations/replays`: replays of the tenant's rows, and planning one.

use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use web::{Permission, Problem};

use super::outcome::told;
use super::place::{READ, Tab, page, read_model};
use super::replay_state::Job;
use crate::fields::Fields;
use crate::parts::also_by::also_by;
use crate::parts::form::{form, select, text};
use crate::parts::page::Page;
use crate::parts::table::{empty, table};
use crate::parts::text::value;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::redirect::then;
use crate::refused::Refused;
use crate::route::{Needs, Route, get, post};
use crate::session::Notice;
use crate::signed::Signed;

/// What it takes to plan and run one.
pub(super) const RUN: Permission = Permission::Operate(acts::Role::ReplayRun);

const PROJECTIONS: [&str; 4] = ["directory", "teams", "retention", "activity"];

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/t/{tenant}/operations/replays", READ, routing::get(list)),
        post("/t/{tenant}/operations/replays/plan", Needs::Permission(RUN), routing::post(plan)),
    ]
}

#[derive(Debug, Deserialize)]
struct Jobs {
    jobs: Vec<Job>,
}

#[derive(Debug, Deserialize)]
struct Made {
    plan: String,
}

async fn list(State(portal): State<Portal>, signed: Signed) -> Result<Page, Refused> {
    let mut jobs: Jobs = portal.apis().get(&signed, "/ops/v1/replay").await?;
    jobs.jobs.sort_by_key(|job| std::cmp::Reverse(job.started_at));
    let tenant = &signed.tenant;
    let content = html! {
        div.head { div {
            h1 { "Replays" }
            p.lead {
                "What people see is computed from recorded events. Where it is wrong, a replay computes your tenant's part of it anew, "
                "beside what is seen until then: look at what differs, cut over, and undo it if that was a mistake."
            }
        } }
        @if jobs.jobs.is_empty() {
            (empty("No replay yet", "One is needed only where a page shows something else than the events say."))
        } @else { (shown(&signed, &jobs.jobs)) }
        @if signed.may(RUN) { (planning(&signed)) }
        (also_by(
            &format!("rollcall replay list\nrollcall replay plan teams --tenant {tenant} --reason WHY"),
            &format!("POST /ops/v1/replay\n{{\"projection\": \"teams\", \"tenant\": \"{tenant}\"}}"),
        ))
    };
    Ok(page(&signed, Tab::Replays, "Replays", content))
}

fn shown(signed: &Signed, jobs: &[Job]) -> Markup {
    let home = Tab::Replays.path(signed);
    table(
        "Replays and plans, the last first",
        &["When", "Read model", "Of", "State", "Reason"],
        html! {
            @for job in jobs {
                tr {
                    th scope="row" { a href={ (home) "/" (job.job) } { (moment(job.started_at)) } }
                    td { (read_model(&job.projection)) }
                    td { (job.of_whom()) }
                    td { (job.state.shown()) }
                    td { @match &job.reason { Some(reason) => (value(reason)), None => "–" } }
                }
            }
        },
    )
}

fn planning(signed: &Signed) -> Markup {
    let choices = PROJECTIONS.map(|name| (name, read_model(name)));
    html! {
        section.card aria-labelledby="plan" {
            h2 #plan { "Plan a replay" }
            p { "A plan does nothing: it tells how long it would take and whom it might touch." }
            (form(&signed.session.csrf, &format!("{}/plan", Tab::Replays.path(signed)), html! {
                (select("Read model", "projection", "teams", &choices))
                (text("One person only", "person", "", "Their employee id; everybody of the tenant, if it is empty.", false))
                (text("Reason", "reason", "", "It is kept for ever; no names of people.", false))
                div.actions { button.primary { "Plan" } }
            }))
        }
    }
}

async fn plan(
    State(portal): State<Portal>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Refused> {
    let wish = json!({
        "projection": fields.get("projection"),
        "tenant": signed.tenant,
        "person": fields.said("person"),
        "reason": fields.said("reason"),
    });
    let made: Result<Made, Problem> =
        portal.apis().send(&signed, Method::POST, "/ops/v1/replay", Some(&wish)).await;
    let home = Tab::Replays.path(&signed);
    match made {
        Ok(Made { plan }) => {
            let notice = Notice::done("The plan is made; nothing was done yet.");
            then(&portal, &signed, notice, &format!("{home}/{plan}")).await
        }
        refused @ Err(_) => told(&portal, &signed, refused, |_| String::new(), &home).await,
    }
}
