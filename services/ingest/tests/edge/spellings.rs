//! Names, URNs, quotes and paths in the spellings that clients have for them.

use axum::http::Method;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::world::{GROUPS, OPERATOR, USERS, World, patient};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

impl World {
    async fn get(&self, path: &str) -> Answer {
        self.scim(Method::GET, path, &Value::Null).await
    }

    async fn patch_amy(&self, operations: Value) -> Value {
        let path = format!("{USERS}/{}", self.amy);
        let body: Value = [("Operations".to_owned(), operations)].into_iter().collect();
        self.scim(Method::PATCH, &path, &body).await.ok()
    }

    /// How many users a filter finds.
    async fn found(&self, filter: &str) -> usize {
        let filter = filter.replace(' ', "%20").replace('"', "%22");
        let page = self.get(&format!("{USERS}?filter={filter}")).await.ok();
        page["Resources"].as_array().expect("a page").len()
    }
}

#[tokio::test]
async fn a_dot_after_the_urn_of_a_schema_makes_no_extension() {
    let world = World::open(patient()).await;
    let shown = world
        .patch_amy(json!([
            { "op": "replace", "path": format!("{CORE}.displayName"), "value": "Amy" },
            { "op": "replace", "path": format!("{ENTERPRISE}.employeeNumber"), "value": "7" },
            { "op": "add", "value": { format!("{ENTERPRISE}.department"): "Ops" } },
        ]))
        .await;
    assert_eq!(shown["displayName"], "Amy");
    assert_eq!(shown[ENTERPRISE], json!({ "employeeNumber": "7", "department": "Ops" }));
    assert_eq!(shown["schemas"], json!([CORE, ENTERPRISE]));
    assert_eq!(world.found(&format!("{ENTERPRISE}.employeeNumber eq \"7\"")).await, 1);
    let only = format!("{USERS}/{}?attributes={ENTERPRISE}.department", world.amy);
    assert_eq!(world.get(&only).await.ok()[ENTERPRISE], json!({ "department": "Ops" }));
    let sorted = format!("{USERS}?sortBy={CORE}.displayName");
    assert_eq!(world.get(&sorted).await.ok()["totalResults"], 1);
}

#[tokio::test]
async fn an_undeclared_extension_is_changed_selected_found_and_removed_by_the_urn_of_its_post() {
    let world = World::open(patient()).await;
    let urn = "urn:example:params";
    let eve = json!({ "userName": "eve@a.example", urn: { "badge": "7" } });
    let eve = world.scim(Method::POST, USERS, &eve).await.ok();
    let path = format!("{USERS}/{}", eve["id"].as_str().expect("an id"));
    let change = async |operation: Value| {
        world.scim(Method::PATCH, &path, &json!({ "Operations": [operation] })).await.ok()
    };
    let more = json!({ "op": "replace", "path": urn, "value": { "floor": 3 } });
    assert_eq!(change(more).await[urn], json!({ "badge": "7", "floor": 3 }));
    let by_attribute = json!({ "op": "replace", "path": format!("{urn}:badge"), "value": "8" });
    let shown = change(by_attribute).await;
    assert_eq!(shown[urn], json!({ "badge": "8", "floor": 3 }));
    assert_eq!(shown["schemas"], json!([CORE, urn]), "and no other URN is there");

    let only = world.get(&format!("{path}?attributes={urn}")).await.ok();
    assert_eq!(only[urn], json!({ "badge": "8", "floor": 3 }));
    let without = world.get(&format!("{path}?excludedAttributes={urn}")).await.ok();
    assert!(without.get(urn).is_none() && without["userName"] == "eve@a.example");
    assert_eq!(world.found(&format!("{urn}:badge eq \"8\"")).await, 1);
    let sorted = world.get(&format!("{USERS}?sortBy={urn}:badge")).await.ok();
    assert_eq!(sorted["Resources"][0]["id"], eve["id"], "who has none comes last");
    let sorted = world.get(&format!("{USERS}?sortBy={urn}.floor&sortOrder=descending")).await.ok();
    assert_eq!(sorted["Resources"][1]["id"], eve["id"], "who has none comes first");

    let less = change(json!({ "op": "remove", "path": format!("{urn}:floor") })).await;
    assert_eq!(less[urn], json!({ "badge": "8" }));
    let gone = change(json!({ "op": "remove", "path": urn })).await;
    assert_eq!((&gone["schemas"], gone.get(urn)), (&json!([CORE]), None));
}

