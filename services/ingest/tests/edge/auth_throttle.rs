//! Too many wrong tokens are answered 429, and keep nobody out who has the right one.

use axum::body::Body;
use axum::http::{Request, header};

use crate::world::{Limits, OPERATOR, USERS, World, patient};

const CONSOLE: &str = "/operator/v1/tenants";

#[tokio::test]
async fn who_guesses_is_slowed_down_and_who_knows_is_let_in() {
    let world = World::open(Limits { guesses: 3, ..patient() }).await;
    for (path, right) in [(USERS, world.secret.as_str()), (CONSOLE, OPERATOR)] {
        for _ in 0..3 {
            world.get_as("wrong", path).await.refused(401, "unknown");
        }
        let refused = world.get_as("wrong", path).await;
        refused.refused(429, "too many wrong tokens");
        let wait: u64 = refused.header("retry-after").parse().expect("seconds");
        assert!((1..=60).contains(&wait), "{wait}");
        world.get_as(right, path).await.ok();
    }
}

#[tokio::test]
async fn who_guesses_at_a_clients_secret_is_slowed_down_and_the_client_is_not() {
    let world = World::open(Limits { guesses: 3, ..patient() }).await;
    let (id, secret) = world.client.clone();
    let ask = async |secret: &str| {
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let request = Request::post("/oauth/token")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form));
        world.send(request.expect("a request")).await
    };
    for _ in 0..3 {
        ask("wrong").await.refused(401, "invalid_client");
    }
    ask("wrong").await.refused(429, "too many wrong tokens");
    ask(&secret).await.ok();
}

#[tokio::test]
async fn who_shows_no_token_does_not_guess() {
    let world = World::open(Limits { guesses: 1, ..patient() }).await;
    for _ in 0..5 {
        let request = Request::get(USERS).body(Body::empty()).expect("a request");
        world.send(request).await.refused(401, "no token");
    }
}
