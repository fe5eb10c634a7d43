//! The document says what the routes do, and the routes do what the document says.

use std::collections::BTreeSet;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use axum::routing::post;
use events::Scope;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::history::{ADA, ALERT, CORE, READER, ZOE, token_for};
use super::world::{document, get, get_as, is_served_elsewhere, send, served};
use web::Problem;

/// Each read with a path that can be asked for.
fn reads(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        let id = match path {
            path if path.contains("/teams/") => CORE.to_string(),
            path if path.contains("/alerts/") => ALERT.to_string(),
            _people => ADA.to_string(),
        };
        let asked = path
            .replace("{tenant}", "acme")
            .replace("{id}", &id)
            .replace("{reference}", "bk-225")
            .replace("{employee}", &ZOE.to_string());
        let item = item.as_object().expect("a path item");
        let reads = item
            .iter()
            .filter(|(method, operation)| *method == "get" && !is_served_elsewhere(operation));
        reads.map(move |(method, operation)| (method.to_uppercase(), asked.clone(), operation))
    });
    operations.collect()
}

#[tokio::test]
async fn the_document_that_is_served_is_the_one_that_is_checked() {
    let request = Request::get(crate::PATH).body(Body::empty()).unwrap();
    let served = send(served().await, request).await;
    assert_eq!(served.status, 200, "the document needs no token");
    assert_eq!(served.body, document());
}

#[tokio::test]
async fn every_documented_operation_is_served_and_answers_as_documented() {
    let document = document();
    let operations = reads(&document);
    assert_eq!(operations.len(), 15);
    for (_, path, operation) in operations {
        let body = get(&path).await.found();
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        check(&document, schema, &body, &path);
    }
}

#[tokio::test]
async fn every_refusal_is_documented_and_looks_as_documented() {
    let document = document();
    for (_, path, operation) in reads(&document) {
        let without_token = Request::get(&path).body(Body::empty()).unwrap();
        let foreign = path.replace("acme", "globex");
        let odd = format!("{path}?%FF");
        for (status, reply) in [
            (401, send(served().await, without_token).await),
            (403, get(&foreign).await),
            (400, get(&odd).await),
        ] {
            let reply = reply.refused(status, &[]);
            let response = response(&document, operation, status);
            let schema = &response["content"]["application/problem+json"]["schema"];
            check(&document, schema, &reply.body, &path);
            for name in response["headers"].as_object().expect("headers").keys() {
                // The server adds the id of the request and the position, whoever answers it.
                let of_all = ["X-Request-Id", "Rollcall-Position"].contains(&name.as_str());
                let there = of_all || !reply.header(name).is_empty();
                assert!(there, "{path}: {status} lacks {name}");
            }
        }
    }
}

#[tokio::test]
async fn an_operation_needs_the_scope_that_is_documented_and_no_other() {
    let document = document();
    for (_, path, operation) in reads(&document) {
        let needed = operation["security"][0]["apiToken"][0].as_str().expect("a scope");
        for scope in Scope::ALL {
            let reply = get_as(&token_for(scope), &path).await;
            if scope.as_str() == needed {
                reply.found();
            } else {
                reply.refused(403, &[needed]);
            }
        }
    }
}

#[tokio::test]
async fn the_parameters_that_are_documented_are_those_that_are_known() {
    let document = document();
    for (_, path, operation) in reads(&document) {
        let parameters = operation["parameters"].as_array().expect("parameters");
        let documented: BTreeSet<&str> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "query")
            .map(|parameter| parameter["name"].as_str().expect("a name"))
            .collect();
        // A stranger is refused with the names of those that there are.
        let reply = get(&format!("{path}?stranger=1")).await.refused(400, &["`stranger`"]);
        let detail = reply.body["detail"].as_str().expect("a detail");
        let known: BTreeSet<&str> = detail.split('`').skip(1).step_by(2).skip(1).collect();
        assert_eq!(known, documented, "{path}: {detail}");
    }
}

