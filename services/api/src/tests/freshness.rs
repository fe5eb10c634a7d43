//! Reading one's own writes: `Rollcall-After`.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use axum::response::IntoResponse;
use events::Seq;
use projector::Database;
use web::position::Seen;

use super::history::{ACME, GLOBEX, READER, noon};
use super::rows::{empty, end, fill, filled};
use super::world::{Reply, positions, send, serve, served, with_document};
use crate::ReadApi;
use crate::reads::min_position::MinPosition;
use crate::reads::read_error::ReadError;
use crate::reads::snapshot::ReadSession;

/// What Acme was told of a position.
fn told(position: Seq) -> String {
    positions().encrypt(&ACME.parse().unwrap(), position)
}

async fn ask(router: Router) -> Reply {
    ask_after(router, &told(Seq(0))).await
}

async fn ask_after(router: Router, position: &str) -> Reply {
    let request = Request::get("/api/v1/acme/employees")
        .header(header::AUTHORIZATION, format!("Bearer {READER}"))
        .header("Rollcall-After", position);
    send(router, request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn an_answer_tells_how_much_it_has_seen() {
    let reply = ask_after(served().await, &told(end())).await;
    assert_eq!(reply.seen, Some(end()));
    reply.found();
}

#[tokio::test]
async fn a_refusal_tells_how_much_was_seen_as_well() {
    let url = Box::pin(filled()).await;
    let database = Database::connect(&url, 2).await.expect("a database");
    let api = ReadApi::new(database, positions(), noon, super::world::unlimited());
    // From now on it is known how far the read models are, whatever is asked.
    api.probe().well().await;
    let router = with_document(crate::reads(api));
    let nobody = format!("/api/v1/acme/employees/{}", uuid::Uuid::nil());
    for (token, path, status) in [
        (READER, nobody.as_str(), 404),
        (READER, "/api/v1/acme/employees?limit=0", 400),
        ("rct_nobody", "/api/v1/acme/employees", 401),
    ] {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        let reply = send(router.clone(), request.body(Body::empty()).unwrap()).await;
        let reply = reply.refused(status, &[]);
        assert_eq!(reply.seen, Some(end()), "{status}");
    }
}

#[tokio::test]
async fn an_answer_that_would_be_too_old_is_not_given() {
    let database = Database::connect(&Box::pin(filled()).await, 2).await.expect("a database");
    let api = ReadApi::new(database, positions(), noon, super::world::unlimited())
        .with_patience(Duration::from_millis(20));
    let router = with_document(crate::reads(api));
    let reply = ask_after(router, &told(end().next())).await;
    let reply = reply.refused(503, &["Rollcall-After"]);
    assert_eq!(reply.header("retry-after"), "1");
    assert_eq!(reply.seen, Some(end()));
    let detail = reply.body["detail"].as_str().unwrap();
    assert!(!detail.contains(|letter: char| letter.is_ascii_digit()), "{detail} shows a position");
}

#[tokio::test]
async fn of_several_positions_the_furthest_counts() {
    let database = Database::connect(&Box::pin(filled()).await, 2).await.expect("a database");
    let api = ReadApi::new(database, positions(), noon, super::world::unlimited())
        .with_patience(Duration::from_millis(20));
    let router = with_document(crate::reads(api));
    let list = |last: Seq| format!("{}, {},{}", told(last), told(Seq(0)), told(Seq(1)));
    ask_after(router.clone(), &list(end())).await.found();
    ask_after(router.clone(), &list(end().next())).await.refused(503, &[]);
    let many = vec![told(Seq(1)); 65].join(",");
    ask_after(router, &many).await.refused(400, &["65", "64"]);
}

#[tokio::test]
async fn a_position_is_what_the_tenant_was_told() {
    let foreign = positions().encrypt(&GLOBEX.parse().unwrap(), Seq(1));
    let forged = web::PositionCipher::new(&[8; 32]).encrypt(&ACME.parse().unwrap(), Seq(1));
    let listed = format!("{},7", told(Seq(1)));
    for bad in ["soon", "0", "7", "", ",", &foreign, &forged, &listed] {
        ask_after(served().await, bad).await.refused(400, &["Rollcall-After", "as it is"]);
    }
}

#[tokio::test]
async fn without_read_models_nothing_is_answered() {
    let url = empty().await;
    let router = serve(Database::connect(&url, 2).await.expect("a database"));
    let reply = ask(router.clone()).await.refused(503, &["again"]);
    assert_eq!(reply.header("retry-after"), "1");
    fill(&url).await;
    ask_after(router, &told(end())).await.found();
}

#[tokio::test]
async fn a_snapshot_does_not_move_while_it_is_looked_at() {
    let database = Database::connect(&Box::pin(filled()).await, 2).await.expect("a database");
    let acme = ACME.parse().unwrap();
    let mut session =
        ReadSession::new(database.pool().get().await.unwrap(), true, end(), &["directory"]);
    let snapshot = session.snapshot(&acme).await.expect("a snapshot");
    let before = directory::queries::counts(&*snapshot, &acme).await.unwrap();
    let elsewhere = database.pool().get().await.unwrap();
    projector::search_in(&elsewhere, &["directory"]).await.unwrap();
    elsewhere.batch_execute("DELETE FROM directory.employees").await.unwrap();
    assert_eq!(directory::queries::counts(&*snapshot, &acme).await.unwrap(), before);
    let after = directory::queries::counts(&elsewhere, &acme).await.unwrap();
    assert_ne!(after, before, "another snapshot sees what has happened");
}

/// Switches to a slot that is one event behind, as an operator may who has to roll back.
async fn switch_to_one_behind(database: &Database, slot: &str) {
    let switch = format!(
        "BEGIN;
         CREATE SCHEMA behind;
         CREATE TABLE behind.checkpoint AS TABLE {slot}.checkpoint;
         UPDATE behind.checkpoint SET seq = seq - 1, goal = 0;
         CREATE TABLE behind.parked_keys AS TABLE {slot}.parked_keys;
         GRANT USAGE ON SCHEMA behind TO rollcall_reader;
         GRANT SELECT ON ALL TABLES IN SCHEMA behind TO rollcall_reader;
         ALTER SCHEMA {slot} RENAME TO was_live;
         ALTER SCHEMA behind RENAME TO {slot};
         COMMIT"
    );
    database.pool().get().await.unwrap().batch_execute(&switch).await.unwrap();
}

#[tokio::test]
async fn an_answer_tells_the_position_of_what_it_shows_though_a_slot_was_switched_before_it() {
    let database = Database::connect(&Box::pin(filled()).await, 3).await.expect("a database");
    let api = ReadApi::new(database.clone(), positions(), noon, super::world::unlimited());
    let acme = ACME.parse().unwrap();
    let schemas = ["directory", "teams"];
    let mut session =
        api.session(&acme, MinPosition::default(), &schemas).await.expect("a session");
    let after = MinPosition::of(&positions(), &acme, end());
    let mut needs_all = api.session(&acme, after, &schemas).await.expect("a session");
    switch_to_one_behind(&database, "teams").await;

    let snapshot = session.snapshot(&acme).await.expect("a snapshot");
    let Some(Seen(seen)) = snapshot.answer(()).into_response().extensions().get().copied() else {
        panic!("the answer does not say how far it is")
    };
    assert_eq!(seen.next(), end());
    let refused = needs_all.snapshot(&acme).await.err().expect("it does not show what is needed");
    assert!(
        matches!(refused, ReadError::Behind { wanted, reached }
            if wanted == end() && reached.next() == end()),
        "{refused}"
    );
}

#[tokio::test]
async fn a_read_model_that_is_being_built_is_not_shown_by_halves() {
    let database = Database::connect(&Box::pin(filled()).await, 2).await.expect("a database");
    let api = ReadApi::new(database.clone(), positions(), noon, super::world::unlimited());
    let probe = api.probe().clone();
    let router = with_document(crate::reads(api));
    let client = database.pool().get().await.unwrap();
    for (schema, path) in [
        // The directory knows who may read, so that without it nothing is told to anybody.
        ("directory", "/api/v1/acme/employees"),
        ("directory", "/api/v1/acme/teams"),
        ("teams", "/api/v1/acme/teams"),
        ("retention", "/api/v1/acme/leavers"),
    ] {
        let goal = format!("UPDATE {schema}.checkpoint SET goal = seq + ");
        client.batch_execute(&format!("{goal} 1")).await.unwrap();
        let asked = async |token: &str| {
            let request =
                Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
            send(router.clone(), request.body(Body::empty()).unwrap()).await
        };
        let reply = asked(READER).await.refused(503, &[schema, "being built"]);
        assert_eq!(reply.header("retry-after"), "1");
        if schema == "directory" {
            // Not 401: it may only not be there yet.
            asked("somebody").await.refused(503, &[schema]);
        }
        while !probe.check().is_err_and(|why| why.contains(schema) && why.contains("built")) {
            tokio::task::yield_now().await;
        }
        client.batch_execute(&format!("{goal} 0")).await.unwrap();
        asked(READER).await.found();
        probe.well().await;
    }
}

#[tokio::test]
async fn a_token_is_not_unknown_at_the_moment_at_which_the_directory_becomes_whole() {
    let database = Database::connect(&Box::pin(filled()).await, 4).await.expect("a database");
    let router = serve(database.clone());
    let client = database.pool().get().await.unwrap();
    let building = async {
        for _ in 0..400 {
            for goal in ["seq + 1", "seq"] {
                let set = format!("UPDATE directory.checkpoint SET goal = {goal}");
                client.batch_execute(&set).await.unwrap();
            }
        }
    };
    let asking = async {
        loop {
            let reply = ask(router.clone()).await;
            assert!([200, 503].contains(&reply.status.as_u16()), "{}", reply.body);
        }
    };
    tokio::select! {
        () = building => {}
        () = asking => {}
    }
}

#[tokio::test]
async fn a_token_that_is_revoked_stops_at_once() {
    let database = Database::connect(&Box::pin(filled()).await, 2).await.expect("a database");
    let router = serve(database.clone());
    ask(router.clone()).await.found();
    let client = database.pool().get().await.unwrap();
    client.batch_execute("UPDATE directory.credentials SET revoked_at = now()").await.unwrap();
    ask(router).await.refused(401, &["revoked"]);
}
