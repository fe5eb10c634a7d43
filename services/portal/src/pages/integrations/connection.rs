//! Watch it connect: how far Entra has come, and what is wrong with the mapping, as it happens.

use axum::extract::State;
use axum::response::Response;
use axum::routing;
use jiff::Timestamp;
use maud::{Markup, html};
use requests::{Finding, Milestones, Severity};
use serde::Deserialize;

use super::place::{NEEDS, home, page, settings};
use crate::live;
use crate::parts::also_by::also_by;
use crate::parts::badge::{Tone, badge};
use crate::parts::live::live as live_part;
use crate::parts::page::Page;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Route, get};
use crate::signed::Signed;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/t/{tenant}/integrations/connection", NEEDS, routing::get(show)),
        get("/t/{tenant}/integrations/connection/live", NEEDS, routing::get(watch)),
    ]
}

/// What the operators' API tells of a connection.
#[derive(Debug, Deserialize)]
struct Check {
    recording: bool,
    complete: bool,
    milestones: Milestones,
    people: u64,
    groups: u64,
    findings: Vec<Finding>,
}

async fn check(portal: &Portal, signed: &Signed) -> Result<Check, Refused> {
    let path = settings(signed, "integration/check");
    Ok(portal.apis().get(signed, &path).await?)
}

async fn show(State(portal): State<Portal>, signed: Signed) -> Result<Page, Refused> {
    let check = check(&portal, &signed).await?;
    let tenant = &signed.tenant;
    let content = html! {
        p.crumbs { a href=(home(&signed)) { "Integrations" } " / Watch it connect" }
        h1 { "Watch it connect" }
        p.lead { "What Entra has done so far, as it happens. After Start provisioning it begins within 40 minutes, and comes again every 40." }
        (live_part(&format!("{}/connection/live", home(&signed)), state(&signed, &check)))
        (also_by(
            &format!("rollcall integration check --tenant {tenant}"),
            &format!("GET {}", settings(&signed, "integration/check")),
        ))
    };
    Ok(page(&signed, "Watch it connect", content))
}

async fn watch(State(portal): State<Portal>, signed: Signed) -> Result<Response, Refused> {
    live::stream(&portal, signed, |portal, signed| async move {
        Ok::<_, Refused>(state(&signed, &check(&portal, &signed).await?))
    })
}

fn state(signed: &Signed, check: &Check) -> Markup {
    let Milestones { connected_at, first_user_at, first_group_at, first_member_at, .. } =
        check.milestones;
    let (people, groups) = (check.people > 0, check.groups > 0);
    html! {
        @if !check.recording {
            div.notice.warn { p { "Requests are not recorded (" code { "--record-requests off" } "), so that less can be told." } }
        } @else if !check.complete {
            div.notice { p { "Earlier requests are still being read." } }
        }
        section.card aria-labelledby="milestones" {
            h2 #milestones { "How far it is" }
            ol.milestones {
                (milestone("Test Connection", connected_at, test_connection(people, first_user_at)))
                (milestone("The first user", first_user_at, unless(people, "Assign users, and start provisioning.")))
                (milestone("The first group", first_group_at, unless(groups, "Groups follow the users, if they are provisioned.")))
                (milestone("The first member of a group", first_member_at, Unseen::ToCome("Members follow the groups.")))
            }
            dl.facts {
                dt { "Last cycle began" } dd { (at(check.milestones.last_cycle_at)) }
                dt { "Last request" } dd { (at(check.milestones.last_request_at)) }
                dt { "People" } dd { (check.people) }
                dt { "Groups" } dd { (check.groups) }
            }
        }
        section.card aria-labelledby="findings" {
            h2 #findings { "What to look at" }
            @if check.findings.is_empty() {
                @if check.milestones.last_request_at.is_some() || check.people > 0 {
                    p { (badge(Tone::Good, "Good")) " Nothing is wrong with the mapping, as far as it was seen." }
                } @else {
                    p { "Nothing was asked yet. Once Entra has sent people, what is wrong with the mapping is told here." }
                }
            }
            @for one in &check.findings { (finding(signed, one)) }
        }
    }
}

/// What is known of a step of which no request is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unseen {
    /// What came of it is there, so that its request was before what is recorded.
    Earlier,
    /// Whether it was taken cannot be known, and it is not needed any more.
    Unknown(&'static str),
    /// It is still to be taken: how.
    ToCome(&'static str),
}

/// A step that has been taken if what comes of it is there.
fn unless(is_there: bool, next: &'static str) -> Unseen {
    if is_there { Unseen::Earlier } else { Unseen::ToCome(next) }
}

/// Nothing comes of Test Connection, so that people who are there do not say that anybody has pressed it.
fn test_connection(people: bool, first_user_at: Option<Timestamp>) -> Unseen {
    match (people, first_user_at) {
        (false, _) => Unseen::ToCome("Press Test Connection in Entra."),
        (true, Some(_)) => Unseen::Unknown("Entra provisions all the same."),
        (true, None) => Unseen::Unknown("What Entra did first is older than what is recorded."),
    }
}

fn milestone(name: &str, seen: Option<Timestamp>, unseen: Unseen) -> Markup {
    html! {
        li {
            b { (name) } " "
            @match (seen, unseen) {
                (Some(seen), _) => { span { (badge(Tone::Good, "Seen")) } " " span.then { (moment(seen)) } }
                (None, Unseen::Earlier) => { span { (badge(Tone::Good, "Seen")) } " " span.then { "before what is recorded" } }
                (None, Unseen::Unknown(why)) => { span { (badge(Tone::Plain, "Not seen")) } " " span.then.hint { (why) } }
                (None, Unseen::ToCome(next)) => { span { (badge(Tone::Plain, "Not yet")) } " " span.then.hint { (next) } }
            }
        }
    }
}

fn at(time: Option<Timestamp>) -> Markup {
    html! { @match time { Some(time) => (moment(time)), None => "not yet" } }
}

fn finding(signed: &Signed, finding: &Finding) -> Markup {
    let (tone, word) = match finding.severity {
        Severity::Problem => (Tone::Bad, "Problem"),
        Severity::Warning => (Tone::Warn, "Warning"),
        Severity::Hint => (Tone::Plain, "Hint"),
    };
    html! {
        div.finding {
            h3 { (badge(tone, word)) " " (finding.title) }
            p.soft { (finding.seen) "." }
            p { (finding.remedy) " " a href={ "/t/" (signed.tenant) "/" (finding.link) } { "Where that is" } }
        }
    }
}
