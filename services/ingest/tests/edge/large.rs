//! What is large: it is sent in pieces, read within a bound of memory, and says the same as what is
//! small.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use futures_util::future::join_all;
use http_body_util::BodyExt as _;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::world::{GROUPS, USERS, World, patient};

const BULK: &str = "/scim/v2/acme/Bulk";

fn bulk(operations: &[Value]) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": operations,
    })
}

/// A world with so many more users, of some four kilobytes each.
async fn crowd(many: usize) -> World {
    let world = World::open(patient()).await;
    for first in (0..many).step_by(100) {
        let operations: Vec<Value> = (first..many.min(first + 100))
            .map(|number| {
                let user = json!({
                    "userName": format!("user{number:04}@a.example"),
                    "externalId": "shared",
                    "title": "t".repeat(4000),
                });
                json!({ "method": "POST", "path": "/Users", "bulkId": number.to_string(), "data": user })
            })
            .collect();
        let answer = world.scim(Method::POST, BULK, &bulk(&operations)).await;
        let done = answer.ok();
        let all = done["Operations"].as_array().expect("outcomes");
        assert!(all.iter().all(|outcome| outcome["status"] == "201"), "{done}");
    }
    world
}

/// The pieces of an answer, as they are sent.
async fn pieces(world: &World, path: &str) -> Vec<Vec<u8>> {
    let request = Request::get(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", world.secret))
        .body(Body::empty())
        .expect("a request");
    let response = world.router.clone().oneshot(request).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/scim+json");
    let mut body = response.into_body();
    let mut pieces = Vec::new();
    while let Some(frame) = body.frame().await {
        pieces.push(frame.expect("a piece").into_data().expect("data").to_vec());
    }
    pieces
}

#[derive(serde::Deserialize)]
struct List<'a> {
    #[serde(borrow, rename = "Resources")]
    resources: Vec<&'a RawValue>,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_comes_in_pieces_that_are_one_text_with_what_single_answers_say() {
    let world = crowd(200).await;
    let mut largest = Vec::new();
    for (query, start, total) in [
        ("startIndex=2&count=50", 2, 201),
        ("startIndex=2&count=200", 2, 201),
        ("filter=title+pr&count=50", 1, 200),
        ("filter=externalId+eq+%22shared%22&sortBy=userName&count=200", 1, 200),
        ("sortBy=title&startIndex=1&count=200&excludedAttributes=name", 1, 201),
    ] {
        let pieces = pieces(&world, &format!("{USERS}?{query}")).await;
        assert!(pieces.len() > 2, "{query}: {} pieces", pieces.len());
        largest.push(pieces.iter().map(Vec::len).max().unwrap_or_default());
        let text = String::from_utf8(pieces.concat()).expect("text");
        let list: List = serde_json::from_str(&text).expect("a list");
        let rows: Vec<&str> = list.resources.iter().map(|row| row.get()).collect();
        let schema = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
        let (rows, many) = (rows.join(","), rows.len());
        let whole = format!(
            r#"{{"schemas":["{schema}"],"totalResults":{total},"startIndex":{start},"itemsPerPage":{many},"Resources":[{rows}]}}"#
        );
        assert!(text == whole, "{query}: {} and {} bytes", text.len(), whole.len());
        for row in list.resources.iter().step_by(20) {
            let id = serde_json::from_str::<Value>(row.get()).expect("a user")["id"].clone();
            let path = format!("{USERS}/{}", id.as_str().expect("an id"));
            let selected = query.split('&').find(|part| part.starts_with("excluded"));
            let path = selected.map_or(path.clone(), |selected| format!("{path}?{selected}"));
            let alone = world.scim(Method::GET, &path, &Value::Null).await;
            assert_eq!(alone.text(), row.get(), "{query}");
        }
    }
    let most = 64 * 1024 + 5000;
    assert!(largest.iter().all(|piece| *piece <= most), "a piece of {largest:?} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_by_cursor_through_a_search_of_many_shows_each_once() {
    let world = crowd(120).await;
    let (mut cursor, mut seen) = (String::new(), Vec::new());
    loop {
        let path = format!("{USERS}?filter=title+pr&sortBy=userName&count=50&cursor={cursor}");
        let page = world.scim(Method::GET, &path, &Value::Null).await.ok();
        assert_eq!(page["totalResults"], 120);
        let rows = page["Resources"].as_array().expect("users").iter();
        seen.extend(rows.map(|row| row["userName"].as_str().expect("a name").to_owned()));
        match page["nextCursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    let expected: Vec<String> =
        (0..120).map(|number| format!("user{number:04}@a.example")).collect();
    assert_eq!(seen, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_body_of_nothing_but_parts_is_refused_and_one_of_texts_is_not() {
    let world = World::open(patient()).await;
    let parts = r#"{"":0},"#.repeat(140_000);
    let body = format!(r#"{{"userName":"x","emails":[{parts}null]}}"#);
    assert!(body.len() < 1 << 20);
    let request = Request::post(USERS)
        .header(header::AUTHORIZATION, format!("Bearer {}", world.secret))
        .body(Body::from(body))
        .expect("a request");
    let refused = world.send(request).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", refused.text());
    assert!(refused.text().contains("parts"), "{}", refused.text());
    let large = json!({ "userName": "large@a.example", "title": "t".repeat(200_000) });
    let made = world.scim(Method::POST, USERS, &large).await.ok();
    assert_eq!(made["title"], large["title"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_of_a_bulk_on_one_resource_keep_their_order_whichever_is_larger() {
    let world = World::open(patient()).await;
    let title = |text: String| {
        let value = json!({ "Operations": [{ "op": "replace", "path": "title", "value": text }] });
        json!({ "method": "PATCH", "path": format!("/Users/{}", world.amy), "data": value })
    };
    for last in 0..5 {
        let operations =
            [title("t".repeat(100_000)), title("middle".to_owned()), title(format!("last{last}"))];
        let answer = world.scim(Method::POST, BULK, &bulk(&operations)).await.ok();
        assert_eq!(answer["Operations"][2]["status"], "200", "{answer}");
        let path = format!("{USERS}/{}", world.amy);
        let amy = world.scim(Method::GET, &path, &Value::Null).await.ok();
        assert_eq!(amy["title"], format!("last{last}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_group_reads_alike_alone_in_a_list_and_as_the_answer_to_its_making() {
    let world = World::open(patient()).await;
    let members: Vec<Value> =
        (0..2000).map(|number| json!({ "value": format!("member-{number:05}") })).collect();
    let group = json!({ "displayName": "All", "members": members });
    let made = world.scim(Method::POST, GROUPS, &group).await;
    let id = made.ok()["id"].as_str().expect("an id").to_owned();
    let alone = world.scim(Method::GET, &format!("{GROUPS}/{id}"), &Value::Null).await;
    assert_eq!(made.text(), alone.text());
    let listed = pieces(&world, &format!("{GROUPS}?filter=id+eq+%22{id}%22")).await.concat();
    let listed = String::from_utf8(listed).expect("text");
    assert!(listed.contains(&alone.text()), "the list says something else");
    let only = format!("{GROUPS}/{id}?attributes=members.value");
    let only = world.scim(Method::GET, &only, &Value::Null).await.ok();
    assert_eq!(only["members"].as_array().map(Vec::len), Some(2000));
}

/// What a user can be given, by the path of a PATCH.
const TEXTS: [&str; 12] = [
    "displayName",
    "nickName",
    "profileUrl",
    "title",
    "userType",
    "preferredLanguage",
    "locale",
    "timezone",
    "name.formatted",
    "name.familyName",
    "name.givenName",
    "name.middleName",
];

fn replace(path: &str, value: &str) -> Value {
    let operation = json!({ "op": "replace", "path": path, "value": value });
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [operation],
    })
}

/// What a user has there.
fn text_at<'u>(user: &'u Value, path: &str) -> Option<&'u str> {
    path.split('.').try_fold(user, |value, name| value.get(name))?.as_str()
}

#[tokio::test(flavor = "multi_thread")]
async fn large_changes_of_one_user_at_a_time_all_survive() {
    let world = World::open(patient()).await;
    let path = format!("{USERS}/{}", world.amy);
    for round in ["a", "b"] {
        let changes: Vec<(&str, Value)> =
            TEXTS.iter().map(|text| (*text, replace(text, &round.repeat(17 << 10)))).collect();
        let asked = changes.iter().map(|(_, body)| world.scim(Method::PATCH, &path, body));
        for (answer, (text, _)) in join_all(asked).await.iter().zip(&changes) {
            let user = answer.ok();
            let given = text_at(&user, text).unwrap_or_default();
            assert!(given.starts_with(round), "the answer to {text} does not show it");
        }
        let user = world.scim(Method::GET, &path, &Value::Null).await.ok();
        for text in TEXTS {
            let kept = text_at(&user, text).unwrap_or_default();
            assert!(kept == round.repeat(17 << 10), "{text} was overwritten");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_large_changes_that_mean_the_same_version_one_is_made() {
    let world = World::open(patient()).await;
    let path = format!("{USERS}/{}", world.amy);
    let before = world.scim(Method::GET, &path, &Value::Null).await;
    let changes: Vec<Value> =
        TEXTS.iter().map(|text| replace(text, &"x".repeat(17 << 10))).collect();
    let asked = changes.iter().map(|body| {
        let request = Request::patch(&path)
            .header(header::AUTHORIZATION, format!("Bearer {}", world.secret))
            .header(header::IF_MATCH, before.header("etag"))
            .body(Body::from(body.to_string()));
        world.send(request.expect("a request"))
    });
    let answers = join_all(asked).await;
    let made = answers.iter().filter(|answer| answer.status == StatusCode::OK).count();
    let refused =
        |answer: &&crate::answer::Answer| answer.status == StatusCode::PRECONDITION_FAILED;
    assert_eq!((made, answers.iter().filter(refused).count()), (1, TEXTS.len() - 1));
}
