//! `…/operations/holds/{alert}`: one alert with its people, to release or to reverse.

use axum::extract::{Path, Query, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing;
use events::{AlertId, Scope};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};
use web::{Permission, Problem};

use super::alert_facts::{Alert, Cause};
use super::hold_facts::facts;
use super::outcome::told;
use super::place::{READ, Tab, page};
use crate::fields::Fields;
use crate::names;
use crate::parts::also_by::also_by;
use crate::parts::badge::{Tone, badge};
use crate::parts::form::{form, text};
use crate::parts::page::Page;
use crate::parts::paging::paging;
use crate::parts::table::table;
use crate::parts::text::{counted, name};
use crate::portal::Portal;
use crate::redirect::then;
use crate::refused::Refused;
use crate::route::{Needs, Route, get, post};
use crate::session::Notice;
use crate::signed::Signed;

/// What it takes to decide.
const DECIDE: Permission = Permission::Api(Scope::AlertsDecide);

pub(super) fn routes() -> Vec<Route> {
    let decide = Needs::Permission(DECIDE);
    vec![
        get("/t/{tenant}/operations/holds/{alert}", READ, routing::get(show)),
        post("/t/{tenant}/operations/holds/{alert}/release", decide, routing::post(release)),
        post("/t/{tenant}/operations/holds/{alert}/reverse", decide, routing::post(reverse)),
    ]
}

type Named = Path<(String, AlertId)>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    after: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Whole {
    alert: Alert,
    employees: Vec<Employee>,
    next: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Employee {
    id: String,
    display_name: String,
    user_name: String,
    standing: String,
    held: Option<Value>,
}

async fn find(
    portal: &Portal,
    signed: &Signed,
    alert: AlertId,
    after: Option<&str>,
) -> Result<Whole, Problem> {
    let mut path = format!("/api/v1/{}/alerts/{alert}?limit=50", signed.tenant);
    if let Some(after) = after {
        path.push_str("&after=");
        path.extend(form_urlencoded::byte_serialize(after.as_bytes()));
    }
    portal.apis().get(signed, &path).await
}

async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, alert)): Named,
    Query(Asked { after }): Query<Asked>,
) -> Result<Page, Refused> {
    let Whole { alert, employees, next } = find(&portal, &signed, alert, after.as_deref()).await?;
    let (home, tenant) = (Tab::Holds.path(&signed), &signed.tenant);
    let at = format!("{home}/{}", alert.id);
    let next = next.map(|next| {
        let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        format!("{at}?after={next}")
    });
    let roster = names::roster(&portal).await?;
    let roster = roster.tenant(tenant);
    let content = html! {
        p.crumbs { a href=(home) { "Holds" } " / Alert" }
        div.head { h1 { "Alert: " (alert.in_words(roster)) } (alert.shown()) }
        (facts(&signed, roster, &alert))
        @if alert.decision.is_none() && signed.may(DECIDE) { (decisions(&signed, &alert, &at)) }
        @if alert.is_about_people() {
            h2 { "People" }
            (people(&signed, &employees))
            (paging(after.is_some().then_some(at.as_str()), next.as_deref()))
        }
        (also_by(
            &format!("rollcall alerts release {0} --tenant {tenant} --reason WHY\nrollcall alerts reverse {0} --tenant {tenant} --reason WHY", alert.id),
            &format!("POST /api/v1/{tenant}/alerts/{}/release\n{{\"reason\": \"…\"}}", alert.id),
        ))
    };
    Ok(page(&signed, Tab::Holds, "Alert", content))
}

