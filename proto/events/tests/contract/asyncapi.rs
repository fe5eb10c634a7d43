//! `asyncapi.yaml` names every event there is, and no other. Its head is written by hand; the
//! channels and operations below are made from the types.

use events::{EventKind, header};
use serde_json::Value;

use crate::kept::{assert_kept, path};
use crate::specimen::specimens;

const MARK: &str = "# All below is made from the types: UPDATE=1 cargo test -p events\n";

fn kept() -> String {
    std::fs::read_to_string(path("asyncapi.yaml")).unwrap()
}

/// The part that is written by hand, up to the mark and with it.
fn head(document: &str) -> &str {
    let end = document.find(MARK).expect("the mark where the made part of asyncapi.yaml begins");
    &document[..end + MARK.len()]
}

/// A channel for each kind, a message in it for each version, and an operation that receives it.
fn made() -> String {
    let channels: String = EventKind::ALL.into_iter().map(channel).collect();
    let operations: String = EventKind::ALL.into_iter().map(operation).collect();
    format!("channels:\n{channels}operations:\n{operations}")
}

fn channel(kind: EventKind) -> String {
    let (entity, fact) = kind.tokens();
    let entity = entity.as_str();
    let messages: String = (1..=kind.version()).map(|version| message(kind, version)).collect();
    format!(
        "  {kind}:
    address: prov.{{tenant}}.{entity}.{{id}}.{fact}
    parameters:
      tenant:
        $ref: '#/components/parameters/tenant'
      id:
        $ref: '#/components/parameters/{entity}Id'
    messages:
{messages}"
    )
}

fn message(kind: EventKind, version: u32) -> String {
    let meaning = kind.meaning();
    format!(
        "      {kind}.{version}:
        name: rollcall.{kind}
        summary: {meaning:?}
        traits:
          - $ref: '#/components/messageTraits/event'
        payload:
          $ref: ./schema/{kind}.{version}.json
"
    )
}

fn operation(kind: EventKind) -> String {
    format!(
        "  {kind}:
    action: receive
    channel:
      $ref: '#/channels/{kind}'
"
    )
}

/// The document as its readers get it.
fn document() -> Value {
    let text = head(&kept()).to_owned() + &made();
    serde_norway::from_str(&text).unwrap_or_else(|e| panic!("asyncapi.yaml is no YAML: {e}"))
}

/// All that the document refers to.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            found.extend(entries.get("$ref").and_then(Value::as_str).map(str::to_owned));
            entries.values().for_each(|entry| references(entry, found));
        }
        Value::Array(entries) => entries.iter().for_each(|entry| references(entry, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn applications_are_told_to_read_the_feed() {
    let document = document();
    let told = document["info"]["description"].as_str().unwrap();
    for needed in ["read the feed", "Never subscribe"] {
        assert!(told.contains(needed), "asyncapi.yaml does not say {needed:?}");
    }
}

#[test]
fn readers_of_people_are_told_that_a_hold_ends_with_an_alerts_event_alone() {
    let document = document();
    let told = document["info"]["description"].as_str().unwrap();
    let (_, told) = told.split_once("**Who leaves.**").expect("who leaves");
    let told = told.split("- **").next().unwrap_or_default();
    for needed in ["held", "alert.released", "alert.reversed", "alert.people-added", "Batch-Commit"]
    {
        assert!(told.contains(needed), "it does not say {needed:?}: {told}");
    }
}

#[test]
fn every_channel_is_what_its_kind_says() {
    let document = head(&kept()).to_owned() + &made();
    assert_kept("asyncapi.yaml", &document);
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut found = vec![];
    references(&document, &mut found);
    for reference in &found {
        let there = match reference.strip_prefix('#') {
            Some(pointer) => document.pointer(pointer).is_some(),
            None => path(reference).is_file(),
        };
        assert!(there, "asyncapi.yaml refers to {reference}, which is not there");
    }
    assert!(found.len() >= 5 * EventKind::ALL.len(), "only {} references were found", found.len());
}

#[test]
fn every_specimen_was_published_on_a_channel_that_the_document_has() {
    let document = document();
    for specimen in specimens() {
        let channel = &document["channels"][&specimen.name];
        let address = channel["address"].as_str().unwrap();
        let suits = |(told, token): (&str, &str)| told == token || told.starts_with('{');
        let tokens = || address.split('.').zip(specimen.subject.split('.'));
        assert_eq!(tokens().count(), 5, "{} on {}", specimen.subject, address);
        assert!(tokens().all(suits), "{} on {}", specimen.subject, address);

        let message = &channel["messages"][format!("{}.{}", specimen.name, specimen.version)];
        assert_eq!(message["name"], specimen.headers["ce-type"].as_str(), "{address}");
    }
}

#[test]
fn every_header_is_described() {
    let document = document();
    let headers = &document["components"]["messageTraits"]["event"]["headers"];
    let mut described: Vec<&String> = headers["properties"].as_object().unwrap().keys().collect();
    let mut sent = header::ALL.to_vec();
    described.sort();
    sent.sort_unstable();
    assert_eq!(described, sent);
}

#[test]
fn the_headers_of_every_specimen_are_as_described() {
    let document = document();
    let headers = &document["components"]["messageTraits"]["event"]["headers"];
    let schema = jsonschema::options().should_validate_formats(true).build(headers).unwrap();
    for specimen in specimens() {
        let mut sent = serde_json::to_value(&specimen.headers).unwrap();
        let errors: Vec<String> = schema.iter_errors(&sent).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{}: {}", specimen.file, errors.join("; "));

        for required in headers["required"].as_array().unwrap() {
            let required = required.as_str().unwrap();
            let value = sent.as_object_mut().unwrap().remove(required).unwrap();
            assert!(!schema.is_valid(&sent), "{} without {required}", specimen.file);
            sent[required] = value;
        }
    }
}