#[tokio::test]
async fn an_extension_by_microsofts_pattern_can_be_declared_and_has_its_types() {
    let world = World::open(patient()).await;
    let urn = "urn:ietf:params:scim:schemas:extension:acme:2.0:User";
    let extension = |urn: &str| {
        json!({
            "urn": urn,
            "resourceType": "User",
            "name": "Acme",
            "attributes": [{ "name": "contractor", "type": "boolean" }],
        })
    };
    let console = "/operator/v1/tenants/acme/extensions";
    world.ask_as(OPERATOR, Method::POST, console, &extension(urn)).await.ok();
    let refused = world.ask_as(OPERATOR, Method::POST, console, &extension(ENTERPRISE)).await;
    refused.refused(400, "urn:ietf:params:scim:schemas:extension:NAME:2.0:User");

    for path in [format!("{urn}:contractor"), format!("{}.Contractor", urn.to_uppercase())] {
        let shown = world.patch_amy(json!([{ "op": "add", "path": path, "value": "True" }])).await;
        assert_eq!(shown[urn], json!({ "contractor": true }), "{path}");
        assert_eq!(shown["schemas"], json!([CORE, urn]), "{path}");
    }
    let schema = world.get(&format!("/scim/v2/acme/Schemas/{urn}")).await.ok();
    assert_eq!(schema["attributes"][0]["name"], "contractor");
}

#[tokio::test]
async fn single_quotes_find_who_is_there_and_change_the_value_that_is_there() {
    let world = World::open(patient()).await;
    assert_eq!(world.found("userName eq 'amy@a.example'").await, 1);
    assert_eq!(world.found("userName eq 'AMY@a.example' and not (title eq 'x')").await, 1);
    assert_eq!(world.found("userName eq 'amy'").await, 0);
    let search = json!({ "filter": "userName eq 'amy@a.example'" });
    let search = world.scim(Method::POST, &format!("{USERS}/.search"), &search).await.ok();
    assert_eq!(search["totalResults"], 1);
    let groups = world.get(&format!("{GROUPS}?filter=displayName%20eq%20'sales'")).await.ok();
    assert_eq!(groups["totalResults"], 1);

    let mobile = |value| json!({ "op": "replace", "path": "phoneNumbers[type eq 'mobile'].value", "value": value });
    let phone = json!({ "op": "add", "path": "phoneNumbers", "value": [{ "type": "mobile", "value": "1" }] });
    let shown = world.patch_amy(json!([phone, mobile("2")])).await;
    assert_eq!(shown["phoneNumbers"], json!([{ "type": "mobile", "value": "2" }]));
    let by_id = format!("members[value eq '{}']", world.amy);
    let body = json!({ "Operations": [{ "op": "remove", "path": by_id }] });
    let sales = format!("{GROUPS}/{}", world.sales);
    world.scim(Method::PATCH, &sales, &body).await.ok();
    assert!(world.get(&sales).await.ok().get("members").is_none());
}

#[tokio::test]
async fn endpoints_are_understood_in_any_letter_case_and_by_their_older_name() {
    let world = World::open(patient()).await;
    let amy = &world.amy;
    for (written, canonical) in [
        ("/users", "/Users"),
        ("/GROUPS", "/Groups"),
        (&*format!("/users/{amy}"), &*format!("/Users/{amy}")),
        ("/schemas", "/Schemas"),
        ("/resourcetypes", "/ResourceTypes"),
        ("/ResourceTypes/user", "/ResourceTypes/User"),
        ("/serviceproviderconfig", "/ServiceProviderConfig"),
        ("/serviceConfiguration", "/ServiceProviderConfig"),
    ] {
        let [written, canonical] = [written, canonical].map(|path| format!("/scim/v2/acme{path}"));
        let (written, canonical) = (world.get(&written).await, world.get(&canonical).await);
        assert_eq!(written.ok(), canonical.ok());
        assert_eq!(written.header("content-location"), canonical.header("content-location"));
    }
    world.get("/scim/v2/acme/me").await.refused(501, "/Me");
    let search = json!({ "filter": "userName pr" });
    for path in ["/.SEARCH", "/users/.Search"] {
        let path = format!("/scim/v2/acme{path}");
        world.scim(Method::POST, &path, &search).await.ok();
    }
    let made = json!({ "userName": "eve@a.example" });
    let made = world.scim(Method::POST, "/scim/v2/acme/users", &made).await;
    assert_eq!(made.status, 201, "{made:?}");
    let deletion = json!({ "method": "DELETE", "path": format!("/users/{amy}") });
    let bulk = json!({ "schemas": [BULK], "Operations": [deletion] });
    let done = world.scim(Method::POST, "/scim/v2/acme/bulk", &bulk).await.ok();
    assert_eq!(done["Operations"][0]["status"], "204");
    world.get("/scim/v2/acme/people").await.refused(404, "no such endpoint");
}

