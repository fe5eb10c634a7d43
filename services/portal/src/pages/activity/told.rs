//! What an event says, in words: names instead of ids, and of a profile what changed.

use events::{EmployeeId, TeamId};
use jiff::Timestamp;
use maud::{Markup, html};
use roster::TenantRoster;
use serde_json::{Map, Value};

use super::subject::{employee, person};
use crate::names;
use crate::parts::actor::by;
use crate::parts::facts;
use crate::parts::text::{capital, name};
use crate::parts::time::moment;
use crate::signed::Signed;

/// So many people are named where an event is about several.
const NAMED: usize = 8;

/// What is told elsewhere in the row, or means nothing to a reader.
const ELSEWHERE: [&str; 17] = [
    "employeeId",
    "resourceId",
    "bookingId",
    "tenantId",
    "integrationId",
    "credentialId",
    "administratorId",
    "subscriberId",
    "alertId",
    "secretId",
    "changed",
    "chain",
    "events",
    "left",
    "resources",
    "bookings",
    "teams",
];

/// Who reads, and whose names are known.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) signed: &'a Signed,
    pub(super) tenant: Option<&'a TenantRoster>,
}

impl Reader<'_> {
    /// What an event says, line by line: what it is called, and the value.
    pub(super) fn lines(self, event: &str, body: &Value) -> Vec<(String, Markup)> {
        let Value::Object(body) = body else { return vec![] };
        let mut lines = Vec::new();
        let all = body
            .iter()
            .filter(|(key, value)| !ELSEWHERE.contains(&key.as_str()) && !says_nothing(value));
        for (key, value) in all {
            match value {
                Value::Object(profile) if key == "profile" => {
                    lines.extend(of_profile(event, profile, body.get("changed")));
                }
                Value::Object(parts) => {
                    let parts = parts.iter().filter(|(_, value)| !says_nothing(value));
                    lines.extend(parts.map(|(key, value)| (label(key), self.value(key, value))));
                }
                // Teams that are the subject are in the line that opens this one.
                Value::String(_) if key == "teamId" && !event.starts_with("user.") => {}
                value => lines.push((label(key), self.value(key, value))),
            }
        }
        lines
    }

    fn value(self, key: &str, value: &Value) -> Markup {
        match (key, value) {
            ("members" | "added" | "removed" | "people", Value::Array(all)) => self.people(all),
            (_, Value::Array(all)) => html! { (all.len()) },
            ("bookedFor" | "employeeId" | "to", Value::String(id))
                if id.parse::<EmployeeId>().is_ok() =>
            {
                id.parse().map(|id| person(self.signed, self.tenant, id)).unwrap_or_default()
            }
            ("teamId", Value::String(id)) => {
                let team = id.parse().ok().and_then(|id: TeamId| names::team(self.tenant, id));
                html! { @match team { Some(team) => (name(team)), None => "a team that is gone" } }
            }
            ("plannedBy" | "actor", Value::String(actor)) => by(self.tenant, actor),
            ("by", Value::String(by)) if by == "booking-system" => html! { "the booking system" },
            ("by", Value::String(by)) if by == "administrator" => html! { "an administrator" },
            (_, Value::String(text)) => match text.parse::<Timestamp>() {
                Ok(at) => moment(at),
                Err(_) => name(text),
            },
            (_, Value::Null | Value::Bool(_) | Value::Number(_)) => facts::shown(value),
            (_, Value::Object(parts)) => html! {
                @for (nth, (key, value)) in parts.iter().enumerate() {
                    @if nth > 0 { "; " } (label(key)) ": " (self.value(key, value))
                }
            },
        }
    }

    /// People by name, the first of many.
    fn people(self, all: &[Value]) -> Markup {
        let more = all.len().saturating_sub(NAMED);
        html! {
            @for (nth, one) in all.iter().take(NAMED).enumerate() {
                @if nth > 0 { ", " }
                @match employee(one) {
                    Some(id) => (person(self.signed, self.tenant, id)),
                    None => "somebody whom Rollcall does not know",
                }
            }
            @if more > 0 { " and " (more) " more" }
        }
    }
}

/// What a profile says; of one that changed, that alone.
fn of_profile(
    event: &str,
    profile: &Map<String, Value>,
    changed: Option<&Value>,
) -> Vec<(String, Markup)> {
    let changed = changed.and_then(Value::as_array).filter(|_| !event.ends_with(".created"));
    let Some(changed) = changed else {
        let named = ["userName", "externalId"].into_iter();
        let named =
            named.filter_map(|key| Some((facts::label(key), facts::shown(profile.get(key)?))));
        return named.chain(facts::of_profile(&Value::Object(profile.clone()))).collect();
    };
    let nothing = Value::Null;
    let value = |path: &str| match (profile.get(path), path.rsplit_once(':')) {
        (Some(value), _) => value.clone(),
        (None, Some((extension, inner))) => {
            profile.get(extension).and_then(|all| all.get(inner)).unwrap_or(&nothing).clone()
        }
        (None, None) => Value::Null,
    };
    let changed = changed.iter().filter_map(Value::as_str).filter(|path| *path != "active");
    changed.map(|path| (facts::label(path), facts::shown(&value(path)))).collect()
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Object(parts) => parts.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What a field is called: `resourceType` as “Resource type”.
fn label(key: &str) -> String {
    let known = match key {
        "resource" => "What",
        "resourceType" => "Type",
        "startsAt" => "Begins",
        "endsAt" => "Ends",
        "reference" => "Booking number",
        "source" => "Booking system",
        "bookedFor" => "Booked for",
        "plannedBy" => "Planned by",
        "due" => "To be cancelled on",
        "by" => "Cancelled by",
        "teamId" => "Team",
        "expiresAt" | "linkExpiresAt" => "Expires",
        _ => return facts::label(&spaced(key)),
    };
    known.to_owned()
}

fn spaced(key: &str) -> String {
    let mut words = String::new();
    for letter in key.chars().take(80) {
        if letter.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    capital(words.trim())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_a_profile_that_changed_what_changed_is_told_and_of_a_new_one_all() {
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let department = format!("{urn}:department");
        let profile =
            json!({ "userName": "ada@x", "displayName": "Ada", urn: { "department": "Sales" } });
        let Value::Object(profile) = profile else { panic!("an object") };
        let changed = json!([department, "title", "active"]);
        let told = |event: &str| {
            let lines = of_profile(event, &profile, Some(&changed)).into_iter();
            lines.map(|(label, value)| format!("{label} {}", value.0)).collect::<Vec<_>>()
        };
        let nothing = "Title <span class=\"soft\">nothing</span>";
        assert_eq!(told("user.changed"), ["Department <bdi>Sales</bdi>", nothing]);
        let made = told("user.created");
        assert!(made.contains(&"User name <bdi>ada@x</bdi>".to_owned()), "{made:?}");
        assert!(made.contains(&"Department <bdi>Sales</bdi>".to_owned()), "{made:?}");
    }

    #[test]
    fn fields_are_called_by_words() {
        assert_eq!(label("startsAt"), "Begins");
        assert_eq!(label("activeBefore"), "Active before");
        assert_eq!(label("displayName"), "Display name");
    }
}
