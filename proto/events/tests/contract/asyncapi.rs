//! `asyncapi.yaml` names every event there is, and no other. Its head is written by hand; the
//! channels and operations below are made from the types.

use contract::{AsyncApi, Listed, assert_headers_are_described};
use events::{EventKind, header};

use crate::KEPT;
use crate::specimen::specimens;

/// A channel for each kind, with a message for each version.
fn asyncapi() -> AsyncApi {
    let listing = EventKind::ALL.map(|kind| {
        let (entity, fact) = kind.tokens();
        let entity = entity.as_str();
        Listed { entity, fact, version: kind.version(), meaning: kind.meaning() }
    });
    AsyncApi::of(KEPT, "prov", &listing)
}

#[test]
fn applications_are_told_to_read_the_feed() {
    let document = asyncapi().document();
    let told = document["info"]["description"].as_str().unwrap();
    for needed in ["read the feed", "Never subscribe"] {
        assert!(told.contains(needed), "asyncapi.yaml does not say {needed:?}");
    }
}

#[test]
fn readers_of_people_are_told_that_a_hold_ends_with_an_alerts_event_alone() {
    let document = asyncapi().document();
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
    asyncapi().assert_kept();
}

#[test]
fn every_reference_leads_somewhere() {
    asyncapi().assert_references_lead_somewhere();
}

#[test]
fn every_specimen_was_published_on_a_channel_that_the_document_has() {
    let document = asyncapi().document();
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
fn every_header_is_described_and_those_of_the_specimens_are_as_described() {
    let specimens = specimens();
    let sent = specimens.iter().map(|specimen| (specimen.file.as_str(), &specimen.headers));
    assert_headers_are_described(&asyncapi().document(), &header::ALL, sent);
}