#[tokio::test]
async fn a_bulk_request_says_by_its_schemas_that_it_is_one() {
    let world = World::open(patient()).await;
    let operations = json!([{ "method": "DELETE", "path": format!("/Users/{}", world.amy) }]);
    for schemas in [
        Value::Null,
        json!([]),
        json!(["urn:ietf:params:scim:api:messages:2.0:PatchOp"]),
        json!(BULK),
    ] {
        let mut body = json!({ "schemas": schemas, "Operations": operations });
        if body["schemas"].is_null() {
            body.as_object_mut().expect("an object").remove("schemas");
        }
        let refused = world.scim(Method::POST, "/scim/v2/acme/Bulk", &body).await;
        assert_eq!(refused.refused(400, BULK)["scimType"], "invalidSyntax");
    }
    world.get(&format!("{USERS}/{}", world.amy)).await.ok();
    // Others are told by where they are sent.
    world.patch_amy(json!([{ "op": "add", "path": "title", "value": "Dr" }])).await;
    let body =
        json!({ "schemas": ["urn:x:another", BULK.to_uppercase()], "Operations": operations });
    world.scim(Method::POST, "/scim/v2/acme/Bulk", &body).await.ok();
    world.get(&format!("{USERS}/{}", world.amy)).await.refused(404, "no user");
}

#[tokio::test]
async fn a_single_resource_says_in_its_headers_where_it_is() {
    let world = World::open(patient()).await;
    let located = |answer: &Answer| {
        let location = answer.ok()["meta"]["location"].as_str().map(str::to_owned);
        assert_eq!(Some(answer.header("content-location")), location.as_deref(), "{answer:?}");
        location.expect("a location")
    };
    let lists = [(USERS, "userName", &world.amy), (GROUPS, "displayName", &world.sales)];
    for (list, name, id) in lists {
        let path = format!("{list}/{id}");
        let got = world.get(&path).await;
        assert!(located(&got).ends_with(&path));
        let body = json!({ name: "new@a.example" });
        located(&world.scim(Method::PUT, &path, &body).await);
        let change = json!({ "Operations": [{ "op": "add", "path": "externalId", "value": "7" }] });
        let asked = format!("{path}?attributes=externalId,meta");
        located(&world.scim(Method::PATCH, &asked, &change).await);
        let made = world.scim(Method::POST, list, &json!({ name: "another@a.example" })).await;
        assert_eq!(located(&made), made.header("location"));
        let head = world.scim(Method::HEAD, &path, &Value::Null).await;
        assert!(head.header("content-location").ends_with(&path));
        assert_eq!(world.get(list).await.header("content-location"), "", "a page is no resource");
    }
    for path in ["ServiceProviderConfig", "ResourceTypes/User", &format!("Schemas/{CORE}")] {
        located(&world.get(&format!("/scim/v2/acme/{path}")).await);
    }
}

#[tokio::test]
async fn what_names_nothing_is_answered_as_ever_and_counted_by_name_and_never_by_value() {
    let world = World::open(patient()).await;
    let shown = world
        .patch_amy(json!([
            { "op": "replace", "path": "shoeSize", "value": "forty-four" },
            { "op": "add", "path": "urn:x:y:z:shoeSize", "value": "kept" },
            { "op": "add", "value": { "ShoeSize": "forty-five", "amy@a.example": "her address" } },
        ]))
        .await;
    assert_eq!(shown["urn:x:y:z"], json!({ "shoeSize": "kept" }));
    assert!(shown.get("shoeSize").is_none());
    let eve = json!({ "userName": "eve@a.example", "shoesize": 38, "password": "secret" });
    world.scim(Method::POST, USERS, &eve).await.ok();
    let sales = json!({ "displayName": "Sales", "colour": "red" });
    world.scim(Method::PUT, &format!("{GROUPS}/{}", world.sales), &sales).await.ok();
    let post = json!({ "method": "POST", "path": "/Users", "bulkId": "1",
        "data": { "userName": "bob@a.example", "colour": "blue" } });
    let bulk = json!({ "schemas": [BULK], "Operations": [post] });
    world.scim(Method::POST, "/scim/v2/acme/Bulk", &bulk).await.ok();
    let refused = json!({ "userName": "", "hat": "none" });
    world.scim(Method::POST, USERS, &refused).await.refused(400, "userName");
    let counted = [("(other)", 1), ("colour", 2), ("shoeSize", 2)];
    assert_eq!(world.gateway.ignored(), counted.map(|(name, times)| (name.to_owned(), times)));
}
