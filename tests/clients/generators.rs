//! Clients in Python and TypeScript, generated from the document that the program serves.

use std::fs;
use std::path::Path;
use std::process::Command;

use kit::http::http;
use kit::wait::blocking;
use tempfile::TempDir;

use crate::history::History;
use crate::tools::{file, node, node_package, packages, python, said};

const ALL_WELL: &str = "everything was as documented\n";

/// What a client is told: where, who, and about whom.
fn arguments(history: &History) -> [String; 5] {
    let History { world, company, ada, zoe, .. } = history;
    [world.url(), company.slug.clone(), company.api_token.clone(), ada.clone(), zoe.clone()]
}

/// Writes the document that the program serves.
async fn fetch_document(history: &History, path: &Path) {
    let answer = http().get(format!("{}/api/v1/openapi.json", history.world.url())).send().await;
    let text = answer.expect("an answer").text().await.expect("a text");
    fs::write(path, text).expect("write the document");
}

#[tokio::test]
async fn a_python_client_of_the_document_gets_all_of_it_and_works() {
    let history = History::new().await;
    let place = TempDir::new().expect("make a directory");
    let document = place.path().join("openapi.json");
    fetch_document(&history, &document).await;
    let arguments = arguments(&history);
    let heard = blocking(move || {
        let client = place.path().join("rollcall_client");
        let mut generate = python();
        generate.args(["-m", "openapi_python_client", "generate", "--meta", "none"]);
        // What it leaves out is a warning.
        generate.args(["--fail-on-warning", "--config"]).arg(file("python/generator.yml"));
        generate.arg("--path").arg(document).arg("--output-path").arg(&client);
        said(&mut generate);
        let mut using = python();
        let script = place.path().join("use_client.py");
        fs::copy(file("python/use_client.py"), &script).expect("copy a file");
        said(using.arg(script).args(arguments))
    })
    .await;
    assert_eq!(heard, ALL_WELL);
}

#[tokio::test]
async fn a_typescript_client_of_the_document_compiles_and_works() {
    let history = History::new().await;
    let place = blocking(|| TempDir::new_in(packages()).expect("make a directory")).await;
    fetch_document(&history, &place.path().join("openapi.json")).await;
    let arguments = arguments(&history);
    let heard = blocking(move || {
        let here = place.path();
        let run = |command: &mut Command| said(command.current_dir(here));
        for name in ["use_client.ts", "tsconfig.json"] {
            let source = file("typescript").join(name);
            fs::copy(source, here.join(name)).expect("copy a file");
        }
        let generator = "openapi-typescript/bin/cli.js";
        run(node_package(generator).args(["openapi.json", "--output", "document.ts"]));
        run(node_package("typescript/bin/tsc").args(["--project", "."]));
        run(node().arg("out/use_client.js").args(arguments))
    })
    .await;
    assert_eq!(heard, ALL_WELL);
}
