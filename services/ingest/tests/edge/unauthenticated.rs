//! Clients that have not authenticated are answered before their body is awaited.

use axum::body::{Body, Bytes};
use axum::http::{Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream;
use web::ClientAddress;

use crate::world::{Limits, OPERATOR, USERS, World, patient};

const CONSOLE: &str = "/operator/v1/tenants";
const FORM: &str = "application/x-www-form-urlencoded";

/// A body that is not coming.
fn never() -> Body {
    Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>())
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

#[tokio::test]
async fn a_request_without_a_token_is_answered_before_its_body_is_there() {
    let world = World::open(patient()).await;
    for path in [USERS, "/scim/v2/acme/Bulk", "/api/v1/acme/bookings/import", CONSOLE] {
        let request = Request::post(path).body(never()).expect("a request");
        world.send(request).await.refused(401, "token");
        let request = Request::post(path).header(header::AUTHORIZATION, "Bearer wrong");
        let request = request.body(never()).expect("a request");
        world.send(request).await.refused(401, "unknown");
    }
}

#[tokio::test]
async fn the_token_endpoint_judges_a_basic_header_before_the_body_is_there() {
    let world = World::open(Limits { guesses: 2, ..patient() }).await;
    let (id, secret) = world.client.clone();
    let shown = async |secret: &str, body: Body| {
        let request = Request::post("/oauth/token")
            .header(header::AUTHORIZATION, basic(&id, secret))
            .header(header::CONTENT_TYPE, FORM)
            .body(body);
        world.send(request.expect("a request")).await
    };
    for _ in 0..2 {
        shown("wrong", never()).await.refused(401, "invalid_client");
    }
    shown("wrong", never()).await.refused(429, "too many wrong tokens");
    shown(&secret, Body::from("grant_type=client_credentials")).await.ok();
}

#[tokio::test]
async fn the_token_endpoint_reads_no_more_than_a_form_needs() {
    let world = World::open(patient()).await;
    let (id, secret) = world.client.clone();
    let padded = async |length: usize| {
        let grant = "grant_type=client_credentials&scope=";
        let form = format!("{grant}{}", "x".repeat(length - grant.len()));
        let request = Request::post("/oauth/token")
            .header(header::AUTHORIZATION, basic(&id, &secret))
            .header(header::CONTENT_TYPE, FORM)
            .body(Body::from(form));
        world.send(request.expect("a request")).await
    };
    padded(8192).await.ok();
    padded(8193).await.refused(413, "8192 bytes");
}

#[tokio::test]
async fn who_guesses_the_operator_token_is_not_even_heard_and_others_are() {
    let world = World::open(Limits { guesses: 3, ..patient() }).await;
    let from = async |address: u8, token: &str| {
        let request = Request::get(CONSOLE)
            .extension(ClientAddress([192, 0, 2, address].into()))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::empty());
        world.send(request.expect("a request")).await
    };
    for _ in 0..3 {
        from(1, "wrong").await.refused(401, "unknown");
    }
    from(1, "wrong").await.refused(429, "too many wrong tokens");
    let refused = from(1, OPERATOR).await;
    refused.refused(429, "too many wrong tokens");
    assert!(!refused.header("retry-after").is_empty());
    from(2, OPERATOR).await.ok();
}

#[tokio::test]
async fn a_tenant_s_right_token_opens_from_anywhere_however_many_guess() {
    let world = World::open(Limits { guesses: 1, ..patient() }).await;
    let from = async |address: u8, token: &str| {
        let request = Request::get(USERS)
            .extension(ClientAddress([192, 0, 2, address].into()))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::empty());
        world.send(request.expect("a request")).await
    };
    for guess in 0..20 {
        from(guess % 5, "wrong").await;
    }
    for address in 0..10 {
        from(address, &world.secret).await.ok();
    }
}
