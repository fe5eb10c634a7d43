//! The document names every route of the JSON API, and no other.

use std::collections::{BTreeMap, BTreeSet};

use access::{Settings, WriteAccess};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request};
use eventlog::{Log, LogOptions};
use projector::Database;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use writer::Writer;

use super::history::noon;
use super::world::{document, is_served_elsewhere, positions, unlimited, with_document};
use crate::ReadApi;

/// Both sides of the API, as `up` serves them. Nobody is let in, so that nothing has to be there.
async fn both_sides() -> (Router, embedded::Nats) {
    let nats = tokio::task::spawn_blocking(embedded::Nats::start_for_tests).await;
    let nats = nats.expect("no panic").expect("start nats-server");
    let log = Log::open(&nats.url(), LogOptions::default()).await.expect("open the log");
    let stop = CancellationToken::new();
    let writer = Writer::start(log, None, false, &watch::Sender::default(), stop).await;
    let access = WriteAccess::new(writer.expect("start the writer"), Settings::default());
    let url = super::rows::empty().await;
    let database = Database::connect(&url, 2).await.expect("a database");
    let reads = crate::reads(ReadApi::new(database, positions(), noon, unlimited()));
    (with_document(reads.merge(crate::commands(&access))), nats)
}

/// The paths that a router has below `/api/v1/{tenant}`. Routers list them in their debug output
/// and nowhere else.
fn paths(router: &Router) -> BTreeSet<String> {
    let shown = format!("{router:?}");
    let quoted = shown.split('"').filter(|text| text.starts_with("/api/v1/{tenant}"));
    quoted.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_tenant_may_be_called_as_the_contract_is() {
    let of_acme = super::world::get("/api/v1/contract/teams").await;
    of_acme.refused(403, &["another tenant"]);
    assert_eq!(super::world::get("/api/v1/contract").await.status, 200);
}

#[tokio::test]
async fn every_route_is_documented_and_every_documented_operation_is_routed() {
    let document = document();
    let mut documented = BTreeMap::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let operations = item.as_object().expect("a path item").iter();
        let here = operations.filter(|(_, operation)| !is_served_elsewhere(operation));
        let methods: BTreeSet<String> = here.map(|(name, _)| name.to_uppercase()).collect();
        if !methods.is_empty() {
            documented.insert(path.clone(), methods);
        }
    }
    let (router, _nats) = both_sides().await;
    let mut served = BTreeMap::new();
    for path in paths(&router) {
        // No route has this method, so the answer names those that there are.
        let request = Request::builder().method(Method::TRACE).uri(path.replace(['{', '}'], "x"));
        let request = request.body(Body::empty()).expect("a request");
        let answer = router.clone().oneshot(request).await.expect("routers always answer");
        assert_eq!(answer.status(), 405, "{path}");
        let allowed = answer.headers()["allow"].to_str().expect("methods");
        let methods = allowed.split(',').filter(|method| *method != "HEAD").map(str::to_owned);
        served.insert(path, methods.collect::<BTreeSet<String>>());
    }
    assert!(!served.is_empty(), "the router does not show its paths any more");
    assert_eq!(documented, served);
}

#[test]
fn every_operation_has_a_name_that_is_no_reserved_word() {
    const RESERVED: [&str; 7] = ["import", "put", "delete", "reset", "from", "class", "new"];
    let document = document();
    let operations = document["paths"].as_object().expect("paths").values();
    let operations = operations.flat_map(|item| item.as_object().expect("an item").values());
    let names: Vec<&str> =
        operations.map(|one| one["operationId"].as_str().expect("an operation id")).collect();
    let different: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(different.len(), names.len(), "{names:?}");
    assert!(names.iter().all(|name| !RESERVED.contains(name)), "{names:?}");
}
