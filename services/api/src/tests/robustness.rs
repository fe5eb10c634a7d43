//! Questions that cannot be answered, and questions that should never have been asked.

use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::history::{ACME, ALERT, CORE, READER, ZOE};
use super::world::{get, positions, send, serve, served};

#[tokio::test]
async fn a_bad_parameter_is_named_with_what_to_write_instead() {
    let zoe = ZOE.to_string();
    for (path, words) in [
        ("employees?limit=0", ["limit", "1 to 500"]),
        ("employees?limit=501", ["limit", "1 to 500"]),
        ("employees?standing=gone", ["standing", "`former`"]),
        ("employees?after=nowhere", ["after", "cursor"]),
        ("employees?after=", ["after", "cursor"]),
        ("employees?name=ada", ["`name`", "`q`"]),
        ("employees?q=a&q=b", ["duplicate", "`q`"]),
        ("employees?q=%FF", ["%FF", "UTF-8"]),
        ("employees?q=a%00", ["a%00", "NUL"]),
        ("employees/ada", ["`id`", "`ada`"]),
        ("employees/%FF", ["path", "UTF-8"]),
        (&format!("employees/{zoe}?limit=1"), ["`limit`", "parameter"]),
        ("teams?standing=active", ["`standing`", "`q`"]),
        ("teams?after=e30", ["after", "cursor"]),
        ("teams/core", ["`id`", "`core`"]),
        (&format!("teams/{zoe}/members?q=a"), ["`q`", "`limit`"]),
        ("leavers?upcoming=yes", ["upcoming", "true"]),
        ("leavers?after=W10", ["after", "cursor"]),
        ("leavers/zoe/bookings", ["`employee`", "`zoe`"]),
        ("alerts?open=yes", ["open", "true"]),
        ("alerts?after=e30", ["after", "cursor"]),
        ("alerts/fire", ["`id`", "`fire`"]),
        (&format!("alerts/{ALERT}?after=nobody"), ["after", "cursor"]),
    ] {
        get(&format!("/api/v1/{ACME}/{path}")).await.refused(400, &words);
    }
}

#[tokio::test]
async fn a_cursor_that_postgres_cannot_take_is_a_bad_one() {
    let id = ZOE.to_string();
    for (list, key) in [
        ("employees", serde_json::json!(["\0", id])),
        ("teams", serde_json::json!(["\0", id])),
        ("leavers", serde_json::json!(["-009999-01-01T00:00:00Z", id])),
    ] {
        let place = URL_SAFE_NO_PAD.encode(key.to_string());
        let cursor = positions().encrypt_cursor(&ACME.parse().unwrap(), &place);
        let reply = get(&format!("/api/v1/{ACME}/{list}?after={cursor}")).await;
        reply.refused(400, &["after", "cursor"]);
    }
}

#[tokio::test]
async fn a_cursor_shows_nothing_and_is_good_for_its_tenant_alone() {
    let page = get(&format!("/api/v1/{ACME}/alerts?limit=1")).await.found();
    let next = page["next"].as_str().expect("more than one alert");
    let place = positions().decrypt_cursor(&ACME.parse().unwrap(), next).expect("ours");
    // As it is, or encrypted for somebody else.
    let foreign = positions().encrypt_cursor(&"globex".parse().unwrap(), &place);
    for bad in [&place, &foreign] {
        let reply = get(&format!("/api/v1/{ACME}/alerts?after={bad}")).await;
        reply.refused(400, &["after", "cursor"]);
    }
}

#[tokio::test]
async fn an_unknown_path_is_a_problem_too() {
    for path in ["/api", "/api/v2", "/api/v1/acme", "/api/v1/acme/people", "/api/v1/acme/teams/"] {
        get(path).await.refused(404, &[path, "/api/v1/openapi.json"]);
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    for path in ["/api/v1/acme/employees", "/api/v1/openapi.json"] {
        let request =
            Request::patch(path).header(header::AUTHORIZATION, format!("Bearer {READER}"));
        let reply = send(served().await, request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.refused(405, &["PATCH", path]).header("allow"), "GET,HEAD");
    }
}

/// Text as a path or a query may hold it, with a liking for what has broken parsers before.
fn any_piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,12}",
        "(%[0-9A-Fa-f]{2}){0,6}",
        "(%00|%25|%5C|_|%C3%85|%F0%9F%98%80|a){1,4}",
        any::<String>().prop_map(|text| URL_SAFE_NO_PAD.encode(text)),
        (any::<String>(), any::<u128>()).prop_map(|(name, id)| {
            let key = serde_json::json!([name, uuid::Uuid::from_u128(id)]);
            URL_SAFE_NO_PAD.encode(key.to_string())
        }),
        (any::<i64>(), any::<u128>()).prop_map(|(seq, id)| {
            let key = serde_json::json!([seq, uuid::Uuid::from_u128(id)]);
            URL_SAFE_NO_PAD.encode(key.to_string())
        }),
        Just(ZOE.to_string()),
    ]
}

