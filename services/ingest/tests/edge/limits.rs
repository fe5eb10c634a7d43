//! What is too much, and that the answer says so: which limit it is, and what to do.

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use crate::world::{GROUPS, Limits, USERS, World, patient};

fn patch(operations: &[Value]) -> Value {
    let schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    json!({"schemas": [schema], "Operations": operations})
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_413_and_one_within_it_is_read() {
    let world = World::open(Limits { body: 1000, ..patient() }).await;
    let user = |padding: usize| json!({"userName": "bob@a.example", "title": "x".repeat(padding)});
    world.scim(Method::POST, USERS, &user(2000)).await.refused(413, "1000 bytes");
    world.scim(Method::POST, USERS, &user(500)).await.ok();
    let token = Request::post("/oauth/token")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("a".repeat(2000)));
    world.send(token.expect("a request")).await.refused(413, "1000 bytes");
    let team = Request::post("/api/v1/acme/teams")
        .header(header::AUTHORIZATION, format!("Bearer {}", world.token))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(json!({"name": "x".repeat(2000)}).to_string()));
    world.send(team.expect("a request")).await.refused(413, "1000 bytes");
}

#[tokio::test]
async fn a_name_has_1024_bytes_at_most_however_few_characters_they_are_and_whichever_door_it_comes_by()
 {
    let world = World::open(patient()).await;
    let user = |name: &str| json!({"userName": name});
    let group = |name: &str| json!({"displayName": name});
    for (path, body) in [(USERS, user as fn(&str) -> Value), (GROUPS, group)] {
        for name in ["x".repeat(1024), "é".repeat(512)] {
            world.scim(Method::POST, path, &body(&name)).await.ok();
        }
        for name in ["x".repeat(1025), "é".repeat(513)] {
            world.scim(Method::POST, path, &body(&name)).await.refused(400, "1024 bytes");
        }
    }
    let booking = json!({
        "userName": "é".repeat(513), "resource": "desk 1",
        "startsAt": "2099-01-06T09:00:00Z", "endsAt": "2099-01-06T17:00:00Z",
    });
    let booking = Request::put("/api/v1/acme/bookings/b-1")
        .header(header::AUTHORIZATION, format!("Bearer {}", world.token))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(booking.to_string()));
    world.send(booking.expect("a request")).await.refused(400, "1024 bytes");
}

#[tokio::test]
async fn texts_of_a_booking_and_of_a_team_have_1024_bytes_as_the_document_says() {
    let world = World::open(patient()).await;
    let booking = |name: &str, text: &str| {
        let mut booking = json!({
            "userName": "amy@a.example", "resource": "desk 1",
            "startsAt": "2099-01-06T09:00:00Z", "endsAt": "2099-01-06T17:00:00Z",
        });
        booking[name] = text.into();
        booking
    };
    let team = |name: &str| json!({"name": name});
    let (bookings, teams) = ("/api/v1/acme/bookings", "/api/v1/acme/teams");
    let say = async |method: Method, path: &str, body: Value| {
        world.ask_as(&world.token, method, path, &body).await
    };
    for (text, fits) in [("é".repeat(512), true), ("é".repeat(513), false)] {
        let reference = format!("{bookings}/{}", "%C3%A9".repeat(text.chars().count()));
        for answer in [
            say(Method::PUT, &format!("{bookings}/b-1"), booking("resource", &text)).await,
            say(Method::PUT, &format!("{bookings}/b-1"), booking("title", &text)).await,
            say(Method::PUT, &reference, booking("title", "standup")).await,
            say(Method::POST, teams, team(&text)).await,
        ] {
            if fits {
                answer.ok();
            } else {
                answer.refused(400, "1024 bytes");
            }
        }
    }
}

#[tokio::test]
async fn a_body_that_is_not_said_to_be_json_is_told_what_to_send() {
    let world = World::open(patient()).await;
    let team = Request::post("/api/v1/acme/teams")
        .header(header::AUTHORIZATION, format!("Bearer {}", world.token))
        .header(header::CONTENT_TYPE, "text/plain")
        .body(Body::from(json!({"name": "Fire wardens"}).to_string()));
    let refused = world.send(team.expect("a request")).await;
    refused.refused(400, "send `Content-Type: application/json`");
}

