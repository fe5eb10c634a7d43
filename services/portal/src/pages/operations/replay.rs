//! `…/operations/replays/{job}`: one replay, from its plan to its way back.

use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing;
use maud::{Markup, html};
use serde_json::{Value, json};
use web::{Permission, Problem};

use super::acted_by::acted_by;
use super::outcome::told;
use super::place::{READ, Tab, lasting, page, read_model};
use super::replay_state::{Job, Planned, Stage};
use super::replay_undo::undoing;
use super::replays::RUN;
use crate::fields::Fields;
use crate::live;
use crate::names;
use crate::parts::also_by::also_by;
use crate::parts::form::{button, form, text};
use crate::parts::live::live as live_part;
use crate::parts::page::Page;
use crate::parts::text::{counted, sentence};
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Needs, Route, get, post};
use crate::signed::Signed;

/// What it takes to let readers see what a replay built, and to undo it.
pub(super) const CUT_OVER: Permission = Permission::Operate(acts::Role::ReplayCutover);

pub(super) fn routes() -> Vec<Route> {
    let (run, cut_over) = (Needs::Permission(RUN), Needs::Permission(CUT_OVER));
    vec![
        get("/t/{tenant}/operations/replays/{job}", READ, routing::get(show)),
        get("/t/{tenant}/operations/replays/{job}/live", READ, routing::get(follow)),
        post("/t/{tenant}/operations/replays/{job}/run", run, routing::post(start)),
        post("/t/{tenant}/operations/replays/{job}/pause", run, routing::post(pause)),
        post("/t/{tenant}/operations/replays/{job}/resume", run, routing::post(resume)),
        post("/t/{tenant}/operations/replays/{job}/cancel", run, routing::post(cancel)),
        post("/t/{tenant}/operations/replays/{job}/cutover", cut_over, routing::post(switch)),
    ]
}

pub(super) type Named = Path<(String, String)>;

/// The replay of this id, which may be none: what the API says to it is told.
pub(super) async fn find(portal: &Portal, signed: &Signed, job: &str) -> Result<Job, Problem> {
    let job = id(job)?;
    portal.apis().get(signed, &format!("/ops/v1/replay/{job}")).await
}

/// An id as it may be a part of a path.
pub(super) fn id(text: &str) -> Result<&str, Problem> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !text.is_empty() && text.len() <= 32 && text.bytes().all(plain) {
        return Ok(text);
    }
    Err(Problem::new(axum::http::StatusCode::NOT_FOUND, "There is no such replay."))
}

fn at(signed: &Signed, job: &str) -> String {
    format!("{}/{job}", Tab::Replays.path(signed))
}

async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Named,
) -> Result<Page, Refused> {
    let job = find(&portal, &signed, &id).await?;
    let at = at(&signed, &job.job);
    let shown = content(&portal, &signed, &job).await?;
    let content = html! {
        p.crumbs { a href=(Tab::Replays.path(&signed)) { "Replays" } " / " (job.job) }
        h1 { "Replay of " (read_model(&job.projection)) }
        @if job.state.is_under_way() { (live_part(&format!("{at}/live"), shown)) }
        @else { (shown) }
        (also_by(&commands(&job, signed.tenant.as_str()), &format!("GET /ops/v1/replay/{}", job.job)))
    };
    Ok(page(&signed, Tab::Replays, &format!("Replay {}", job.job), content))
}

async fn follow(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Named,
) -> Result<Response, Refused> {
    live::stream(&portal, signed, move |portal, signed| {
        let id = id.clone();
        async move { content(&portal, &signed, &find(&portal, &signed, &id).await?).await }
    })
}

async fn content(portal: &Portal, signed: &Signed, job: &Job) -> Result<Markup, Refused> {
    let roster = names::roster(portal).await?;
    let by = acted_by(roster.tenant(&signed.tenant), &job.by);
    Ok(html! {
        section.card aria-labelledby="state" {
            div.head { h2 #state { "State" } (job.state.shown()) }
            dl.facts {
                dt { "Of" } dd {
                    (job.of_whom())
                    @if let Some(person) = &job.person { " (" a href={ "/t/" (signed.tenant) "/people/" (person) } { (person) } ")" }
                }
                dt { @if job.planned.is_some() { "Planned" } @else { "Started" } } dd { (moment(job.started_at)) " by " (by) }
                @if let Some(until) = job.until {
                    dt { @if job.state == Stage::Planned { "Can be run until" } @else { "Can be undone until" } } dd { (moment(until)) }
                }
                @if let Some(reason) = &job.reason { dt { "Reason" } dd { (reason) } }
            }
            @if let Some(why) = &job.why { div.notice.warn { p { (sentence(why)) } } }
            (job.bar())
            @if let Some(planned) = &job.planned { (forecast(planned)) }
            (actions(signed, job))
        }
    })
}

fn forecast(planned: &Planned) -> Markup {
    let Planned { forecast, blast_radius, parked, notes } = planned;
    html! {
        h3 { "What it would take" }
        dl.facts {
            dt { "Reads" } dd {
                (counted(forecast.events, "event", "events")) " of your tenant"
                @if let Some(own) = forecast.of_person { ", of which " (own) " concern the person" }
            }
            dt { "Takes" } dd { "about " (lasting(forecast.seconds)) }
            dt { "Disk" } dd { "about " (bytes(forecast.bytes)) ", as long as both are kept" }
            dt { "May touch" } dd { (counted(blast_radius.people, "person", "people")) ", " (counted(blast_radius.teams, "team", "teams")) }
            dt { "Sends" } dd { "nothing: applications are told of nothing twice" }
            @if *parked > 0 { dt { "Parked" } dd { (counted(*parked, "event is", "events are")) " tried again" } }
        }
        @if !notes.is_empty() { ul { @for note in notes { li { (sentence(note)) } } } }
    }
}

fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}

