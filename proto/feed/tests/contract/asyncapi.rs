//! `asyncapi.yaml` names every fact there is, and no other. Its head is written by hand; the channels and
//! operations below are made from the types.

use feed::{Fact, header};
use serde_json::Value;

use crate::kept::{assert_kept, path};
use crate::museum::specimens;

const MARK: &str = "# All below is made from the types: UPDATE=1 cargo test -p feed\n";

fn kept() -> String {
    std::fs::read_to_string(path("asyncapi.yaml")).unwrap()
}

/// The part that is written by hand, up to the mark and with it.
fn head(document: &str) -> &str {
    let end = document.find(MARK).expect("the mark where the made part of asyncapi.yaml begins");
    &document[..end + MARK.len()]
}

/// A channel for each fact, a message in it for each version, and an operation that receives it.
fn made() -> String {
    let channels: String = Fact::ALL.into_iter().map(channel).collect();
    let operations: String = Fact::ALL.into_iter().map(operation).collect();
    format!("channels:\n{channels}operations:\n{operations}")
}

fn channel(fact: Fact) -> String {
    let (entity, token) = (fact.entity().as_str(), fact.token());
    let messages: String = (1..=fact.version()).map(|version| message(fact, version)).collect();
    format!(
        "  {fact}:
    address: feed.{{tenant}}.{entity}.{{id}}.{token}
    parameters:
      tenant:
        $ref: '#/components/parameters/tenant'
      id:
        $ref: '#/components/parameters/{entity}Id'
    messages:
{messages}"
    )
}

fn message(fact: Fact, version: u32) -> String {
    let meaning = fact.meaning();
    format!(
        "      {fact}.{version}:
        name: rollcall.{fact}
        summary: {meaning:?}
        traits:
          - $ref: '#/components/messageTraits/event'
        payload:
          $ref: ./schema/{fact}.{version}.json
"
    )
}

fn operation(fact: Fact) -> String {
    format!(
        "  {fact}:
    action: receive
    channel:
      $ref: '#/channels/{fact}'
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
fn every_channel_is_what_its_fact_says() {
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
    assert!(found.len() >= 5 * Fact::ALL.len(), "only {} references were found", found.len());
}

#[test]
fn readers_are_told_how_to_keep_a_table_and_whom_to_take_for_a_leaver() {
    let document = document();
    let told = document["info"]["description"].as_str().unwrap();
    for needed in ["employee.left", "employee.returned", "ce-sequence", "employee.erased"] {
        assert!(told.contains(needed), "asyncapi.yaml does not say {needed:?}");
    }
}

#[test]
fn every_header_is_described_and_those_of_the_specimens_are_as_described() {
    let document = document();
    let headers = &document["components"]["messageTraits"]["event"]["headers"];
    let mut described: Vec<&String> = headers["properties"].as_object().unwrap().keys().collect();
    let mut sent = header::ATTRIBUTES.to_vec();
    described.sort();
    sent.sort_unstable();
    assert_eq!(described, sent);
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
