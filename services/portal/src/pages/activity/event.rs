//! Events as the pages show them: what, about whom, by whom.

use events::EmployeeId;
use maud::{Markup, html};
use roster::TenantRoster;
use serde_json::Value;
use web::Permission;

use super::listed::Event;
use super::subject::{named, person};
use super::told::Reader;
use crate::names;
use crate::parts::actor::by;
use crate::parts::event_words;
use crate::parts::request_link::request_link;
use crate::parts::text::beginning;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::signed::Signed;

/// So many bytes of what an event says are shown as they are recorded, as the page has them.
const MOST: usize = 3_000;
/// So many bytes of what an event says are shown in words.
const MOST_WORDS: usize = 4_000;
/// So many bytes of each of both are shown on a page.
const MOST_OF_ALL: usize = 20_000;

/// What an event says.
struct Said {
    /// In words, as far as the page has room.
    words: Vec<(String, Markup)>,
    /// As it is recorded.
    text: String,
    /// Whether there is more of one of them.
    is_cut: bool,
}

/// Events, each of which opens its details.
pub(crate) fn rows(signed: &Signed, roster: Option<&TenantRoster>, events: &[Event]) -> Markup {
    let reader = Reader { signed, tenant: roster };
    let texts = told(reader, events);
    html! {
        ol.timeline.log {
            @for (event, text) in events.iter().zip(texts) {
                li {
                    // The id keeps it open while the list goes on.
                    details id={ "event-" (event.event_id) } {
                        summary {
                            span.when { (moment(event.at)) }
                            span.what {
                                b { (event_words::of(&event.event)) } " "
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
fn told(reader: Reader<'_>, events: &[Event]) -> Vec<Option<Said>> {
    let (mut room, mut room_of_words, mut left) = (MOST_OF_ALL, MOST_OF_ALL, events.len());
    let told = events.iter().map(|event| {
        let share = (room / left.max(1)).min(MOST);
        let share_of_words = (room_of_words / left.max(1)).min(MOST_WORDS);
        left = left.saturating_sub(1);
        let body = shown(reader.signed, event)?;
        let whole = serde_json::to_string_pretty(&body).unwrap_or_default();
        let (text, bytes) = beginning(&whole, share);
        room = room.saturating_sub(bytes);
        let (all, mut taken) = (reader.lines(&event.event, &body), 0);
        let lines = all.len();
        let fits = |(label, value): &(String, Markup)| {
            taken += label.len() + value.0.len();
            taken <= share_of_words
        };
        let words: Vec<_> = all.into_iter().take_while(fits).collect();
        room_of_words = room_of_words.saturating_sub(taken.min(share_of_words));
        let is_cut = text.len() < whole.len() || words.len() < lines;
        Some(Said { words, text: text.to_owned(), is_cut })
    });
    told.collect()
}

fn details(
    signed: &Signed,
    roster: Option<&TenantRoster>,
    event: &Event,
    said: Option<Said>,
) -> Markup {
    // No link can be in what opens the details.
    let about = match event.entity.as_str() {
        "user" => Some(event.id.as_str()),
        _ => event.body.get("employeeId").and_then(Value::as_str),
    };
    let employee = about.and_then(|id| id.parse().ok());
    let link = |request: &str| request_link(signed, roster, &event.actor, request, event.at);
    html! {
        dl.facts {
            @if let Some(employee) = employee { dt { "Person" } dd { (person(signed, roster, employee)) } }
            @if let Some(said) = &said {
                @for (label, value) in &said.words { dt { (label) } dd { (value) } }
            }
            @if let Some(path) = event.request.as_deref().and_then(link) {
                dt { "Request" } dd { a href=(path) { "The request that led to it" } }
            }
        }
        @match said {
            Some(said) => details.also id={ "recorded-" (event.event_id) } {
                summary { "As it is recorded: " code { (event.event) } }
                @if let Some(request) = &event.request { p { "Request " code { (request) } } }
                pre { code { (said.text) @if said.is_cut { "…" } } }
                @if said.is_cut { p.soft { "The rest is left out: it is too long for a page." } }
            },
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
