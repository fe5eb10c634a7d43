//! Many commands in one request (RFC 7644 §3.7).

use std::collections::BTreeSet;

use kit::company::Company;
use kit::entra;
use kit::http::Answer;
use kit::world::World;
use serde_json::{Value, json};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

async fn bulk(company: &Company, fail_on_errors: Option<u64>, operations: Value) -> Answer {
    let request = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "failOnErrors": fail_on_errors,
        "Operations": operations,
    });
    company.post("Bulk", &request).await.answered(200)
}

fn operation(method: &str, path: &str, data: &Value) -> Value {
    json!({ "method": method, "path": path, "data": data })
}

fn post(path: &str, bulk_id: &str, data: &Value) -> Value {
    json!({ "method": "POST", "path": path, "bulkId": bulk_id, "data": data })
}

fn user(name: &str) -> Value {
    entra::workplace_user(&format!("{name}@x.example"), name, name)
}

fn group(name: &str, members: &[&str]) -> Value {
    let mut group = entra::group(name);
    group["members"] = members.iter().map(|value| json!({ "value": value })).collect();
    group
}

/// The status of each result.
fn statuses(answer: &Answer) -> Vec<&str> {
    let results = answer.body["Operations"].as_array().expect("a bulk answer has results");
    results.iter().map(|result| result["status"].as_str().expect("a status is a text")).collect()
}

/// The id at the end of a result's location.
fn made(answer: &Answer, place: usize) -> String {
    let location = answer.body["Operations"][place]["location"].as_str();
    let location = location.unwrap_or_else(|| panic!("{} has no location", answer.text));
    location.rsplit('/').next().expect("a URL has a last part").to_owned()
}

#[tokio::test]
async fn a_company_comes_in_one_request_whatever_refers_to_whatever() {
    let world = World::new().await;
    let company = world.contoso().await;
    let mut ada = user("Ada");
    ada[ENTERPRISE] = json!({ "manager": { "value": "bulkId:bob" } });
    let operations = json!([
        post("/Groups", "sales", &group("Sales", &["bulkId:ada", "bulkId:bob"])),
        post("/Users", "ada", &ada),
        operation("PATCH", "/Groups/bulkId:sales", &entra::replace("displayName", "Trade")),
        post("/Users", "bob", &user("Bob")),
        operation("DELETE", "/Users/bulkId:bob", &Value::Null),
    ]);
    let answer = bulk(&company, None, operations).await;
    assert_eq!(statuses(&answer), ["201", "201", "204", "201", "204"]);
    let (sales, ada, bob) = (made(&answer, 0), made(&answer, 1), made(&answer, 3));
    let results = &answer.body["Operations"];
    assert_eq!(results[0]["bulkId"], "sales");
    assert_eq!(results[0]["method"], "POST");
    assert!(results[0]["version"].as_str().is_some_and(|tag| tag.starts_with("W/")));

    let shown = company.scim(&format!("Groups/{sales}")).await.answered(200).body;
    assert_eq!(shown["displayName"], "Trade");
    // Bob was deleted at the end, after all that refers to him.
    assert_eq!(company.members(&sales).await, [ada.as_str()]);
    company.scim(&format!("Users/{bob}")).await.answered(404);
    let shown = company.scim(&format!("Users/{ada}")).await.answered(200).body;
    assert_eq!(shown[ENTERPRISE]["manager"]["value"], bob);
    assert_eq!(company.employee(&ada).await["userName"], "Ada@x.example");
}

#[tokio::test]
async fn groups_that_hold_each_other_are_made_and_then_completed() {
    let world = World::new().await;
    let company = world.contoso().await;
    let operations = json!([
        post("/Groups", "a", &group("A", &["bulkId:b"])),
        post("/Groups", "b", &group("B", &["bulkId:a", "bulkId:b"])),
    ]);
    let answer = bulk(&company, None, operations).await;
    assert_eq!(statuses(&answer), ["201", "201"]);
    let (a, b) = (made(&answer, 0), made(&answer, 1));
    assert_eq!(company.members(&a).await, [b.as_str()]);
    let members: BTreeSet<String> = company.members(&b).await.into_iter().collect();
    assert_eq!(members, BTreeSet::from([a, b.clone()]));
    let now = company.scim(&format!("Groups/{b}")).await.answered(200);
    assert_eq!(answer.body["Operations"][1]["version"], now.header("etag"));
}

