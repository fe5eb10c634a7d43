//! `/t/{tenant}/leavers/policies`: what becomes of leavers' bookings by itself.

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing;
use events::{EmployeeId, LeaverPolicy, Standing};
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use super::booking::COLLEAGUES;
use super::here::{Here, given_back};
use super::place::{DECIDES, NEEDS, Names, api, home, page};
use super::whom::{self, Whom, did_you_mean};
use crate::fields::Fields;
use crate::names;
use crate::parts::also_by::also_by;
use crate::parts::badge::{Tone, badge};
use crate::parts::form::{csrf, form};
use crate::parts::page::Page;
use crate::parts::table::{empty, table};
use crate::parts::text::counted;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::redirect::then;
use crate::refused::Refused;
use crate::route::{Needs, Route, get, post};
use crate::session::Notice;
use crate::signed::Signed;

const PATH: &str = "/t/{tenant}/leavers/policies";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(PATH, NEEDS, routing::get(show)),
        post(PATH, Needs::Permission(DECIDES), routing::post(set)),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Policies {
    policies: Vec<Policy>,
    resource_types: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Policy {
    resource_type: String,
    days: Option<u32>,
    to: Option<EmployeeId>,
    to_active: Option<bool>,
    set_at: Timestamp,
    actor: String,
}

async fn show(State(portal): State<Portal>, signed: Signed) -> Result<Page, Refused> {
    let path = api(&signed, "leaver-policies");
    let known: Policies = portal.apis().get(&signed, &path).await?;
    let names = Names::of(&portal, &signed).await?;
    let here = Here::of(&portal, &signed, "policies", &[]).await?;
    let content = html! {
        p.crumbs { a href=(home(&signed)) { "Leavers" } }
        h1 { "Policies" }
        p.lead { "What becomes of leavers' bookings by itself, for each type of resource. Where there is no policy, bookings are kept and wait for somebody to decide. A decision by hand comes before any policy." }
        @if known.policies.is_empty() {
            (empty("No policy", "All bookings of leavers are kept, and wait for somebody to decide."))
        } @else {
            (listed(&signed, &names, &known.policies))
        }
        @if signed.may(DECIDES) {
            (setting(&signed, &here, &known.resource_types))
            (names.suggestions(COLLEAGUES, Standing::Active))
        }
        (also_by(
            "",
            &format!("GET {path}\nPUT {path}/desk\n{{\"kind\": \"cancel-after\", \"days\": 14}}"),
        ))
    };
    Ok(page(&signed, "Policies for leavers' bookings", content))
}

fn listed(signed: &Signed, names: &Names, policies: &[Policy]) -> Markup {
    table(
        "Policies by type of resource",
        &["Type", "What happens", "Set", "Change"],
        html! {
            @for policy in policies {
                tr {
                    th scope="row" { (policy.resource_type) }
                    td { (in_words(names, policy)) }
                    td { "by " (names.actor(&policy.actor)) ", " (moment(policy.set_at)) }
                    td { @if signed.may(DECIDES) { (end(signed, &policy.resource_type)) } }
                }
            }
        },
    )
}

fn in_words(names: &Names, policy: &Policy) -> Markup {
    html! {
        @match (policy.days, policy.to) {
            (Some(0), _) => { "Cancelled when somebody leaves" }
            (Some(1), _) => { "Cancelled 1 day after the departure" }
            (Some(days), _) => { "Cancelled " (days) " days after the departure" }
            (None, Some(to)) => {
                "Handed over to " (names.person(to))
                @if policy.to_active == Some(false) {
                    " " (badge(Tone::Warn, "Not Active")) br;
                    span.hint { "Until they are, bookings are kept and wait for somebody to decide." }
                }
            }
            (None, None) => { "Kept" }
        }
    }
}

/// A button that has the bookings kept again.
fn end(signed: &Signed, resource_type: &str) -> Markup {
    html! {
        form.inline method="post" action={ (home(signed)) "/policies" } {
            (csrf(&signed.session.csrf))
            input type="hidden" name="type" value=(resource_type);
            button name="kind" value="keep" { "Remove" span.visually-hidden { " the policy for " (resource_type) } }
        }
    }
}

/// What the form is about that sets a policy.
const POLICY: &str = "policy";
/// On how many bookings it acts at once, as whoever sets it was told and has agreed.
const AT_ONCE: &str = "at-once";

fn setting(signed: &Signed, here: &Here, types: &[String]) -> Markup {
    let (filled_in, matches) = here.typed(POLICY);
    let before = |name: &str, otherwise: &str| {
        filled_in.map_or(otherwise, |fields| fields.get(name)).to_owned()
    };
    let kind = before("kind", "cancel-after");
    let kinds = [
        ("cancel-after", "Cancel, so many days after the departure"),
        ("hand-over", "Hand over to a colleague those that begin after the departure"),
    ];
    html! {
        section.card aria-labelledby="set" {
            h2 #set { "Set a policy" }
            p { "It holds for people who have left already too." }
            (form(&signed.session.csrf, &format!("{}/policies", home(signed)), html! {
                input type="hidden" name="of" value=(POLICY);
                label.field {
                    span.label { "Type of resource" }
                    input type="text" name="type" list="types" value=(before("type", "")) required maxlength="64" autocomplete="off";
                    span.hint { "Just as the booking system names it." }
                }
                datalist #types { @for name in types { option value=(name) {} } }
                fieldset {
                    legend { "What happens" }
                    @for (value, words) in kinds {
                        label.check {
                            input type="radio" name="kind" value=(value) checked[value == kind] required;
                            span { (words) }
                        }
                    }
                }
                label.field {
                    span.label { "Days after the departure" }
                    input type="number" name="days" min="0" max="3653" value=(before("days", "14"));
                    span.hint { "0 cancels at once. Only to cancel." }
                }
                label.field {
                    span.label { "Colleague" }
                    input type="text" name="to" list=(COLLEAGUES) value=(before("to", "")) maxlength="256" autocomplete="off" spellcheck="false";
                    span.hint { "Name or user name of somebody Active. Only to hand over." }
                }
                (did_you_mean(matches))
                @if let Some(bookings) = filled_in.and_then(|fields| fields.said(AT_ONCE)) {
                    label.check {
                        input type="checkbox" name=(AT_ONCE) value=(bookings);
                        span { "It acts at once on bookings of people who have left: " (bookings) }
                    }
                }
                div.actions { button.primary { "Set the policy" } }
            }))
        }
    }
}

async fn set(
    State(portal): State<Portal>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Refused> {
    let back = format!("{}/policies", home(&signed));
    let notice = match wanted(&portal, &signed, &fields).await? {
        Ok(body) => match unasked(&portal, &signed, &fields, &body).await? {
            Some(bookings) => {
                let why = format!(
                    "Nothing is set yet: the policy would act at once on {} of people who have left. Tick below that it shall.",
                    counted(bookings as u64, "booking", "bookings")
                );
                let asked = given_back(&fields).also(AT_ONCE, bookings);
                return then(&portal, &signed, Notice::failed(why).with(asked), &back).await;
            }
            None => told(&portal, &signed, &fields, &body).await?,
        },
        Err(why) => Notice::failed(format!("Nothing was set: {why}.")),
    };
    let notice = if notice.done { notice } else { notice.with(given_back(&fields)) };
    then(&portal, &signed, notice, &back).await
}

/// On how many bookings the policy would act at once of which nobody has agreed to that.
async fn unasked(
    portal: &Portal,
    signed: &Signed,
    fields: &Fields,
    body: &Value,
) -> Result<Option<usize>, Refused> {
    // What no policy is, the JSON API says.
    let Ok(policy) = serde_json::from_value::<LeaverPolicy>(body.clone()) else { return Ok(None) };
    let roster = names::roster(portal).await?;
    let now = (portal.settings().now)();
    let kind = fields.said("type").unwrap_or_default();
    let at_once =
        roster.tenant(&signed.tenant).map_or(0, |tenant| tenant.at_once(kind, policy, now));
    let agreed = fields.get(AT_ONCE).parse().unwrap_or(0);
    Ok((at_once > 0 && at_once != agreed).then_some(at_once))
}

/// What the form asks the JSON API for, or what is wrong with it.
async fn wanted(
    portal: &Portal,
    signed: &Signed,
    fields: &Fields,
) -> Result<Result<Value, &'static str>, Refused> {
    if fields.said("type").is_none() {
        return Ok(Err("say for which type of resource, just as the booking system names it"));
    }
    Ok(match fields.get("kind") {
        "keep" => Ok(json!({ "kind": "keep" })),
        "cancel-after" => match fields.get("days").trim().parse::<u32>() {
            Ok(days) => Ok(json!({ "kind": "cancel-after", "days": days })),
            Err(_) => Err("the days are a number from 0 to 3,653"),
        },
        "hand-over" => match whom::colleague(portal, signed, fields).await? {
            Whom::One(to) => Ok(json!({ "kind": "hand-over", "to": to })),
            Whom::Perhaps(_) => Err(
                "the colleague is nobody by user name, nor one person alone by name; choose whom you mean among those below",
            ),
            Whom::Nobody => Err("nobody who is Active has this name or user name"),
        },
        _ => {
            let detail = "What happens is one of keep, cancel-after and hand-over.";
            return Err(Refused::new(StatusCode::BAD_REQUEST, detail));
        }
    })
}

async fn told(
    portal: &Portal,
    signed: &Signed,
    fields: &Fields,
    body: &Value,
) -> Result<Notice, Refused> {
    let kind = fields.said("type").unwrap_or_default();
    let segment: String = form_urlencoded::byte_serialize(kind.as_bytes()).collect();
    let path = api(signed, &format!("leaver-policies/{}", segment.replace('+', "%20")));
    let told: Result<Value, _> = portal.apis().send(signed, Method::PUT, &path, Some(body)).await;
    Ok(match told {
        Ok(_) if fields.get("kind") == "keep" => Notice::done(format!(
            "Bookings of type {kind} are kept, and wait for somebody to decide."
        )),
        Ok(_) => Notice::done(format!("The policy for {kind} is set.")),
        Err(problem) if (400..500).contains(&problem.status) && problem.status != 403 => {
            Notice::failed(format!("Nothing was set: {}.", problem.detail))
        }
        Err(problem) => return Err(problem.into()),
    })
}
