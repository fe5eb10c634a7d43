//! Events as the pages show them: what, about whom, by whom.

use events::EmployeeId;
use jiff::Timestamp;
use maud::{Markup, html};
use roster::TenantRoster;
use serde::Deserialize;
use serde_json::Value;
use web::Permission;

use super::words;
use crate::names;
use crate::parts::actor::by;
use crate::parts::request_link::request_link;
use crate::parts::section::Section;
use crate::parts::text::{beginning, name};
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::signed::Signed;

/// So many bytes of what an event says are shown, as the page has them.
const MOST: usize = 3_000;
/// So many bytes of all that they say are shown on a page.
const MOST_OF_ALL: usize = 45_000;

/// What the operators' API lists.
#[derive(Debug, Deserialize)]
pub(crate) struct Happened {
    pub(crate) events: Vec<Event>,
    #[serde(default)]
    pub(super) more: bool,
}

/// An event.
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    pub(super) position: u64,
    event_id: String,
    event: String,
    at: Timestamp,
    entity: String,
    id: String,
    actor: String,
    request: Option<String>,
    body: Value,
}

/// What is said of a person of whom nothing is known any more.
const ERASED: &str = "somebody who was erased";

/// Events, each of which opens its details.
pub(crate) fn rows(signed: &Signed, roster: Option<&TenantRoster>, events: &[Event]) -> Markup {
    let texts = told(signed, events);
    html! {
        ol.timeline.log {
            @for (event, text) in events.iter().zip(texts) {
                li {
                    // The id keeps it open while the list goes on.
                    details id={ "event-" (event.event_id) } {
                        summary {
                            span.when { (moment(event.at)) }
                            span.what {
                                b { (words::of(&event.event)) } " "
                                (named(roster, event)) " " span.soft { "by " (by(roster, &event.actor)) }
                            }
                        }
                        (details(signed, roster, event, text))
                    }
                }
            }
        }
    }
}

/// What each event says, as far as the page has room: what a short one leaves, those after it have.
fn told(signed: &Signed, events: &[Event]) -> Vec<Option<(String, bool)>> {
    let (mut room, mut left) = (MOST_OF_ALL, events.len());
    let told = events.iter().map(|event| {
        let share = (room / left.max(1)).min(MOST);
        left = left.saturating_sub(1);
        let body = shown(signed, event)?;
        let whole = serde_json::to_string_pretty(&body).unwrap_or_default();
        let (text, bytes) = beginning(&whole, share);
        room = room.saturating_sub(bytes);
        Some((text.to_owned(), text.len() < whole.len()))
    });
    told.collect()
}

fn details(
    signed: &Signed,
    roster: Option<&TenantRoster>,
    event: &Event,
    text: Option<(String, bool)>,
) -> Markup {
    // No link can be in what opens the details.
    let employee = (event.entity == "user").then(|| event.id.parse().ok()).flatten();
    let link = |request: &str| request_link(signed, roster, &event.actor, request, event.at);
    html! {
        dl.facts {
            dt { "Event" } dd { code { (event.event) } }
            @if let Some(employee) = employee { dt { "Person" } dd { (person(signed, roster, employee)) } }
            @if let Some(request) = &event.request {
                dt { "Request" }
                dd {
                    @match link(request) {
                        Some(path) => a href=(path) { code { (request) } },
                        None => code { (request) },
                    }
                }
            }
        }
        @match text {
            Some((text, true)) => {
                pre { code { (text) "…" } }
                p.soft { "The rest is left out: it is too long for a page." }
            }
            Some((text, false)) => pre { code { (text) } },
            None => p.soft { "What it says is shown to those whose roles open that section." },
        }
    }
}

/// What an event says, less digests and what is encrypted; nothing, where it is of a section that is not
/// open to the reader.
fn shown(signed: &Signed, event: &Event) -> Option<Value> {
    let needed = match event.entity.as_str() {
        "administrator" => Some(Permission::ManageAdministrators),
        "subscriber" => Some(Permission::ManageSubscribers),
        "credential" | "integration" => Some(Permission::ManageIntegrations),
        _ => None,
    };
    if needed.is_some_and(|needed| !signed.may(needed)) {
        return None;
    }
    let mut body = event.body.clone();
    without_secrets(&mut body);
    Some(body)
}

fn without_secrets(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !name.ends_with("Digest") && name != "encrypted");
            fields.values_mut().for_each(without_secrets);
        }
        Value::Array(values) => values.iter_mut().for_each(without_secrets),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What an event is about, by its name.
fn named(roster: Option<&TenantRoster>, event: &Event) -> Markup {
    let text = |name: &str| event.body.get(name).and_then(Value::as_str);
    match event.entity.as_str() {
        "user" => match event.id.parse() {
            Ok(employee) => {
                called(roster, employee).map_or_else(|| html! { (ERASED) }, |known| name(&known))
            }
            Err(_) => name(&event.id),
        },
        "group" | "team" => {
            let known = event.id.parse().ok().zip(roster);
            let known = known.and_then(|(team, roster)| roster.groups().get(team));
            let known = known.map(roster::Group::display_name);
            name(known.or(text("displayName")).or(text("name")).unwrap_or(&event.id))
        }
        _ => {
            let known = text("label").or(text("name")).or(text("reference"));
            known.map(name).unwrap_or_default()
        }
    }
}

/// What a person is called, unless they were erased.
fn called(roster: Option<&TenantRoster>, employee: EmployeeId) -> Option<String> {
    let known = roster?.people().by_employee(employee)?;
    Some(known.display_name().unwrap_or_else(|| known.user_name().to_owned()))
}

/// A person, with the way to their page.
fn person(signed: &Signed, roster: Option<&TenantRoster>, employee: EmployeeId) -> Markup {
    let people = Section::People.path(&signed.tenant);
    html! {
        @match called(roster, employee) {
            Some(known) => a href={ (people) "/" (employee) } { (name(&known)) },
            None => (ERASED),
        }
    }
}

/// A person whose id is known, or nobody.
pub(crate) async fn whom(
    portal: &Portal,
    signed: &Signed,
    employee: Option<EmployeeId>,
) -> Result<Markup, Refused> {
    let Some(employee) = employee else { return Ok(html! { "nobody whom we know" }) };
    let roster = names::roster(portal).await?;
    Ok(person(signed, roster.tenant(&signed.tenant), employee))
}
