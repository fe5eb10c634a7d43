//! Who has no token that opens this is told so, in the words of RFC 6750.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use events::{Scope, Seq};
use projector::Database;
use web::{ClientAddress, Limits};

use super::history::{ACME, GLOBEX_READER, READER, REVOKED, noon, token_for};
use super::rows::{end, filled};
use super::world::{get_as, positions, send, served, unlimited, with_document};
use crate::{LogEnd, ReadApi};

const EMPLOYEES: &str = "/api/v1/acme/employees";

#[tokio::test]
async fn without_a_token_the_challenge_has_no_error_code() {
    let request = Request::get(EMPLOYEES).body(Body::empty()).unwrap();
    let reply = send(served().await, request).await.refused(401, &["no API token"]);
    assert_eq!(reply.header("www-authenticate"), r#"Bearer realm="rollcall""#);
}

#[tokio::test]
async fn another_scheme_is_no_token() {
    let request = Request::get(EMPLOYEES).header(header::AUTHORIZATION, "Basic YTpi");
    let reply = send(served().await, request.body(Body::empty()).unwrap()).await;
    assert_eq!(reply.refused(401, &[]).header("www-authenticate"), r#"Bearer realm="rollcall""#);
}

#[tokio::test]
async fn the_case_of_the_scheme_does_not_matter() {
    let request = Request::get(EMPLOYEES).header(header::AUTHORIZATION, format!("bEARER {READER}"));
    send(served().await, request.body(Body::empty()).unwrap()).await.found();
}

#[tokio::test]
async fn two_authorization_headers_are_a_bad_request() {
    let request = Request::get(EMPLOYEES)
        .header(header::AUTHORIZATION, format!("Bearer {READER}"))
        .header(header::AUTHORIZATION, "Bearer another");
    send(served().await, request.body(Body::empty()).unwrap())
        .await
        .refused(400, &["more than one"]);
}

#[tokio::test]
async fn an_unknown_a_revoked_and_an_odd_token_are_invalid() {
    for token in ["rca_nobody", REVOKED, "", "a b", "é"] {
        let reply = get_as(token, EMPLOYEES).await.refused(401, &["unknown or was revoked"]);
        let challenge = reply.header("www-authenticate");
        assert_eq!(challenge, r#"Bearer realm="rollcall", error="invalid_token""#, "{token:?}");
    }
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let reply = get_as(&token_for(Scope::TeamsRead), EMPLOYEES).await;
    let reply = reply.refused(403, &["employees:read"]);
    assert_eq!(
        reply.header("www-authenticate"),
        r#"Bearer realm="rollcall", error="insufficient_scope", scope="employees:read""#
    );
}

#[tokio::test]
async fn a_token_tells_nothing_about_other_tenants() {
    let paths = ["employees", "teams", "leavers"];
    for path in paths {
        let there = get_as(GLOBEX_READER, &format!("/api/v1/{ACME}/{path}")).await;
        let nowhere = get_as(GLOBEX_READER, &format!("/api/v1/no-such-tenant/{path}")).await;
        let (there, nowhere) = (there.refused(403, &[]), nowhere.refused(403, &[]));
        assert_eq!(there.body, nowhere.body);
        assert_eq!(there.headers, nowhere.headers);
    }
}

/// The read API over a directory that has not seen the last event yet, by which tokens were issued.
async fn behind(guesses: u32) -> (axum::Router, Database) {
    let database = Database::connect(&Box::pin(filled()).await, 3).await.expect("a database");
    let forget = "CREATE TABLE public.later AS TABLE directory.credentials;
                  DELETE FROM directory.credentials;
                  UPDATE directory.checkpoint SET seq = seq - 1, goal = 0";
    database.pool().get().await.unwrap().batch_execute(forget).await.unwrap();
    let limits = Limits { guesses, ..unlimited() };
    let log_end = LogEnd::new(|| std::future::ready(Ok::<_, Infallible>(end())));
    let api = ReadApi::new(database.clone(), positions(), noon, limits).with_log_end(log_end);
    let api = api.with_patience(Duration::from_millis(50));
    (with_document(crate::reads(api)), database)
}

async fn catch_up(database: &Database) {
    let catch_up = "INSERT INTO directory.credentials TABLE public.later;
                    UPDATE directory.checkpoint SET seq = seq + 1";
    database.pool().get().await.unwrap().batch_execute(catch_up).await.unwrap();
}

/// A request from one address.
fn from_home(token: &str) -> Request<Body> {
    let request = Request::get(EMPLOYEES).header(header::AUTHORIZATION, format!("Bearer {token}"));
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(ClientAddress([192, 0, 2, 1].into()));
    request
}

#[tokio::test]
async fn a_token_is_no_guess_as_long_as_the_directory_is_behind_the_log() {
    let (router, database) = behind(5).await;
    for _ in 0..5 {
        let reply = send(router.clone(), from_home(READER)).await;
        let reply = reply.refused(503, &["behind the log", "ask again"]);
        assert_eq!(reply.header("retry-after"), "5");
    }
    catch_up(&database).await;
    send(router, from_home(READER)).await.found();
}

#[tokio::test]
async fn a_token_that_was_revoked_is_refused_at_once_however_far_the_directory_is_behind() {
    let (router, database) = behind(9).await;
    let known = "INSERT INTO directory.credentials TABLE public.later";
    database.pool().get().await.unwrap().batch_execute(known).await.unwrap();
    send(router, from_home(REVOKED)).await.refused(401, &["unknown or was revoked"]);
}

#[tokio::test]
async fn a_token_that_was_just_issued_is_awaited() {
    let (router, database) = behind(1).await;
    let (reply, ()) = tokio::join!(send(router, from_home(READER)), catch_up(&database));
    reply.found();
}

#[tokio::test]
async fn a_token_that_nobody_issued_is_a_guess_once_the_directory_has_seen_the_log() {
    let (router, database) = behind(1).await;
    catch_up(&database).await;
    send(router.clone(), from_home("rct_nobody")).await.refused(401, &["unknown or was revoked"]);
    send(router.clone(), from_home("rct_nobody")).await.refused(429, &["too many wrong tokens"]);
    send(router, from_home(READER)).await.found();
}

#[tokio::test]
async fn who_guesses_while_the_directory_is_behind_is_throttled_all_the_same() {
    let (router, _database) = behind(3).await;
    for _ in 0..3 {
        send(router.clone(), from_home("rct_nobody")).await.refused(503, &[]);
    }
    send(router, from_home("rct_nobody")).await.refused(429, &["too many wrong tokens"]);
}

#[tokio::test]
async fn who_guesses_while_the_log_is_away_is_throttled_all_the_same() {
    let database = Database::connect(&Box::pin(filled()).await, 2).await.expect("a database");
    let away = || std::future::ready(Err::<Seq, _>(std::io::Error::other("it is away")));
    let limits = Limits { guesses: 1, ..unlimited() };
    let api = ReadApi::new(database, positions(), noon, limits).with_log_end(LogEnd::new(away));
    let router = with_document(crate::reads(api));
    send(router.clone(), from_home("rct_nobody")).await.refused(503, &["again"]);
    send(router.clone(), from_home("rct_nobody")).await.refused(429, &["too many wrong tokens"]);
    send(router, from_home(READER)).await.found();
}
