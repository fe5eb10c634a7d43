//! The SCIM side of the fake server.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::{Shared, Store};

type Body = axum::body::Bytes;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/scim/v2/acme/{kind}", get(list).post(create))
        .route("/scim/v2/acme/{kind}/{id}", get(read).patch(patch).delete(delete))
}

async fn list(
    State(shared): State<Arc<Shared>>,
    Path(kind): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let store = shared.store.lock().unwrap();
    let mut all: Vec<Value> = match kind.as_str() {
        "Users" => store.users.values().cloned().map(Value::Object).collect(),
        _ => store
            .groups
            .keys()
            .map(|id| group(&store, id, !query.contains_key("excludedAttributes")))
            .collect(),
    };
    if let Some(filter) = query.get("filter") {
        let (path, literal) = filter.split_once(" eq ").unwrap();
        let wanted: String = serde_json::from_str(literal).unwrap();
        all.retain(|resource| match (path, resource[path].as_str()) {
            ("externalId", value) => value == Some(&wanted),
            (_, value) => value.is_some_and(|v| v.to_lowercase() == wanted.to_lowercase()),
        });
    }
    let total = all.len();
    let number = |key: &str, otherwise| query.get(key).map_or(otherwise, |n| n.parse().unwrap());
    let (start, count): (usize, usize) = (number("startIndex", 1), number("count", 100));
    let page: Vec<_> = all.into_iter().skip(start - 1).take(count).collect();
    Json(json!({"totalResults": total, "startIndex": start, "Resources": page})).into_response()
}

async fn create(
    State(shared): State<Arc<Shared>>,
    Path(kind): Path<String>,
    body: Body,
) -> Response {
    let body: Map<String, Value> = serde_json::from_slice(&body).unwrap();
    let mut store = shared.store.lock().unwrap();
    let made = match kind.as_str() {
        "Users" => store.create_user(body),
        _ => store.create_group(body),
    };
    match made {
        Some(made) => answer(&store, StatusCode::CREATED, Value::Object(made)),
        None => answer(&store, StatusCode::CONFLICT, json!({"scimType": "uniqueness"})),
    }
}

async fn read(
    State(shared): State<Arc<Shared>>,
    Path((kind, id)): Path<(String, String)>,
) -> Response {
    let store = shared.store.lock().unwrap();
    let found = match kind.as_str() {
        "Users" => store.users.get(&id).cloned().map(Value::Object),
        _ => store.groups.contains_key(&id).then(|| group(&store, &id, false)),
    };
    match found {
        Some(found) => Json(found).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn patch(
    State(shared): State<Arc<Shared>>,
    Path((kind, id)): Path<(String, String)>,
    body: Body,
) -> Response {
    let mut store = shared.store.lock().unwrap();
    let body = serde_json::from_slice(&body).unwrap();
    match (store.patch(kind == "Groups", &id, &body), store.users.get(&id)) {
        (false, _) => StatusCode::NOT_FOUND.into_response(),
        (true, Some(user)) => answer(&store, StatusCode::OK, Value::Object(user.clone())),
        (true, None) => answer(&store, StatusCode::NO_CONTENT, Value::Null),
    }
}

async fn delete(
    State(shared): State<Arc<Shared>>,
    Path((kind, id)): Path<(String, String)>,
) -> Response {
    let mut store = shared.store.lock().unwrap();
    let was_there = if kind == "Users" { store.delete_user(&id) } else { store.delete_group(&id) };
    let status = if was_there { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND };
    answer(&store, status, Value::Null)
}

fn group(store: &Store, id: &str, with_members: bool) -> Value {
    let mut group = store.groups[id].clone();
    if with_members {
        let members = store.members.keys().filter(|(group, _)| group == id);
        let members: Vec<_> = members.map(|(_, user)| json!({"value": user})).collect();
        group.insert("members".into(), json!(members));
    }
    Value::Object(group)
}

fn answer(store: &Store, status: StatusCode, body: Value) -> Response {
    let position = [("rollcall-position", store.position.to_string())];
    match body {
        Value::Null => (status, position).into_response(),
        body => (status, position, Json(body)).into_response(),
    }
}
