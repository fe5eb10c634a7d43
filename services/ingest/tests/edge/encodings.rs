//! Bodies that do not come as plain UTF-8: with a byte order mark, or in a content coding.

use axum::body::Body;
use axum::http::{Method, Request, header};

use crate::world::{OPERATOR, USERS, World, patient};

const MARK: &str = "\u{feff}";

/// The endpoints that take a body, each with a token, a media type and a body that it takes.
fn endpoints(world: &World) -> Vec<(Method, String, &str, &'static str, String)> {
    let (json, lines) = ("application/json", "application/x-ndjson");
    let (scim, api, operator) = (&*world.secret, &*world.token, OPERATOR);
    let amy = format!("{USERS}/{}", world.amy);
    let bulk =
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[]}"#;
    let patch = r#"{"Operations":[{"op":"add","path":"title","value":"Dr"}]}"#;
    [
        (Method::POST, USERS, scim, json, r#"{"userName":"eve@a.example"}"#),
        (Method::PUT, &amy, scim, json, r#"{"userName":"amy@a.example"}"#),
        (Method::PATCH, &amy, scim, json, patch),
        (Method::POST, "/scim/v2/acme/Bulk", scim, json, bulk),
        (Method::POST, "/scim/v2/acme/.search", scim, json, r#"{"filter":"title pr"}"#),
        (Method::POST, "/api/v1/acme/teams", api, json, r#"{"name":"Chess"}"#),
        (Method::POST, "/api/v1/acme/bookings/import", api, lines, "\n"),
        (Method::POST, "/operator/v1/tenants/acme/clients", operator, json, "{}"),
        (
            Method::PATCH,
            "/operator/v1/tenants/acme/guard",
            operator,
            json,
            r#"{"deactivations":30}"#,
        ),
    ]
    .map(|(method, path, token, kind, body)| {
        (method, path.to_owned(), token, kind, body.to_owned())
    })
    .into()
}

#[tokio::test]
async fn a_byte_order_mark_before_a_body_is_passed_over_at_every_door() {
    let world = World::open(patient()).await;
    for (method, path, token, kind, body) in endpoints(&world) {
        let request = Request::builder()
            .method(method)
            .uri(&path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(format!("{MARK}{body}")));
        world.send(request.expect("a request")).await.ok();
    }
}

#[tokio::test]
async fn a_body_in_a_content_coding_is_refused_with_what_is_accepted() {
    let world = World::open(patient()).await;
    let send = async |method: Method, path: &str, token: &str, kind: &str, coding: &str, body| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, kind)
            .header(header::CONTENT_ENCODING, coding)
            .body(Body::from(body));
        world.send(request.expect("a request")).await
    };
    for (method, path, token, kind, body) in endpoints(&world) {
        let refused = send(method.clone(), &path, token, kind, "gzip", body.clone()).await;
        refused.refused(415, "gzip");
        assert_eq!(refused.header("accept-encoding"), "identity", "{path}");
        send(method, &path, token, kind, "identity", body).await.ok();
    }
    let grant = Request::post("/oauth/token")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::CONTENT_ENCODING, "gzip")
        .body(Body::from("grant_type=client_credentials"));
    let refused = world.send(grant.expect("a request")).await;
    refused.refused(415, "invalid_request");
    assert_eq!(refused.header("accept-encoding"), "identity");
}
