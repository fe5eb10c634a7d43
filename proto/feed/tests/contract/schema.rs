//! `schema/` holds the JSON Schema of every body, and it is true.

use feed::{Fact, schema};
use serde_json::{Value, json};

use crate::KEPT;
use crate::museum::specimens;

pub(crate) fn file_of(fact: Fact, version: u32) -> String {
    format!("{fact}.{version}.json")
}

fn validator(fact: Fact) -> jsonschema::Validator {
    let schema = Value::from(schema::of(fact));
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

#[test]
fn every_schema_is_what_its_type_says() {
    for fact in Fact::ALL {
        let mut made = serde_json::to_string_pretty(&schema::of(fact)).unwrap();
        made.push('\n');
        KEPT.assert_says(&format!("schema/{}", file_of(fact, fact.version())), &made);
    }
}

#[test]
fn every_version_ever_published_has_a_schema_and_nothing_else_has() {
    let versions = |fact: Fact| (1..=fact.version()).map(move |version| file_of(fact, version));
    let mut published: Vec<String> = Fact::ALL.into_iter().flat_map(versions).collect();
    published.sort();
    assert_eq!(KEPT.names_in("schema"), published);
}

#[test]
fn all_that_was_ever_published_goes_with_the_program() {
    let names: Vec<String> =
        feed::PUBLISHED.iter().map(|published| format!("{}.json", published.name)).collect();
    assert_eq!(names, KEPT.names_in("schema"));
    assert_eq!(names, KEPT.names_in("museum"));
}

#[test]
fn every_specimen_fits_the_schema_under_which_it_was_published() {
    for specimen in specimens() {
        let kept = KEPT.read(&format!("schema/{}", specimen.file));
        let schema: Value = serde_json::from_str(&kept).unwrap();
        let schema = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        let errors: Vec<String> =
            schema.iter_errors(&specimen.body).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {}", specimen.file, errors.join("; "));
    }
}

#[test]
fn wrong_values_do_not_fit() {
    for (name, pointer, wrong) in [
        ("employee.joined", "/employee/standing", json!("retired")),
        ("employee.left", "/employee/teams/0/kind", json!("favourite")),
        ("employee.changed", "/changed", json!("teams")),
        ("employee.held", "/employee/held", json!("soon")),
        ("employee.erased", "/sequences/0", json!(-1)),
        ("team.created", "/team/origin", json!("heaven")),
        ("booking.cancelled", "/booking/cancelledBy", json!("fate")),
        ("booking.recorded", "/booking/startsAt", json!("next Monday")),
        ("alert.raised", "/alert/cause", json!("bad luck")),
    ] {
        let specimen = specimens().into_iter().find(|specimen| specimen.name == name).unwrap();
        let schema = validator(specimen.fact());
        let mut body = specimen.body;
        assert!(schema.is_valid(&body), "{name} as it is");
        *body.pointer_mut(pointer).unwrap() = wrong;
        assert!(!schema.is_valid(&body), "{name} with {body}");
    }
}

#[test]
fn a_body_without_what_it_is_about_does_not_fit() {
    for specimen in specimens() {
        let schema = validator(specimen.fact());
        for thing in ["employee", "team", "booking", "alert", "id"] {
            let mut without = specimen.body.clone();
            if without.as_object_mut().unwrap().remove(thing).is_some() {
                assert!(!schema.is_valid(&without), "{} without {thing}", specimen.file);
            }
        }
    }
}

/// The names of all properties in a schema, however deep.
fn properties(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(entries) => {
            if let Some(named) = entries.get("properties").and_then(Value::as_object) {
                found.extend(named.keys().cloned());
            }
            entries.values().for_each(|entry| properties(entry, found));
        }
        Value::Array(entries) => entries.iter().for_each(|entry| properties(entry, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn no_event_tells_of_a_secret() {
    let words = ["secret", "digest", "password", "token"];
    for fact in Fact::ALL {
        let mut found = vec![];
        properties(&Value::from(schema::of(fact)), &mut found);
        let telling =
            found.iter().find(|name| words.iter().any(|word| name.to_lowercase().contains(word)));
        assert_eq!(telling, None, "{fact}");
    }
}
