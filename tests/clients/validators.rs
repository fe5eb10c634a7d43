//! Public validators of `OpenAPI` documents, and who serves the document.

use kit::http::http;
use kit::wait::blocking;
use kit::world::World;
use serde_json::Value;

use crate::apart::Apart;
use crate::document::{self, Document};
use crate::tools::{node_package, python, said};

#[tokio::test]
async fn strict_validators_find_nothing_wrong_with_the_document() {
    let (linted, checked) = blocking(|| {
        let lint = ["lint", "--extends", "recommended", "--format", "json"];
        let linted = said(node_package("@redocly/cli/bin/cli.js").args(lint).arg(document::path()));
        let mut check = python();
        let checked = said(check.args(["-m", "openapi_spec_validator"]).arg(document::path()));
        (linted, checked)
    })
    .await;
    let linted = &linted[linted.find('{').expect("a report")..];
    let report: Value = serde_json::from_str(linted).expect("the report is JSON");
    let totals = &report["totals"];
    assert_eq!((&totals["errors"], &totals["warnings"]), (&0.into(), &0.into()), "{report}");
    assert!(checked.trim_end().ends_with("OK"), "{checked}");
}

#[tokio::test]
async fn every_role_that_serves_the_api_serves_the_document_that_was_reviewed() {
    let world = World::new().await;
    let apart = Apart::of(&world).await;
    let start = |role: &str| apart.start(&[role, "--listen", "127.0.0.1:0"]);
    let (ingest, api) = (start("ingest"), start("api"));
    let reviewed = Document::reviewed();
    for url in [world.url(), ingest.url().await, api.url().await] {
        let served = http().get(format!("{url}/api/v1/openapi.json")).send().await;
        let served = served.expect("an answer").text().await.expect("a text");
        let served: Value = serde_json::from_str(&served).expect("the document is JSON");
        assert_eq!(served, reviewed.0, "{url} serves another document");
    }
}