/// An address of a route, or nearly of one, with parameters of which it knows most.
fn any_address() -> impl Strategy<Value = String> {
    let members = format!("teams/{CORE}/members");
    let list = prop_oneof![
        one_of("employees", &["q", "userName", "externalId", "standing", "limit", "after"]),
        one_of("teams", &["q", "limit", "after"]),
        one_of(&members, &["limit", "after"]),
        one_of("leavers", &["upcoming", "limit", "after"]),
        one_of("alerts", &["open", "limit", "after"]),
    ];
    let list = (list, any_piece()).prop_map(|(list, value)| format!("{list}={value}"));
    let thing = any_piece().prop_flat_map(|piece| {
        prop_oneof![
            Just(format!("employees/{piece}")),
            Just(format!("teams/{piece}/members")),
            Just(format!("leavers/{piece}/bookings")),
            Just(format!("alerts/{piece}")),
            Just(piece),
        ]
    });
    let path = prop_oneof![3 => list, 1 => thing];
    let more = prop_oneof![
        3 => Just(String::new()),
        1 => (any_piece(), any_piece()).prop_map(|(name, value)| format!("&{name}={value}")),
    ];
    (path, more).prop_map(|(path, more)| format!("/api/v1/{ACME}/{path}{more}"))
}

/// A list with one of its parameters, whose value is to follow.
fn one_of(list: &str, parameters: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    let list = list.to_owned();
    prop::sample::select(parameters.to_vec()).prop_map(move |name| format!("{list}?{name}"))
}

#[test]
fn no_question_however_odd_breaks_anything() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let router = runtime.block_on(served());
    TestRunner::new(ProptestConfig::with_cases(512))
        .run(&any_address(), |address| {
            let request =
                Request::get(&address).header(header::AUTHORIZATION, format!("Bearer {READER}"));
            // What no client could send is nobody's question.
            let Ok(request) = request.body(Body::empty()) else { return Ok(()) };
            let reply = runtime.block_on(send(router.clone(), request));
            prop_assert!(
                !reply.status.is_server_error(),
                "{address} → {} {}",
                reply.status,
                reply.body
            );
            if reply.status.is_client_error() {
                let kind = reply.header("content-type");
                prop_assert_eq!(kind, "application/problem+json", "{}", address);
                prop_assert_eq!(&reply.body["status"], reply.status.as_u16(), "{}", address);
                prop_assert!(reply.body["detail"].is_string(), "{address} → {}", reply.body);
            }
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn while_postgres_is_away_reads_answer_503_and_recover() {
    let mut postgres = tokio::task::spawn_blocking(embedded::Postgres::start_for_tests)
        .await
        .unwrap()
        .expect("a Postgres");
    let url = postgres.url();
    super::rows::fill(&url).await;
    let router = serve(projector::Database::connect(&url, 2).await.expect("a database"));
    let ask = async || {
        let request = Request::get(format!("/api/v1/{ACME}/employees"))
            .header(header::AUTHORIZATION, format!("Bearer {READER}"));
        send(router.clone(), request.body(Body::empty()).unwrap()).await
    };
    ask().await.found();
    postgres.kill9();
    let mut reply = ask().await;
    while reply.status == 200 {
        // The server is gone, and the process behind our connection has not noticed.
        reply = ask().await;
    }
    let reply = reply.refused(503, &["again"]);
    assert_eq!(reply.header("retry-after"), "1");
    let mut postgres = tokio::task::spawn_blocking(move || {
        postgres.restart().expect("a Postgres that starts again");
        postgres
    })
    .await
    .unwrap();
    // Projections do not wait for the disk: what the crash took they write again.
    super::rows::fill(&url).await;
    ask().await.found();
    postgres.kill9();
}
