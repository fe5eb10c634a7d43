//! Attributes and their values, in words.

use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::{Map, Value};

use super::text::{self, capital};
use super::time::in_words;

/// What stands in a profile beside what has a place of its own.
const ELSEWHERE: [&str; 6] = ["userName", "externalId", "active", "schemas", "id", "meta"];

/// The extension that Entra sends of employees.
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// What a profile says, attribute by attribute.
pub(crate) fn of_profile(profile: &Value) -> Vec<(String, Markup)> {
    let none = Map::new();
    let all = profile.as_object().unwrap_or(&none).iter();
    let all = all.filter(|(name, _)| !ELSEWHERE.contains(&name.as_str()));
    let mut facts = Vec::new();
    for (name, value) in all {
        match value {
            Value::Object(inner) if name == "name" || name.starts_with("urn:") => {
                facts.extend(inner.iter().map(|(part, value)| (label(part), shown(value))));
            }
            value => facts.push((label(name), shown(value))),
        }
    }
    facts
}

/// What an attribute is called: `name`, `urn:…:User:department`.
pub(crate) fn label(fact: &str) -> String {
    let own = fact.strip_prefix(ENTERPRISE).map_or(fact, |rest| rest.trim_start_matches(':'));
    let known = match own {
        "userName" => "User name",
        "externalId" => "External id",
        "displayName" => "Display name",
        "givenName" => "Given name",
        "familyName" => "Family name",
        "phoneNumbers" => "Phone numbers",
        "employeeNumber" => "Employee number",
        other => return capital(&text::short(&other.replace('_', " "), 80)),
    };
    known.to_owned()
}

/// A value: texts as they are, several ones below each other.
pub(crate) fn shown(value: &Value) -> Markup {
    match value {
        Value::Null => html! { span.soft { "nothing" } },
        Value::Bool(true) => html! { "yes" },
        Value::Bool(false) => html! { "no" },
        Value::Number(number) => html! { (number) },
        Value::String(words) => text::value(words),
        Value::Array(all) if all.is_empty() => html! { span.soft { "none" } },
        Value::Array(all) => html! { ul.plain { @for one in all { li { (shown(one)) } } } },
        Value::Object(parts) => object(parts),
    }
}

/// A value of several parts: those of SCIM say what they are for, and which of them is the first.
fn object(parts: &Map<String, Value>) -> Markup {
    if let Some(value) = parts.get("value").or_else(|| parts.get("name")) {
        let more = parts.iter().filter(|(name, _)| !["value", "name"].contains(&name.as_str()));
        let mut more: Vec<_> = more.filter_map(|(name, value)| aside(name, value)).collect();
        more.sort_unstable();
        return html! {
            (shown(value))
            @if !more.is_empty() { " " span.soft { "(" (text::short(&more.join(", "), 120)) ")" } }
        };
    }
    let says_something = |value: &&Value| !value.is_null() && value.as_str() != Some("");
    let all = parts.iter().filter(|(_, value)| says_something(value));
    let all: Vec<_> = all.filter_map(|(name, value)| Some((name, aside_value(value)?))).collect();
    html! {
        ul.plain { @for (name, value) in &all { li { (label(name)) ": " (text::name(value)) } } }
    }
}

fn aside(name: &str, value: &Value) -> Option<String> {
    match (name, value) {
        ("type" | "origin", Value::String(words)) => Some(words.clone()),
        ("primary", Value::Bool(true)) => Some("primary".to_owned()),
        _ => None,
    }
}

fn aside_value(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(words) => Some(match words.parse::<Timestamp>() {
            Ok(at) => in_words(at),
            Err(_) => words.clone(),
        }),
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Bool(false) => Some("no".to_owned()),
        Value::Object(parts) => {
            let parts = parts.iter().filter_map(|(name, value)| Some((name, aside_value(value)?)));
            let parts = parts.map(|(name, value)| format!("{} {value}", name.replace('_', " ")));
            Some(parts.collect::<Vec<_>>().join(", "))
        }
        Value::Number(_) | Value::Array(_) => Some(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_scim_says_is_told_in_the_words_of_people() {
        let department = format!("{ENTERPRISE}:department");
        assert_eq!(label(&department), "Department");
        assert_eq!(label("standing"), "Standing");
        assert_eq!(label("userName"), "User name");
        let phones = json!([{ "type": "mobile", "value": "+1", "primary": true }]);
        assert!(shown(&phones).0.contains("+1</bdi> <span class=\"soft\">(mobile, primary)"));
        assert_eq!(shown(&json!(true)).0, "yes");
    }

    #[test]
    fn a_profile_is_told_without_what_has_its_own_place() {
        let profile = json!({
            "userName": "ada", "schemas": [], "displayName": "Ada", "name": { "givenName": "Ada" },
        });
        let labels: Vec<_> = of_profile(&profile).into_iter().map(|(label, _)| label).collect();
        assert_eq!(labels, ["Display name", "Given name"]);
    }

    #[test]
    fn no_value_is_too_large_or_too_strange_for_a_page() {
        let long = "<script>".repeat(8_192);
        for value in [json!(long), json!([{ "value": long }]), json!({ "a": long, "b": [long] })] {
            let shown = shown(&value).0;
            assert!(shown.len() < 40_000 && !shown.contains("<script"), "{}", shown.len());
        }
    }
}
