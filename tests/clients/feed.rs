//! The feed's contract, as other people's programs read it.

use std::fs;
use std::process::Command;

use kit::http::{Answer, http};
use kit::wait::blocking;
use kit::world::World;
use serde_json::Value;
use tempfile::TempDir;

use crate::apart::Apart;
use crate::history::History;
use crate::tools::{file, node, node_package, packages, python, said};

const ALL_WELL: &str = "everything was as documented\n";

/// The folder with one event of each kind.
fn museum() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto/feed/museum").to_owned()
}

#[tokio::test]
async fn the_official_parser_takes_the_served_document_and_a_generator_makes_types_that_compile() {
    let world = World::new().await;
    let url = format!("{}/api/v1/contract/asyncapi.yaml", world.url());
    let models = blocking(move || {
        let place = TempDir::new_in(packages()).expect("make a directory");
        let here = place.path();
        for name in ["feed_types.mjs", "use_feed_types.ts"] {
            let source = file("typescript").join(name);
            fs::copy(source, here.join(name)).expect("copy a file");
        }
        let run = |command: &mut Command| said(command.current_dir(here));
        let models = run(node().args(["feed_types.mjs", &url, "models"]));
        let bundled = ["--moduleResolution", "bundler", "--module", "esnext"];
        let compile = ["--noEmit", "--strict", "--skipLibCheck", "--types", "node"];
        let mut compiler = node_package("typescript/bin/tsc");
        run(compiler.args(compile).args(bundled).arg("use_feed_types.ts"));
        models
    })
    .await;
    let models: Vec<&str> = models.split_whitespace().collect();
    for name in ["EmployeeDotLeft", "BookingDotClosed", "Employee", "Booking", "Membership"] {
        assert!(models.contains(&name), "{name} is not among {models:?}");
    }
}

#[tokio::test]
async fn the_official_sdks_read_events_over_http_and_as_they_are_on_nats() {
    let history = History::new().await;
    let company = &history.company;
    let url = format!("{}/api/v1/{}/events", history.world.url(), company.slug);
    let arguments = [url, company.api_token.clone(), museum()];
    let heard = blocking(move || {
        let place = TempDir::new_in(packages()).expect("make a directory");
        let script = place.path().join("read_events.mjs");
        fs::copy(file("typescript/read_events.mjs"), &script).expect("copy a file");
        let in_python = said(python().arg(file("python/read_events.py")).args(&arguments));
        let in_javascript = said(node().arg(script).args(&arguments));
        [in_python, in_javascript]
    })
    .await;
    assert_eq!(heard, [ALL_WELL, ALL_WELL]);
}

#[tokio::test]
async fn every_role_that_applications_reach_serves_the_contract_and_no_token_is_asked_for() {
    let world = World::new().await;
    let apart = Apart::of(&world).await;
    let start = |role: &str| apart.start(&[role, "--listen", "127.0.0.1:0"]);
    let (api, deliver) = (start("api"), start("deliver"));
    let http = http();
    for url in [world.url(), api.url().await, deliver.url().await] {
        let ask = async |path: &str| Answer::to(http.get(format!("{url}{path}"))).await;
        let listed = ask("/api/v1/contract").await.answered(200).body;
        let mut paths = vec![listed["asyncapi"].clone(), listed["catalogue"].clone()];
        for event in listed["events"].as_array().expect("a list") {
            for version in event["versions"].as_array().expect("a list") {
                paths.extend([version["schema"].clone(), version["example"].clone()]);
            }
        }
        assert!(paths.len() > 30, "{listed}");
        for path in paths.iter().filter_map(Value::as_str) {
            let answer = ask(path).await.answered(200);
            let tag = answer.header("etag").to_owned();
            assert_eq!(answer.position(), None, "it is nobody's");
            let again = http.get(format!("{url}{path}")).header("if-none-match", tag);
            Answer::to(again).await.answered(304);
            if path.contains("/schemas/") {
                let id = answer.body["$id"].as_str().expect("a schema has an id");
                assert!(id.starts_with("urn:rollcall:feed:"), "{id}");
            }
        }
        let page = ask("/api/v1/contract/catalogue").await;
        assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
        assert!(page.header("content-type").starts_with("text/html"));
        ask("/api/v1/contract/schemas/employee.left.99.json").await.answered(404);
    }
}
