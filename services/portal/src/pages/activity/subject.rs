//! What an event is about, by its name.

use events::{BookingId, EmployeeId};
use jiff::Timestamp;
use maud::{Markup, html};
use roster::TenantRoster;
use serde_json::Value;

use super::listed::Event;
use crate::names::{called, team};
use crate::parts::booked::booked;
use crate::parts::section::Section;
use crate::parts::text::name;
use crate::signed::Signed;

/// What is said of a person of whom nothing is known any more.
const ERASED: &str = "somebody who was erased";

/// What an event is about, without a link: it stands in what opens the details.
pub(super) fn named(roster: Option<&TenantRoster>, event: &Event) -> Markup {
    let text = |name: &str| event.body.get(name).and_then(Value::as_str);
    match event.entity.as_str() {
        "user" => {
            let in_team = text("teamId").and_then(|id| team(roster, id.parse().ok()?));
            html! { (whose(roster, &event.id)) @if let Some(team) = in_team { ": " (name(team)) } }
        }
        "group" | "team" => {
            let known = event.id.parse().ok().and_then(|id| team(roster, id));
            let known = known.or(text("displayName")).or(text("name"));
            html! {
                @match known { Some(known) => (name(known)), None => "a team that is gone" }
                (members(roster, &event.body))
            }
        }
        "booking" => booking(roster, event),
        _ => {
            let known = text("label").or(text("name"));
            known.map(name).unwrap_or_default()
        }
    }
}

fn whose(roster: Option<&TenantRoster>, id: &str) -> Markup {
    let known = id.parse().ok().and_then(|id| called(roster, id));
    html! { @match known { Some(known) => (name(&known)), None => (ERASED) } }
}

/// Who came into a group or went, by the first name.
fn members(roster: Option<&TenantRoster>, body: &Value) -> Markup {
    let lists = ["members", "added", "removed"].into_iter();
    let all: Vec<&Value> = lists.filter_map(|list| body.get(list)?.as_array()).flatten().collect();
    let first = all.iter().find_map(|one| called(roster, employee(one)?));
    html! {
        @if let Some(first) = first {
            ": " (name(&first))
            @if all.len() > 1 { " and " (all.len() - 1) " more" }
        }
    }
}

/// What is booked, when, and whose it is: as the event has it, or as it is known.
fn booking(roster: Option<&TenantRoster>, event: &Event) -> Markup {
    let text = |name: &str| event.body.get(name).and_then(Value::as_str);
    let time = |name: &str| text(name).and_then(|at| at.parse::<Timestamp>().ok());
    let known = event.id.parse().ok().zip(roster);
    let known = known.and_then(|(id, roster)| roster.bookings().get(BookingId(id)));
    html! {
        @match (text("resource"), known) {
            (Some(resource), _) => (booked(resource, time("startsAt"), time("endsAt"))),
            (None, Some(known)) => {
                (booked(&known.place.resource, Some(known.place.starts_at), Some(known.place.ends_at)))
            }
            (None, None) => "a booking that is not known any more",
        }
        @match (event.event.as_str(), text("employeeId"), text("bookedFor")) {
            ("booking.handed-over", Some(to), Some(from)) => {
                ", booked for " (whose(roster, from)) ", to " (whose(roster, to))
            }
            (_, Some(id), _) => { ", of " (whose(roster, id)) }
            (_, None, _) => {}
        }
    }
}

/// A person, with the way to their page.
pub(super) fn person(
    signed: &Signed,
    roster: Option<&TenantRoster>,
    employee: EmployeeId,
) -> Markup {
    let people = Section::People.path(&signed.tenant);
    html! {
        @match called(roster, employee) {
            Some(known) => a href={ (people) "/" (employee) } { (name(&known)) },
            None => (ERASED),
        }
    }
}

/// The person whom a list of an event names, by id alone or as a member of a group.
pub(super) fn employee(one: &Value) -> Option<EmployeeId> {
    let id = one.as_str().or_else(|| one.get("employeeId").and_then(Value::as_str));
    id?.parse().ok()
}
