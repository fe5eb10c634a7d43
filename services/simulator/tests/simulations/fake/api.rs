//! The read API of the fake server.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::Shared;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/api/v1/acme/employees", get(employees))
        .route("/api/v1/acme/teams", get(teams))
        .route("/api/v1/acme/teams/{id}/members", get(members))
        .route("/api/v1/acme/bookings/{id}", put(booking))
        .route("/api/v1/acme/bookings/import", post(import))
}

async fn employees(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Json<Value> {
    let store = shared.store.lock().unwrap();
    let all = store.employees.iter().map(|(id, (resource, known, is_active))| {
        json!({
            "id": id,
            "resourceId": store.users.contains_key(resource).then_some(resource),
            "userName": known["userName"],
            "externalId": known.get("externalId"),
            "displayName": known.get("displayName"),
            "standing": if *is_active { "active" } else { "former" },
        })
    });
    Json(page("employees", all.collect(), &query))
}

async fn teams(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Json<Value> {
    let store = shared.store.lock().unwrap();
    let all = store.groups.values().map(|group| {
        json!({
            "id": group["id"],
            "name": group["displayName"],
            "description": group.get("description"),
            "externalId": group.get("externalId"),
            "origin": "synced",
        })
    });
    Json(page("teams", all.collect(), &query))
}

async fn members(
    State(shared): State<Arc<Shared>>,
    Path(team): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Json<Value> {
    let store = shared.store.lock().unwrap();
    let first = |user: &str| {
        let memberships = store.members.iter().filter(|((_, member), _)| member == user);
        memberships.min_by_key(|(_, since)| **since).map(|((group, _), _)| group.clone())
    };
    let employee = |user: &str| {
        let mut employees = store.employees.iter();
        employees.find(|(_, (resource, ..))| resource == user).map(|(id, _)| id.clone())
    };
    let all = store.members.keys().filter(|(group, _)| *group == team).filter_map(|(_, user)| {
        let is_primary = first(user).as_ref() == Some(&team);
        Some(json!({
            "employeeId": employee(user)?,
            "kind": if is_primary { "primary" } else { "additional" },
            "origin": "synced",
        }))
    });
    Json(page("members", all.collect(), &query))
}

async fn booking(Path(id): Path<String>, Json(body): Json<Value>) {
    assert!(id.contains('/') && body["startsAt"].is_string(), "{id}: {body}");
    assert_eq!(body.get("reference"), None, "the reference stands in the path");
}

async fn import(body: String) -> String {
    let refused = |line: &str| serde_json::from_str::<Value>(line).unwrap()["reference"].is_null();
    let answers = body.lines().enumerate().map(|(number, line)| {
        let status = if refused(line) { "refused" } else { "recorded" };
        format!("{}\n", json!({"line": number + 1, "status": status}))
    });
    answers.collect()
}

/// Small pages, so that cursors are followed.
fn page(key: &str, all: Vec<Value>, query: &BTreeMap<String, String>) -> Value {
    let start: usize = query.get("after").map_or(0, |after| after.parse().unwrap());
    let next = (start + 7 < all.len()).then(|| (start + 7).to_string());
    json!({key: all.into_iter().skip(start).take(7).collect::<Vec<_>>(), "next": next})
}