#[tokio::test]
async fn a_line_with_an_id_is_told_of_its_reference() {
    let world = World::open(patient()).await;
    let import = async |line: Value| {
        let request = Request::post("/api/v1/acme/bookings/import")
            .header(header::AUTHORIZATION, format!("Bearer {}", world.token))
            .header(header::CONTENT_TYPE, "application/x-ndjson")
            .body(Body::from(line.to_string()));
        world.send(request.expect("a request")).await.ok()["detail"].to_string()
    };
    for line in [json!({"id": "6"}), json!({"id": "6", "reference": "6"})] {
        let detail = import(line).await;
        assert!(detail.contains("`reference`"), "{detail}");
    }
}

#[tokio::test]
async fn too_many_operations_or_members_in_one_request_are_413() {
    let world = World::open(Limits { operations: 2, members: 3, ..patient() }).await;
    let group = format!("{GROUPS}/{}", world.sales);
    let rename = json!({"op": "replace", "path": "displayName", "value": "Selling"});
    world.scim(Method::PATCH, &group, &patch(&[rename.clone(), rename.clone()])).await.ok();
    let refused =
        world.scim(Method::PATCH, &group, &patch(&[rename.clone(), rename.clone(), rename])).await;
    refused.refused(413, "more than 2 operations");

    let members = |count: usize| -> Vec<Value> {
        (0..count).map(|number| json!({"value": format!("nobody-{number}")})).collect()
    };
    let add = |count| json!({"op": "add", "path": "members", "value": members(count)});
    world.scim(Method::PATCH, &group, &patch(&[add(3)])).await.ok();
    let refused = world.scim(Method::PATCH, &group, &patch(&[add(2), add(2)])).await;
    refused.refused(413, "4 members, and 3 are the most");
    let whole = json!({"displayName": "All", "members": members(4)});
    world.scim(Method::POST, GROUPS, &whole).await.refused(413, "4 members");
    world.scim(Method::PUT, &group, &whole).await.refused(413, "4 members");
}

#[tokio::test]
async fn what_one_value_is_multiplied_into_is_413_and_in_a_bulk_for_its_operation_alone() {
    let world = World::open(patient()).await;
    let emails: Value = (0..3000).map(|n| json!({"value": format!("{n}@x")})).collect();
    let eve = json!({"userName": "eve@a.example", "emails": emails});
    let eve = world.scim(Method::POST, USERS, &eve).await.ok();
    let id = eve["id"].as_str().expect("an id").to_owned();
    let whole = patch(&[json!({
        "op": "replace", "path": "emails.display", "value": "x".repeat(900_000),
    })]);
    let refused = world.scim(Method::PATCH, &format!("{USERS}/{id}"), &whole).await;
    refused.refused(413, "262144 bytes");

    let operation =
        |data: Value| json!({"method": "PATCH", "path": format!("/Users/{id}"), "data": data});
    let many = patch(&[json!({
        "op": "replace", "path": "emails.display", "value": "x".repeat(9000),
    })]);
    let few = patch(&[json!({"op": "replace", "path": "title", "value": "Dr"})]);
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [operation(many), operation(few)],
    });
    let done = world.scim(Method::POST, "/scim/v2/acme/Bulk", &bulk).await.ok();
    let status = |place: usize| done["Operations"][place]["status"].as_str();
    assert_eq!((status(0), status(1)), (Some("413"), Some("200")), "{done}");
}

#[tokio::test]
async fn a_filter_that_is_too_long_or_too_deep_is_an_invalid_filter() {
    let world = World::open(patient()).await;
    let long = format!("{USERS}?filter=userName%20eq%20%22{}%22", "x".repeat(9000));
    let deep = format!("{USERS}?filter={}active%20eq%20true", "not%20(".repeat(40));
    for path in [long, deep] {
        let refused = world.get_as(&world.secret, &path).await.refused(400, "");
        assert_eq!(refused["scimType"], "invalidFilter", "{refused}");
    }
}