/// What can follow.
fn actions(signed: &Signed, job: &Job) -> Markup {
    let (at, token) = (at(signed, &job.job), &signed.session.csrf);
    let may_run = signed.may(RUN);
    let act =
        |what: &str, class: &str, words: &str| button(token, &format!("{at}/{what}"), class, words);
    match job.state {
        Stage::Planned if may_run => html! { div.actions {
            (act("run", "primary", "Run")) (act("cancel", "", "Give up the plan"))
        } },
        Stage::Running if may_run => html! { div.actions {
            (act("pause", "", "Pause")) (act("cancel", "danger", "Cancel"))
        } },
        Stage::Paused if may_run => html! { div.actions {
            (act("resume", "primary", "Resume")) (act("cancel", "danger", "Cancel"))
        } },
        Stage::Ready => html! {
            p { "What was built is level with what is seen. Look at what differs before you let people see it." }
            div.actions {
                a.button.primary href={ (at) "/diff" } { "See what differs" }
                @if may_run { (act("cancel", "danger", "Cancel")) }
            }
            @if signed.may(CUT_OVER) { (cutting_over(signed, job)) }
        },
        Stage::CutOver if signed.may(CUT_OVER) => undoing(signed, &at),
        Stage::Void | Stage::Expired | Stage::RolledBack | Stage::Cancelled | Stage::Failed => {
            html! {
                p { "Nothing of it is seen. " a href=(Tab::Replays.path(signed)) { "Plan another replay" } " if it is still needed." }
            }
        }
        Stage::Done => html! { p { "It is seen, and cannot be undone any more." } },
        Stage::Planned | Stage::Running | Stage::Paused | Stage::CutOver => html! {},
    }
}

/// The form that lets readers see it, which wants the name of what is replaced.
pub(super) fn cutting_over(signed: &Signed, job: &Job) -> Markup {
    let named = job.replaces(signed.tenant.as_str());
    let hint =
        format!("Type {named}, which is what is replaced. What is seen now is kept for 72 hours.");
    form(
        &signed.session.csrf,
        &format!("{}/cutover", at(signed, &job.job)),
        html! {
            (text("To cut over, type the name", "confirm", "", &hint, true))
            div.actions { button.primary { "Cut over" } }
        },
    )
}

fn commands(job: &Job, tenant: &str) -> String {
    let id = &job.job;
    match job.state {
        Stage::Planned => format!("rollcall replay run {id} --watch\nrollcall replay cancel {id}"),
        Stage::Running => format!("rollcall replay status {id}\nrollcall replay pause {id}"),
        Stage::Paused => format!("rollcall replay resume {id}\nrollcall replay cancel {id}"),
        Stage::Ready => format!(
            "rollcall replay diff {id}\nrollcall replay cutover {id} --confirm {}",
            job.replaces(tenant)
        ),
        Stage::CutOver => format!("rollcall replay rollback {id} --reason WHY"),
        Stage::Void
        | Stage::Expired
        | Stage::Done
        | Stage::RolledBack
        | Stage::Cancelled
        | Stage::Failed => format!("rollcall replay status {id}"),
    }
}

pub(super) async fn decide(
    portal: &Portal,
    signed: &Signed,
    job: &str,
    (what, body): (&str, Value),
    done: &str,
) -> Result<Response, Refused> {
    let path = format!("/ops/v1/replay/{}/{what}", id(job)?);
    let asked: Result<Value, Problem> =
        portal.apis().send(signed, Method::POST, &path, Some(&body)).await;
    told(portal, signed, asked, |_| done.to_owned(), &at(signed, job)).await
}

async fn start(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, job)): Named,
) -> Result<Response, Refused> {
    decide(&portal, &signed, &job, ("run", json!({})), "It runs, beside what people see.").await
}

async fn pause(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, job)): Named,
) -> Result<Response, Refused> {
    decide(&portal, &signed, &job, ("pause", json!({})), "It is paused.").await
}

async fn resume(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, job)): Named,
) -> Result<Response, Refused> {
    decide(&portal, &signed, &job, ("resume", json!({})), "It goes on.").await
}

async fn cancel(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, job)): Named,
) -> Result<Response, Refused> {
    let done =
        "It is cancelled: what was built is dropped, and nothing that people see has changed.";
    decide(&portal, &signed, &job, ("cancel", json!({})), done).await
}

async fn switch(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, job)): Named,
    fields: Fields,
) -> Result<Response, Refused> {
    let body = json!({ "confirm": fields.get("confirm").trim() });
    decide(
        &portal,
        &signed,
        &job,
        ("cutover", body),
        "People see what was built. It can be undone below.",
    )
    .await
}
