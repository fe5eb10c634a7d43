//! Who has no token that opens this is told so, in the words of RFC 6750.

use axum::body::Body;
use axum::http::{Request, header};
use events::Scope;

use super::history::{ACME, GLOBEX_READER, READER, REVOKED, token_for};
use super::world::{get_as, send, served};

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