#[tokio::test]
async fn an_operation_that_fails_says_why_and_harms_no_other() {
    let world = World::new().await;
    let company = world.contoso().await;
    let zoe = company.hire("Zoe").await;
    let mut stale = operation("PUT", &format!("/Users/{zoe}"), &user("Zoe"));
    stale["version"] = "W/\"0\"".into();
    let operations = json!([
        post("/Users", "ada", &user("Ada")),
        post("/Users", "twin", &user("ada")),
        post("/Groups", "twins", &group("Twins", &["bulkId:twin"])),
        stale,
        operation("PATCH", "/Users/nobody", &entra::disable()),
        operation("GET", "/Users/1", &Value::Null),
        { "method": "POST", "path": "/Users", "data": user("Bob") },
        operation("PATCH", &format!("/Users/{zoe}"), &entra::disable()),
    ]);
    let answer = bulk(&company, None, operations).await;
    assert_eq!(statuses(&answer), ["201", "409", "409", "412", "404", "400", "400", "200"]);
    let results = &answer.body["Operations"];
    assert_eq!(results[1]["response"]["scimType"], "uniqueness");
    assert_eq!(results[1]["response"]["status"], "409");
    assert!(results[1]["location"].is_null(), "nothing was made: {}", answer.text);
    assert_eq!(made(&answer, 3), zoe);
    assert_eq!(company.scim("Users").await.body["totalResults"], 2);
    assert_eq!(company.scim("Groups").await.body["totalResults"], 0);
}

#[tokio::test]
async fn after_as_many_errors_as_the_client_bears_nothing_more_is_done() {
    let world = World::new().await;
    let company = world.contoso().await;
    let operations = json!([
        post("/Users", "ada", &user("Ada")),
        operation("DELETE", "/Users/nobody", &Value::Null),
        post("/Users", "bob", &user("Bob")),
        operation("DELETE", "/Users/nobody", &Value::Null),
        post("/Users", "cyd", &user("Cyd")),
    ]);
    let answer = bulk(&company, Some(2), operations).await;
    assert_eq!(statuses(&answer), ["201", "404", "201", "404"]);
    assert_eq!(company.scim("Users").await.column("displayName"), ["Ada", "Bob"]);
}

#[tokio::test]
async fn a_bulk_is_carried_out_in_the_order_of_the_request_up_to_the_advertised_size() {
    let world = World::new().await;
    let company = world.contoso().await;
    let able = company.scim("ServiceProviderConfig").await.answered(200);
    let bulk_limits = &able.body["bulk"];
    assert_eq!(bulk_limits["supported"], true);
    let most = bulk_limits["maxOperations"].as_u64().expect("a number");

    let ada = company.hire("Ada").await;
    let path = format!("/Users/{ada}");
    let rename = |n: u64| operation("PATCH", &path, &entra::replace("title", format!("Title {n}")));
    let answer = bulk(&company, None, (1..=most).map(rename).collect()).await;
    assert!(statuses(&answer).iter().all(|status| *status == "200"), "{}", answer.text);
    let shown = company.scim(&format!("Users/{ada}")).await.answered(200);
    assert_eq!(shown.body["title"], format!("Title {most}"));

    let too_many: Value = (0..=most).map(rename).collect();
    let refused = company.post("Bulk", &json!({ "Operations": too_many })).await.refused(413, None);
    assert!(refused.text.contains("maxOperations"), "{}", refused.text);
    let payload = bulk_limits["maxPayloadSize"].as_u64().expect("a number");
    let filler = "x".repeat(usize::try_from(payload).expect("a size"));
    let refused = company.post("Bulk", &json!({ "Operations": [filler] })).await.refused(413, None);
    assert!(refused.text.contains(&payload.to_string()), "{}", refused.text);
}
