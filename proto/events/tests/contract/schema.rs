//! `schema/` holds the JSON Schema of every body, and it is true.

use events::{EventKind, schema};
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::KEPT;
use crate::specimen::{Specimen, specimens};

fn file_of(kind: EventKind, version: u32) -> String {
    format!("{kind}.{version}.json")
}

/// The schema of a version of a kind: today's as the types say it, an old one as it is kept.
fn schema_of(kind: EventKind, version: u32) -> Validator {
    let schema = if version == kind.version() {
        Value::from(schema::of(kind))
    } else {
        let kept = KEPT.read(&format!("schema/{}", file_of(kind, version)));
        serde_json::from_str(&kept).unwrap()
    };
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

fn accepts(specimen: &Specimen, body: &Value) -> bool {
    schema_of(specimen.kind(), specimen.version).is_valid(body)
}

#[test]
fn every_schema_is_what_its_type_says() {
    for kind in EventKind::ALL {
        let mut made = serde_json::to_string_pretty(&schema::of(kind)).unwrap();
        made.push('\n');
        KEPT.assert_says(&format!("schema/{}", file_of(kind, kind.version())), &made);
    }
}

#[test]
fn every_version_ever_published_has_a_schema_and_nothing_else_has() {
    let mut published: Vec<String> = EventKind::ALL
        .into_iter()
        .flat_map(|kind| (1..=kind.version()).map(move |version| file_of(kind, version)))
        .collect();
    published.sort();
    assert_eq!(KEPT.names_in("schema"), published);
}

#[test]
fn every_specimen_fits_its_schema() {
    for specimen in specimens() {
        let body = specimen.body();
        let schema = schema_of(specimen.kind(), specimen.version);
        let errors: Vec<String> = schema.iter_errors(&body).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{}: {}", specimen.name, errors.join("; "));
    }
}

#[test]
fn a_body_without_one_of_its_ids_does_not_fit() {
    for specimen in specimens() {
        let body = specimen.body();
        let ids = body.as_object().unwrap().keys().filter(|name| name.ends_with("Id"));
        for id in ids {
            let mut without = body.clone();
            without.as_object_mut().unwrap().remove(id);
            assert!(!accepts(&specimen, &without), "{} without {id}", specimen.name);

            let mut wrong = body.clone();
            wrong[id] = json!("mallory");
            assert!(!accepts(&specimen, &wrong), "{} with a name for {id}", specimen.name);
        }
    }
}

#[test]
fn wrong_values_do_not_fit() {
    for (name, pointer, wrong) in [
        ("tenant.created", "/slug", json!("Not A Slug")),
        ("integration.activated", "/profile", json!("payroll")),
        ("credential.issued", "/secretDigest", json!("hunter2")),
        ("credential.issued", "/purpose", json!("skeleton-key")),
        ("credential.issued", "/scopes/0", json!("everything")),
        ("user.created", "/standing", json!("retired")),
        ("user.created", "/profile/userName", json!("")),
        ("user.created", "/changed", json!("active")),
        ("group.created", "/profile/displayName", json!(null)),
        ("group.members-added", "/members/0/value", json!(1)),
        ("team.renamed", "/name", json!(["Sales"])),
        ("booking.recorded", "/startsAt", json!("next Monday")),
        ("booking.cancelled", "/by", json!("fate")),
        ("tenant.guard-set", "/percent", json!(-1)),
        ("tenant.extension-declared", "/attributes/0/type", json!("colour")),
        ("tenant.extension-declared", "/resourceType", json!("Device")),
        ("alert.raised", "/cause", json!("bad luck")),
        ("alert.people-added", "/people/0", json!("zofia.nowak@harbour.example")),
    ] {
        let specimen = specimens().into_iter().find(|specimen| specimen.name == name).unwrap();
        let mut body = specimen.body();
        assert!(accepts(&specimen, &body), "{name} as it is");
        *body.pointer_mut(pointer).unwrap() = wrong;
        assert!(!accepts(&specimen, &body), "{name} with {body}");
    }
}