/// The two ways to decide. Each names the number of people that it is about, as a box to tick.
fn decisions(signed: &Signed, alert: &Alert, at: &str) -> Markup {
    let (token, people) = (&signed.session.csrf, counted(alert.held_people, "person", "people"));
    let (stay, turn) =
        if alert.held_people == 1 { ("stays", "becomes") } else { ("stay", "become") };
    let release = match (&alert.cause, alert.held) {
        (_, true) => {
            format!("{people} {turn} Former, as of the day on which the directory said so.")
        }
        (_, false) => "The alert is closed; nothing else changes.".to_owned(),
    };
    let reverse = format!(
        "{people} {stay} Active, until the directory says something new about them. Mend it there, or it will say the same again."
    );
    let decide = |what: &str, class: &str, button: &str, title: &str, said: &str| {
        html! {
            section.card {
                h2 { (title) }
                (form(token, &format!("{at}/{what}"), html! {
                    input type="hidden" name="held" value=(alert.held_digest);
                    label.check {
                        input type="checkbox" name="people" value=(alert.held_people) required;
                        span { (said) }
                    }
                    (text("Reason", "reason", "", "It is kept for ever; no names of people.", false))
                    div.actions { button class=(class) { (button) } }
                }))
            }
        }
    };
    html! {
        div.columns {
            (decide("release", "primary", "Release", right(&alert.cause), &release))
            @if alert.held { (decide("reverse", "danger", "Reverse", "It is a mistake: they have not left", &reverse)) }
        }
    }
}

/// What whoever releases an alert says of it.
fn right(cause: &Cause) -> &'static str {
    match cause {
        Cause::Deactivations { .. } => "It is right: they have left",
        Cause::GroupEmptied { deleted: true, .. } => "It is right: the group was to be deleted",
        Cause::GroupEmptied { deleted: false, .. } => "It is right: the group was to be emptied",
    }
}

fn people(signed: &Signed, employees: &[Employee]) -> Markup {
    table(
        "The people of the alert",
        &["Name", "User name", "Standing"],
        html! {
            @for one in employees {
                tr {
                    td { a href={ "/t/" (signed.tenant) "/people/" (one.id) } { (name(&one.display_name)) } }
                    td { (name(&one.user_name)) }
                    td {
                        @if one.held.is_some() { (badge(Tone::Warn, "Held")) }
                        @else if one.standing == "former" { (badge(Tone::Plain, "Former")) }
                        @else { (badge(Tone::Good, "Active")) }
                    }
                }
            }
        },
    )
}

async fn release(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, alert)): Named,
    fields: Fields,
) -> Result<Response, Refused> {
    let about_people = find(&portal, &signed, alert, None).await?.alert.is_about_people();
    let done = if about_people {
        "The alert is released: the people of it have left."
    } else {
        "The alert is released: what became of the group is right."
    };
    decide(&portal, &signed, alert, &fields, "release", done).await
}

async fn reverse(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, alert)): Named,
    fields: Fields,
) -> Result<Response, Refused> {
    let done = "The alert is reversed: the people of it stay Active.";
    decide(&portal, &signed, alert, &fields, "reverse", done).await
}

/// Decides, if it is still about those people whom whoever decides was shown: the writer compares, since a page may be
/// of before the last departures.
async fn decide(
    portal: &Portal,
    signed: &Signed,
    alert: AlertId,
    fields: &Fields,
    what: &str,
    done: &str,
) -> Result<Response, Refused> {
    let at = format!("{}/{alert}", Tab::Holds.path(signed));
    let said = (fields.get("people").parse::<u64>(), fields.said("held"));
    let (Ok(people), Some(held)) = said else {
        let text = "Nothing was decided: look at the people, and tick the box that says how many it is about.";
        return then(portal, signed, Notice::failed(text.to_owned()), &at).await;
    };
    let path = format!("/api/v1/{}/alerts/{alert}/{what}", signed.tenant);
    let body = json!({ "people": people, "heldDigest": held, "reason": fields.said("reason") });
    let asked: Result<Value, Problem> =
        portal.apis().send(signed, Method::POST, &path, Some(&body)).await;
    let asked = match asked {
        Err(problem)
            if problem.status == 409
                && find(portal, signed, alert, None).await?.alert.decision.is_some() =>
        {
            let detail = "nothing was decided, for somebody has decided about this alert already; what they decided stands, and is told below";
            Err(Problem::new(StatusCode::CONFLICT, detail))
        }
        asked => asked,
    };
    told(portal, signed, asked, |_| done.to_owned(), &at).await
}
