//! Microsoft's eleven direct tests: those of its validation template that ask the server itself,
//! rather than letting a provisioning job ask.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::everybody::{ENTERPRISE_USER, USER, minimal, sent, verbose, whole};
use crate::groups::group;
use crate::tenant::{Headers, Tenant};

/// The template makes and deletes as many at a time.
const IN_PARALLEL: usize = 5;

/// Asks for a token as an OAuth client; the words stand for parameters with the credentials in them.
async fn token_with(tenant: &Tenant, parameters: &str) -> Answer {
    let form = "application/x-www-form-urlencoded".to_owned();
    let headers = [("authorization", None), ("content-type", Some(form))];
    let headers: Headers = headers.map(|(name, value)| (name.to_owned(), value)).into();
    tenant.ask("POST", "/oauth/token", &headers, Some(parameters.to_owned())).await
}

/// Makes eleven, five at a time; reads them in pages of five; deletes them, five at a time.
async fn assert_pages(kind: &str, resources: Vec<Value>) {
    let tenant = &Tenant::new().await;
    let making = resources.iter().map(async |one| tenant.made(kind, one).await);
    let mut made: Vec<_> = stream::iter(making).buffer_unordered(IN_PARALLEL).collect().await;
    let mut read = Vec::new();
    for (start, on_page) in [(1, 5), (6, 5), (11, 1)] {
        let page = tenant.get(&format!("{kind}?startIndex={start}&count=5")).await.answered(200);
        let resources = page.found(11);
        assert_eq!(resources.len(), on_page, "{}", page.text);
        read.extend(resources.iter().map(|one| one["id"].as_str().unwrap_or_default().to_owned()));
        page.shows(&json!({"startIndex": start, "itemsPerPage": on_page}));
    }
    read.sort();
    made.sort();
    assert_eq!(read, made, "each is on one page");
    let deleting = made.iter().map(async |id| tenant.delete(&format!("{kind}/{id}")).await);
    let deleted: Vec<_> = stream::iter(deleting).buffer_unordered(IN_PARALLEL).collect().await;
    for answer in deleted {
        answer.answered(204);
    }
    assert!(tenant.get(kind).await.answered(200).found(0).is_empty());
}

#[tokio::test]
async fn the_schemas_of_users_and_groups_can_be_discovered() {
    let tenant = Tenant::new().await;
    let all = tenant.get("/Schemas").await.answered(200);
    let schemas = all.body["Resources"].as_array().expect("a list of schemas");
    let by_id: BTreeMap<_, _> =
        schemas.iter().filter_map(|schema| Some((schema["id"].as_str()?, schema))).collect();
    let group = "urn:ietf:params:scim:schemas:core:2.0:Group";
    for (id, attribute) in
        [(USER, "userName"), (ENTERPRISE_USER, "manager"), (group, "displayName")]
    {
        by_id[id].get("name").expect("a schema has a name");
        let one = tenant.get(&format!("/Schemas/{id}")).await.answered(200);
        assert_eq!(&one.body, by_id[id], "a schema is the same by itself");
        one.shows(&json!({"attributes": [{"name": attribute}]}));
    }
    let types = tenant.get("/ResourceTypes").await.answered(200);
    let user = json!({"endpoint": "/Users", "schema": USER});
    types.shows(&json!({"Resources": [user, {"endpoint": "/Groups", "schema": group}]}));
}

#[tokio::test]
async fn an_attribute_is_cleared_by_an_empty_text_and_then_by_null() {
    let tenant = Tenant::new().await;
    let path =
        format!("/Users/{}", tenant.made("/Users", &sent("ada@contoso.example", "old")).await);
    let clear = |value: Value| {
        let paths = ["title", "name.middleName", "phoneNumbers[type eq \"mobile\"].value"];
        Value::from(
            paths.map(|path| json!({"op": "replace", "path": path, "value": value})).to_vec(),
        )
    };
    for nothing in [json!(""), Value::Null] {
        let user = tenant.patch(&path, &clear(nothing)).await.answered(200).body;
        assert!(user["title"].is_null() && user["name"]["middleName"].is_null(), "{user}");
        let phones = user["phoneNumbers"].as_array().expect("the others are left");
        let mobile = phones.iter().find(|phone| phone["type"] == "mobile");
        assert!(mobile.is_none_or(|mobile| mobile["value"].is_null()), "{user}");
        assert_eq!(phones[0]["value"], "old desk", "{user}");
        assert_eq!(user["name"]["givenName"], "old given", "{user}");
    }
}

