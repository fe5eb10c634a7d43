//! `/api/v1/contract`: what applications are told, as documents and as a page. None of it is anybody's, so
//! it needs no token.

mod catalogue;
mod fields;
mod place;
mod served;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use axum::{Router, http::header};
use feed::{ASYNCAPI, Fact, PUBLISHED};
use serde_json::{Value, json};
use web::{Problem, note_routes};

use self::place::PATH;
use self::served::Served;

/// The contract's documents. They are made once: whoever asks for them without reading makes nothing
/// grow. `openapi` is where the document of the JSON API is.
pub(crate) fn routes(openapi: &str) -> Router {
    let list = Served::new("application/json", pretty(&list(openapi)));
    let asyncapi = Served::new("application/yaml", at_these_paths(ASYNCAPI));
    let page = catalogue::page();
    let router = Router::new()
        .route(PATH, get(async move |asked: HeaderMap| list.answer(&asked)))
        .route(
            &format!("{PATH}/asyncapi.yaml"),
            get(async move |asked: HeaderMap| asyncapi.answer(&asked)),
        )
        .route(&format!("{PATH}/schemas/{{name}}"), get(schema))
        .route(&format!("{PATH}/examples/{{name}}"), get(example))
        .route(
            &format!("{PATH}/catalogue"),
            get(async move |asked: HeaderMap| {
                let mut answer = page.html.answer(&asked);
                let policy = page.policy.parse().expect("a policy is of ASCII letters and signs");
                answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
                answer
            }),
        );
    note_routes(router)
}

/// The JSON Schema of a shape that was published once: `<entity>.<fact>.<version>.json`.
async fn schema(Path(name): Path<String>, asked: HeaderMap) -> Result<Response, Problem> {
    let published = published(&name)?;
    Ok(Served::new("application/schema+json", published.schema.to_owned()).answer(&asked))
}

/// An event of that shape, as it comes over HTTP.
async fn example(Path(name): Path<String>, asked: HeaderMap) -> Result<Response, Problem> {
    let example = pretty(&catalogue::cloud_event(published(&name)?));
    Ok(Served::new("application/cloudevents+json", example).answer(&asked))
}

fn published(file: &str) -> Result<&'static feed::Published, Problem> {
    let found = PUBLISHED.iter().find(|one| file.strip_suffix(".json") == Some(one.name));
    found.ok_or_else(|| {
        let detail = format!("there is no {file:?}; {PATH} lists what there is");
        Problem::new(StatusCode::NOT_FOUND, detail)
    })
}

/// The document as it is in the repository, whose schemas are here in a place of another name.
fn at_these_paths(asyncapi: &str) -> String {
    asyncapi.replace("$ref: ./schema/", "$ref: ./schemas/")
}

/// Everything that there is, by fact: what it is, and where its schemas are.
fn list(openapi: &str) -> Value {
    let events: Vec<Value> = Fact::ALL.into_iter().map(event).collect();
    json!({
        "asyncapi": format!("{PATH}/asyncapi.yaml"),
        "catalogue": format!("{PATH}/catalogue"),
        "openapi": openapi,
        "events": events,
    })
}

fn event(fact: Fact) -> Value {
    let name = fact.name();
    let versions: Vec<Value> = (1..=fact.version())
        .map(|version| {
            json!({
                "version": version,
                "dataschema": format!("urn:rollcall:feed:{name}:{version}"),
                "schema": format!("{PATH}/schemas/{name}.{version}.json"),
                "example": format!("{PATH}/examples/{name}.{version}.json"),
            })
        })
        .collect();
    json!({
        "name": name,
        "type": format!("rollcall.{name}"),
        "summary": fact.meaning(),
        "note": fact.note(),
        "subject": format!("feed.{{tenant}}.{}.{{id}}.{}", fact.entity().as_str(), fact.token()),
        "versions": versions,
    })
}

fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a value is JSON");
    text.push('\n');
    text
}