#[tokio::test]
async fn headers_and_addresses_beyond_the_limit_are_refused_in_the_words_of_each_path() {
    let world = World::open(patient()).await;
    for path in [USERS, "/oauth/token", "/api/v1/acme/teams", "/operator/v1/tenants"] {
        let long = format!("{path}?{}", "x".repeat(33 << 10));
        let request = Request::post(long).body(Body::empty()).expect("a request");
        world.send(request).await.refused(414, "32768 bytes");
        let request = Request::post(path).header("x-much", "x".repeat(17 << 10));
        let request = request.body(Body::empty()).expect("a request");
        world.send(request).await.refused(431, "16384 bytes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_arrive_is_408() {
    let mut limits = patient();
    limits.bounds.body_time = std::time::Duration::from_millis(20);
    let world = World::open(limits).await;
    let never =
        || Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
    for (path, token) in [(USERS, &world.secret), ("/api/v1/acme/teams", &world.token)] {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        world.send(request.body(never()).expect("a request")).await.refused(408, "did not arrive");
    }
    let request = Request::post("/oauth/token").body(never()).expect("a request");
    world.send(request).await.refused(408, "did not arrive");
}

#[tokio::test]
async fn a_tenant_that_asks_too_often_is_told_when_to_come_again() {
    // Enough for the two requests that set the world up.
    let world = World::open(Limits { rate: 5, ..patient() }).await;
    let mut refused = None;
    for _ in 0..50 {
        let answer = world.get_as(&world.secret, USERS).await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        answer.ok();
    }
    let refused = refused.expect("fifty requests in a moment are more than five a second");
    refused.refused(429, "more than 5 requests a second");
    assert_eq!(refused.header("retry-after"), "1");
    let wrong = world.get_as("rcs_wrong", USERS).await;
    wrong.refused(401, "unknown");
}

/// An import of so many lines, none of which is a booking.
fn import(world: &World, lines: usize) -> Request<Body> {
    Request::post("/api/v1/acme/bookings/import")
        .header(header::AUTHORIZATION, format!("Bearer {}", world.token))
        .header(header::CONTENT_TYPE, "application/x-ndjson")
        .body(Body::from("{}\n".repeat(lines)))
        .expect("a request")
}

#[tokio::test]
async fn each_line_of_an_import_counts_as_a_request() {
    let world = World::open(Limits { rate: 5, ..patient() }).await;
    let answer = world.send(import(&world, 1_000)).await;
    assert_eq!(answer.status, 200);
    let refused = world.send(import(&world, 1)).await;
    refused.refused(429, "more than 5 requests a second");
    let wait: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!((190..=201).contains(&wait), "a thousand lines at five a second: {wait} s");
    world.get_as(&world.secret, USERS).await.refused(429, "more than 5 requests a second");
}

#[tokio::test]
async fn imports_that_come_in_together_do_not_run_ahead_of_the_rate_together() {
    let world = World::open(Limits { rate: 20, ..patient() }).await;
    let together = (0..8).map(|_| world.send(import(&world, 1_000)));
    let answers = futures_util::future::join_all(together).await;
    let taken = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(taken, 1, "the others have to wait until the first is paid for");
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.refused(429, "more than 20 requests a second");
    }
}

#[tokio::test]
async fn an_import_of_more_lines_than_may_be_is_413() {
    let world = World::open(patient()).await;
    assert_eq!(world.send(import(&world, 10_000)).await.status, 200);
    world.send(import(&world, 10_001)).await.refused(413, "10001 lines, and 10000 are the most");
}

#[tokio::test]
async fn what_one_bulk_may_store_is_bounded_however_little_it_sends() {
    let world = World::open(Limits { stored: 100_000, ..patient() }).await;
    let large = json!({"userName": "amy@a.example", "nickName": "x".repeat(20_000)});
    world.scim(Method::PUT, &format!("{USERS}/{}", world.amy), &large).await.ok();
    let operation = |at: usize| {
        json!({"method": "PATCH", "path": format!("/Users/{}", world.amy), "data":
            patch(&[json!({"op": "replace", "path": "title", "value": at.to_string()})])})
    };
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": (0..20).map(operation).collect::<Vec<_>>(),
    });
    let answer = world.scim(Method::POST, "/scim/v2/acme/Bulk", &bulk).await.ok();
    let operations = answer["Operations"].as_array().expect("operations");
    let count = |status: &str| operations.iter().filter(|done| done["status"] == status).count();
    assert_eq!((count("200"), count("413")), (4, 16), "{answer}");
    assert!(answer.to_string().contains("more than 100000 bytes of events"), "{answer}");
    // Whoever comes next has a budget of their own.
    let again = world.scim(Method::POST, "/scim/v2/acme/Bulk", &bulk).await.ok();
    assert!(
        again["Operations"]
            .as_array()
            .expect("operations")
            .iter()
            .any(|one| one["status"] == "200")
    );
}