/// The commands on these paths come from another crate.
#[tokio::test]
async fn the_read_api_only_reads() {
    let document = document();
    for (_, path, _) in reads(&document) {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let request = Request::builder().method(method).uri(&path);
            let request = request.header(header::AUTHORIZATION, format!("Bearer {READER}"));
            send(served().await, request.body(Body::empty()).unwrap()).await.refused(405, &[&path]);
        }
    }
}

#[tokio::test]
async fn commands_share_the_paths_of_reads() {
    let commands = Router::new().route("/api/v1/{tenant}/teams", post(async || "made"));
    let ask = async |method: Method| {
        let request = Request::builder().method(method).uri("/api/v1/acme/teams");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {READER}"));
        let router = served().await.merge(commands.clone());
        router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    };
    assert_eq!(ask(Method::GET).await.status(), 200);
    assert_eq!(ask(Method::POST).await.status(), 200);
    let refused = ask(Method::PATCH).await;
    assert_eq!(refused.status(), 405);
    assert_eq!(refused.headers()["allow"], "GET,HEAD,POST");
    assert_eq!(refused.headers()["content-type"], Problem::MEDIA_TYPE);
}

#[test]
fn every_schema_is_valid_and_every_reference_leads_somewhere() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    for (name, schema) in schemas {
        jsonschema::draft202012::meta::validate(schema).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    let mut references = BTreeSet::new();
    visit(&document, &mut |fields| {
        references.extend(fields.get("$ref").and_then(Value::as_str));
    });
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("a reference within the document");
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

/// JSON Schema counts characters, and what people write into the log is bounded in bytes.
#[test]
fn only_what_is_counted_in_characters_has_a_greatest_length() {
    let document = document();
    let mut bounded = BTreeSet::new();
    visit(&document, &mut |fields| {
        let schema = fields.get("schema").unwrap_or(&Value::Null);
        if schema.get("maxLength").is_some() {
            bounded.insert(fields.get("name").map_or("a header", |name| name.as_str().unwrap()));
        }
        let properties = fields.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            assert!(property.get("maxLength").is_none(), "{name}: {property}");
        }
    });
    assert_eq!(bounded, BTreeSet::from(["a header", "q", "tenant"]));
}

#[test]
fn descriptions_are_for_whoever_calls_and_not_about_the_code() {
    visit(&document(), &mut |fields| {
        let description = fields.get("description").and_then(Value::as_str).unwrap_or_default();
        for odd in ["[`", "::", "How the document"] {
            assert!(!description.contains(odd), "{description}");
        }
    });
}

/// Shows each object of the document.
fn visit<'d>(value: &'d Value, show: &mut impl FnMut(&'d serde_json::Map<String, Value>)) {
    match value {
        Value::Object(fields) => {
            show(fields);
            fields.values().for_each(|field| visit(field, show));
        }
        Value::Array(items) => items.iter().for_each(|item| visit(item, show)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `openapi.json` is kept beside the crate so that a change to the contract shows in review. Run
/// the test with `UPDATE=1` to accept one.
#[test]
fn the_document_is_the_one_that_was_reviewed() {
    let now = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file, &now).expect("openapi.json can be written");
    }
    let reviewed = std::fs::read_to_string(file).unwrap_or_default();
    assert!(reviewed == now, "openapi.json is out of date; UPDATE=1 cargo test -p api writes it");
}

/// What is documented of an answer.
fn response<'d>(document: &'d Value, operation: &'d Value, status: u16) -> &'d Value {
    let response = &operation["responses"][status.to_string()];
    match response["$ref"].as_str().and_then(|path| path.strip_prefix('#')) {
        Some(pointer) => document.pointer(pointer).expect("a reference that leads somewhere"),
        None => response,
    }
}

/// Checks `body` against a schema of the document.
#[track_caller]
fn check(document: &Value, schema: &Value, body: &Value, path: &str) {
    assert!(schema.is_object(), "{path}: the answer has no documented schema");
    let whole = json!({ "allOf": [schema], "components": document["components"] });
    let validator = jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&whole)
        .expect("a valid schema");
    let errors: Vec<String> = validator
        .iter_errors(body)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{path}: {errors:?} in {body}");
}