#[tokio::test]
async fn a_user_is_created() {
    let tenant = Tenant::new().await;
    let made = tenant.post("/Users", &sent("ada@contoso.example", "old")).await.answered(201);
    let path = format!("/Users/{}", made.id());
    let read = tenant.get(&path).await.answered(200);
    assert_eq!(read.body, made.body);
    read.shows(&whole("ada@contoso.example", "old"));
}

#[tokio::test]
async fn a_user_is_updated() {
    let tenant = Tenant::new().await;
    let path =
        format!("/Users/{}", tenant.made("/Users", &sent("ada@contoso.example", "old")).await);
    tenant.patch(&path, &verbose("replace", "new")).await.answered(200);
    let updated = whole("ada@contoso.example", "new");
    tenant.get(&path).await.answered(200).shows(&updated);
}

#[tokio::test]
async fn a_group_is_created() {
    let tenant = Tenant::new().await;
    let path = format!("/Groups/{}", tenant.made("/Groups", &group("Sales")).await);
    tenant.get(&path).await.answered(200).shows(&group("Sales"));
}

#[tokio::test]
async fn a_group_is_updated() {
    let tenant = Tenant::new().await;
    let path = format!("/Groups/{}", tenant.made("/Groups", &group("Sales")).await);
    let operations = json!([
        {"op": "replace", "path": "displayName", "value": "Sales North"},
        {"op": "replace", "path": "externalId", "value": "object of Sales North"},
    ]);
    tenant.patch(&path, &operations).await.accepted();
    tenant.get(&path).await.answered(200).shows(&group("Sales North"));
}

#[tokio::test]
async fn credentials_give_a_token_for_one_to_six_hours_which_opens_the_first_page() {
    let tenant = Tenant::new().await;
    let [id, secret] = ["client_id", "client_secret"].map(|name| &tenant.credentials[name]);
    let grant =
        format!("grant_type=client_credentials&client_id={id}&client_secret={secret}&scope=scim");
    let granted = token_with(&tenant, &grant).await;
    assert_eq!(granted.status, 200, "{}", granted.text);
    let lifetime = granted.body["expires_in"].as_u64().expect("a number of seconds");
    assert!((60 * 60..=360 * 60).contains(&lifetime), "{lifetime} seconds");
    let token = granted.body["access_token"].as_str().expect("a token");
    let headers = Headers::from([("authorization".to_owned(), Some(format!("Bearer {token}")))]);
    let page = tenant.ask("GET", "/Users?startIndex=1&count=1", &headers, None).await;
    assert!(page.answered(200).found(0).is_empty());
}

/// Entra can sign in with a token of its own instead of a secret (RFC 7523 §2.2). We offer no such
/// way, and say so rather than giving out anything.
#[tokio::test]
async fn a_federated_identity_gets_no_token_for_its_assertion() {
    let tenant = Tenant::new().await;
    let id = &tenant.credentials["client_id"];
    let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
    let assertion = "eyJhbGciOiJub25lIn0.e30.";
    let refused = token_with(
        &tenant,
        &format!(
            "grant_type=client_credentials&client_id={id}&client_assertion_type={kind}\
             &client_assertion={assertion}"
        ),
    )
    .await;
    assert_eq!(refused.status, 401, "{}", refused.text);
    assert_eq!(refused.body["error"], "invalid_client", "{}", refused.text);
}

#[tokio::test]
async fn eleven_users_are_three_pages_of_five() {
    let users = (0..11).map(|number| minimal(&format!("user-{number}@contoso.example")));
    assert_pages("/Users", users.collect()).await;
}

#[tokio::test]
async fn eleven_groups_are_three_pages_of_five() {
    assert_pages("/Groups", (0..11).map(|number| group(&format!("Team {number}"))).collect()).await;
}

#[tokio::test]
async fn a_manager_is_added_and_replaced_by_a_text_and_taken_away_by_an_empty_one() {
    let tenant = Tenant::new().await;
    let path = format!("/Users/{}", tenant.made("/Users", &minimal("ada@contoso.example")).await);
    let first = tenant.made("/Users", &minimal("first@contoso.example")).await;
    let second = tenant.made("/Users", &minimal("second@contoso.example")).await;
    let manager = format!("{ENTERPRISE_USER}:manager");
    for (op, value) in [("add", &first), ("replace", &second)] {
        let operations = json!([{"op": op, "path": manager, "value": value}]);
        tenant.patch(&path, &operations).await.answered(200);
        let shown = json!({ENTERPRISE_USER: {"manager": {"value": value}}});
        tenant.get(&path).await.answered(200).shows(&shown);
    }
    let operations = json!([{"op": "replace", "path": manager, "value": ""}]);
    tenant.patch(&path, &operations).await.answered(200);
    let read = tenant.get(&path).await.answered(200);
    assert!(read.body[ENTERPRISE_USER]["manager"].is_null(), "{}", read.text);
}
