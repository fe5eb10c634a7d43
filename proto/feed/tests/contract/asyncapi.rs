//! `asyncapi.yaml` names every fact there is, and no other. Its head is written by hand; the channels and
//! operations below are made from the types.

use contract::{AsyncApi, Listed, assert_headers_are_described};
use feed::{Fact, header};

use crate::KEPT;
use crate::museum::specimens;

/// A channel for each fact, with a message for each version.
fn asyncapi() -> AsyncApi {
    let listing = Fact::ALL.map(|fact| {
        let (entity, version) = (fact.entity().as_str(), fact.version());
        Listed { entity, fact: fact.token(), version, meaning: fact.meaning() }
    });
    AsyncApi::of(KEPT, "feed", &listing)
}

#[test]
fn every_channel_is_what_its_fact_says() {
    asyncapi().assert_kept();
}

#[test]
fn every_reference_leads_somewhere() {
    asyncapi().assert_references_lead_somewhere();
}

#[test]
fn readers_are_told_how_to_keep_a_table_and_whom_to_take_for_a_leaver() {
    let document = asyncapi().document();
    let told = document["info"]["description"].as_str().unwrap();
    for needed in ["employee.left", "employee.returned", "ce-sequence", "employee.erased"] {
        assert!(told.contains(needed), "asyncapi.yaml does not say {needed:?}");
    }
}

#[test]
fn every_header_is_described_and_those_of_the_specimens_are_as_described() {
    let specimens = specimens();
    let sent = specimens.iter().map(|specimen| (specimen.file.as_str(), &specimen.headers));
    assert_headers_are_described(&asyncapi().document(), &header::ATTRIBUTES, sent);
}
