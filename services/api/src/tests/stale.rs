//! What is told of people and teams whose events wait, as they cannot be applied.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use projector::Database;
use serde_json::{Value, json};

use super::history::{ADA, CORE, DESIGN, GLOBEX_READER, READER, YAN, ZOE};
use super::rows::filled;
use super::world::{send, serve};

/// Has an event of `tenant` wait that holds up one thing.
async fn park(database: &Database, slot: &str, seq: u64, tenant: &str, kind: &str, id: &str) {
    let park = format!(
        "INSERT INTO {slot}.parked (tenant, seq, event, happened_at, tries)
             VALUES ('{tenant}', {seq}, 'user.changed', now(), 0);
         INSERT INTO {slot}.parked_keys VALUES ('{tenant}', '{kind}', '{id}', {seq})"
    );
    database.pool().get().await.unwrap().batch_execute(&park).await.unwrap();
}

async fn ask(router: &Router, token: &str, path: &str) -> Value {
    let request = Request::get(format!("/api/v1/{path}"));
    let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    send(router.clone(), request.body(Body::empty()).unwrap()).await.found()
}

/// Who of a list is out of date.
fn stale(list: &Value, id: &str) -> Vec<Value> {
    let rows = list.as_array().expect("a list").iter();
    rows.filter(|row| row["stale"] == json!(true)).map(|row| row[id].clone()).collect()
}

#[tokio::test]
async fn whoever_has_an_event_that_waits_is_told_to_be_stale_and_nobody_else() {
    let database = Database::connect(&Box::pin(filled()).await, 4).await.expect("a database");
    let router = serve(database.clone());
    let core = format!("acme/teams/{CORE}/members");
    let people = async || stale(&ask(&router, READER, "acme/employees").await["employees"], "id");
    assert_eq!(people().await, [Value::Null; 0]);
    assert_eq!(ask(&router, READER, &format!("acme/employees/{ADA}")).await["stale"], json!(false));

    park(&database, "directory", 900, "acme", "person", &ADA.to_string()).await;
    park(&database, "retention", 900, "acme", "person", &ZOE.to_string()).await;
    assert_eq!(people().await, [json!(ADA)]);
    assert_eq!(ask(&router, READER, &format!("acme/employees/{ADA}")).await["stale"], json!(true));
    assert_eq!(ask(&router, READER, &format!("acme/employees/{YAN}")).await["stale"], json!(false));
    assert_eq!(stale(&ask(&router, READER, &core).await["members"], "employeeId"), [json!(ADA)]);
    let leavers = ask(&router, READER, "acme/leavers").await;
    assert_eq!(stale(&leavers["leavers"], "employeeId"), [json!(ZOE)]);
}

#[tokio::test]
async fn a_team_with_an_event_that_waits_is_stale_and_so_are_those_who_are_shown_in_it() {
    let database = Database::connect(&Box::pin(filled()).await, 4).await.expect("a database");
    let router = serve(database.clone());
    park(&database, "teams", 900, "acme", "team", &CORE.to_string()).await;
    let teams = ask(&router, READER, "acme/teams").await;
    assert_eq!(stale(&teams["teams"], "id"), [json!(CORE)]);
    assert_eq!(ask(&router, READER, &format!("acme/teams/{CORE}")).await["stale"], json!(true));
    assert_eq!(ask(&router, READER, &format!("acme/teams/{DESIGN}")).await["stale"], json!(false));
    let ada = ask(&router, READER, &format!("acme/employees/{ADA}")).await;
    assert_eq!(ada["stale"], json!(true), "her team is");
    let members = ask(&router, READER, &format!("acme/teams/{CORE}/members")).await;
    assert!(members["members"].as_array().unwrap().iter().all(|m| m["stale"] == json!(true)));
}

#[tokio::test]
async fn an_event_that_may_be_about_anybody_makes_all_of_its_tenant_stale_and_no_other() {
    let database = Database::connect(&Box::pin(filled()).await, 4).await.expect("a database");
    let router = serve(database.clone());
    let nil = uuid::Uuid::nil().to_string();
    park(&database, "directory", 900, "acme", "everything", &nil).await;
    let count = |list: &Value| (stale(list, "id").len(), list.as_array().unwrap().len());
    let (told, all) = count(&ask(&router, READER, "acme/employees").await["employees"]);
    assert_eq!(told, all);
    let (told, all) = count(&ask(&router, GLOBEX_READER, "globex/employees").await["employees"]);
    assert_eq!((told, all > 0), (0, true));
}
