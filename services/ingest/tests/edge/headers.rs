//! What the headers of requests and answers say, of every endpoint.

use axum::body::Body;
use axum::http::{Method, Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::world::{OPERATOR, USERS, World, patient};

#[tokio::test]
async fn two_authorization_headers_or_a_list_in_one_are_refused_by_every_door() {
    let world = World::open(patient()).await;
    let (id, secret) = &world.client;
    let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let bearer = |token: &str| format!("Bearer {token}");
    for (method, path, right) in [
        (Method::GET, USERS, bearer(&world.secret)),
        (Method::POST, "/api/v1/acme/teams", bearer(&world.token)),
        (Method::GET, "/operator/v1/tenants", bearer(OPERATOR)),
        (Method::POST, "/oauth/token", basic),
    ] {
        let request = || Request::builder().method(method.clone()).uri(path);
        let twice = request().header(header::AUTHORIZATION, &right);
        let twice = twice.header(header::AUTHORIZATION, "Bearer another");
        let listed = request().header(header::AUTHORIZATION, format!("{right}, Bearer another"));
        for refused in [twice, listed] {
            let refused = world.send(refused.body(Body::empty()).expect("a request")).await;
            let body = refused.refused(400, "more than one Authorization header");
            assert_eq!(refused.header("cache-control"), "no-store");
            if path == "/oauth/token" {
                assert_eq!(body["error"], "invalid_request");
            }
        }
    }
}

#[tokio::test]
async fn no_answer_may_be_stored_on_the_way_whatever_its_status() {
    let world = World::open(patient()).await;
    let answers = [
        world.get_as(&world.secret, USERS).await,
        world.get_as(&world.secret, "/scim/v2/acme/Users/none").await,
        world.get_as("wrong", USERS).await,
        world.get_as(OPERATOR, "/operator/v1/tenants").await,
        world.get_as("wrong", "/operator/v1/tenants").await,
        world.get_as(&world.token, "/api/v1/acme/bookings/import").await,
        world.get_as("none", "/nowhere").await,
        world.send(Request::post("/oauth/token").body(Body::empty()).expect("a request")).await,
    ];
    for answer in answers {
        assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
    }
}
