//! Values as older jobs of Entra's and other clients write them: as the text of a JSON value, wrapped,
//! said twice, looked for by what is not there. Whatever is answered 2xx leaves what was meant.

use serde_json::{Value, json};

use crate::everybody::{ENTERPRISE_USER, minimal};
use crate::groups::group;
use crate::tenant::Tenant;

/// The text of a JSON value, as a value.
fn told(value: &Value) -> Value {
    value.to_string().into()
}

/// A group with two members: its path, and their ids.
async fn sales(tenant: &Tenant) -> (String, [String; 2]) {
    let ada = tenant.made("/Users", &minimal("ada@contoso.example")).await;
    let bob = tenant.made("/Users", &minimal("bob@contoso.example")).await;
    let mut sales = group("Sales");
    sales["members"] = json!([{"value": ada}, {"value": bob}]);
    (format!("/Groups/{}", tenant.made("/Groups", &sales).await), [ada, bob])
}

async fn members(tenant: &Tenant, group: &str) -> Vec<String> {
    let read = tenant.get(group).await.answered(200);
    let members = read.body["members"].as_array().into_iter().flatten();
    members.map(|member| member["value"].as_str().expect("an id").to_owned()).collect()
}

async fn user(tenant: &Tenant, more: &[(&str, Value)]) -> String {
    let mut body = minimal("amy@contoso.example");
    for (name, value) in more {
        body[*name] = value.clone();
    }
    format!("/Users/{}", tenant.made("/Users", &body).await)
}

async fn shown(tenant: &Tenant, path: &str) -> Value {
    tenant.get(path).await.answered(200).body
}

fn operation(op: &str, path: &str, value: &Value) -> Value {
    json!([{"op": op, "path": path, "value": value}])
}

#[tokio::test]
async fn members_in_a_text_are_replaced_added_and_removed() {
    let tenant = Tenant::new().await;
    let (sales, [ada, bob]) = sales(&tenant).await;
    let only_ada = told(&json!([{"value": ada}]));
    tenant.patch(&sales, &operation("replace", "members", &only_ada)).await.answered(204);
    assert_eq!(members(&tenant, &sales).await, [ada.as_str()]);
    let and_bob = told(&json!([{"$ref": null, "value": bob}]));
    tenant.patch(&sales, &operation("add", "members", &and_bob)).await.answered(204);
    assert_eq!(members(&tenant, &sales).await, [ada.clone(), bob.clone()]);
    tenant.patch(&sales, &operation("remove", "members", &only_ada)).await.answered(204);
    assert_eq!(members(&tenant, &sales).await, [bob.as_str()]);
    let without_a_path = json!([{"op": "add", "value": {"members": only_ada}}]);
    tenant.patch(&sales, &without_a_path).await.answered(204);
    assert_eq!(members(&tenant, &sales).await, [bob.clone(), ada.clone()]);
    let mut body = group("Sales");
    body["members"] = told(&json!([bob]));
    tenant.put(&sales, &body).await.answered(200);
    assert_eq!(members(&tenant, &sales).await, [bob]);
    body["displayName"] = "Support".into();
    body["members"] = json!([told(&json!({"value": ada}))]);
    let support = format!("/Groups/{}", tenant.made("/Groups", &body).await);
    assert_eq!(members(&tenant, &support).await, [ada]);
}

#[tokio::test]
async fn a_text_that_names_no_member_is_refused_and_changes_nothing() {
    let tenant = Tenant::new().await;
    let (sales, both) = sales(&tenant).await;
    for value in ["[{\"value\":\"x\"}", "{x}", "null", "[{\"id\":\"x\"}]", "[\"a\\u0000b\"]", "[5]"]
    {
        for op in ["add", "replace", "remove"] {
            let refused = tenant.patch(&sales, &operation(op, "members", &json!(value))).await;
            refused.answered(400).shows(&json!({"scimType": "invalidValue"}));
        }
        let mut body = group("Others");
        body["members"] = value.into();
        tenant.post("/Groups", &body).await.answered(400);
        tenant.put(&sales, &body).await.answered(400);
    }
    assert_eq!(members(&tenant, &sales).await, both);
}

#[tokio::test]
async fn a_bulk_reads_texts_as_single_requests_do() {
    let tenant = Tenant::new().await;
    let (sales, [ada, bob]) = sales(&tenant).await;
    let replace = operation("replace", "members", &told(&json!([{"value": ada}])));
    let mut support = group("Support");
    support["members"] = told(&json!([{"value": bob}]));
    let mut others = group("Others");
    others["members"] = told(&json!([{"value": "bulkId:support"}]));
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "PATCH", "path": sales, "data": {"Operations": replace}},
            {"method": "POST", "path": "/Groups", "bulkId": "support", "data": support},
            {"method": "POST", "path": "/Groups", "bulkId": "others", "data": others},
            {"method": "PATCH", "path": sales, "data": {
                "Operations": operation("replace", "members[value eq \"bogus\"]", &json!("x"))}},
        ],
    });
    let answer = tenant.post("/Bulk", &bulk).await.answered(200);
    let results = answer.body["Operations"].as_array().expect("results");
    let statuses: Vec<_> = results.iter().map(|result| &result["status"]).collect();
    assert_eq!(statuses, ["204", "201", "400", "400"], "{}", answer.text);
    assert_eq!(results[2]["response"]["scimType"], "invalidValue", "it is nobody's id");
    assert_eq!(results[3]["response"]["scimType"], "noTarget");
    assert_eq!(members(&tenant, &sales).await, [ada]);
    let support = tenant.get("/Groups?filter=displayName eq \"Support\"").await.answered(200);
    assert_eq!(support.found(1)[0]["members"][0]["value"], json!(bob));
}

#[tokio::test]
async fn addresses_and_a_manager_in_a_text_are_what_it_says_or_refused() {
    let tenant = Tenant::new().await;
    let emails = json!([{"type": "work", "value": "a@contoso.example"}]);
    let addresses = json!([{"type": "work", "formatted": "1 Row"}]);
    let manager = json!({ENTERPRISE_USER: {"manager": {"value": "boss"}}});
    let sent = [
        ("emails", told(&emails)),
        ("addresses", told(&addresses)),
        (ENTERPRISE_USER, json!({"manager": told(&json!({"value": "boss"}))})),
    ];
    let amy = user(&tenant, &sent).await;
    let whole = json!({"emails": emails, "addresses": addresses});
    tenant.get(&amy).await.answered(200).shows(&whole).shows(&manager);

    let other = json!({"type": "work", "value": "b@contoso.example"});
    let path = "emails[value eq \"a@contoso.example\"]";
    tenant.patch(&amy, &operation("replace", path, &told(&other))).await.answered(200);
    assert_eq!(shown(&tenant, &amy).await["emails"], json!([other]));
    let third = told(&json!([{"type": "home", "value": "c@contoso.example"}]));
    tenant.patch(&amy, &operation("add", "emails", &third)).await.answered(200);
    let before = shown(&tenant, &amy).await;
    assert_eq!(before["emails"][1], json!({"type": "home", "value": "c@contoso.example"}));
    let manager = told(&json!([{"$ref": null, "value": "other"}]));
    tenant.patch(&amy, &operation("replace", "manager", &manager)).await.answered(200);
    let before = shown(&tenant, &amy).await;
    assert_eq!(before[ENTERPRISE_USER]["manager"], json!({"value": "other"}));

    let mut body = minimal("amy@contoso.example");
    body["emails"] = told(&json!([other]));
    let put = tenant.put(&amy, &body).await.answered(200);
    assert_eq!(put.body["emails"], json!([other]));
    body["emails"] = "[5]".into();
    tenant.put(&amy, &body).await.answered(400).shows(&json!({"scimType": "invalidValue"}));
    let before = shown(&tenant, &amy).await;

    for (path, value) in [
        ("emails", "[{\"value\":"),
        ("emails", "[5]"),
        ("emails[type eq \"work\"]", "[{\"value\":\"x\"},{\"value\":\"y\"}]"),
        ("emails[type eq \"work\"].value", "[{\"value\":\"x\"},{\"value\":\"y\"}]"),
        ("addresses", "1 Row"),
        ("manager", "{\"value\":"),
        ("manager", "null"),
        ("name", "Amy"),
    ] {
        let refused = tenant.patch(&amy, &operation("replace", path, &json!(value))).await;
        refused.answered(400).shows(&json!({"scimType": "invalidValue"}));
    }
    assert_eq!(shown(&tenant, &amy).await, before);
}

#[tokio::test]
async fn a_single_value_is_read_beneath_what_older_jobs_wrap_round_it() {
    let tenant = Tenant::new().await;
    let amy = user(&tenant, &[("title", json!([{"$ref": null, "value": "Lead"}]))]).await;
    assert_eq!(shown(&tenant, &amy).await["title"], "Lead");
    for (value, name) in [
        (json!([{"value": "X"}]), "X"),
        (json!([{"$ref": null, "value": "Y"}]), "Y"),
        (json!({"value": "Z"}), "Z"),
    ] {
        tenant.patch(&amy, &operation("Replace", "displayName", &value)).await.answered(200);
        assert_eq!(shown(&tenant, &amy).await["displayName"], name);
    }
    let inactive = json!([{"$ref": null, "value": "False"}]);
    tenant.patch(&amy, &operation("Replace", "active", &inactive)).await.answered(200);
    let (sales, _) = sales(&tenant).await;
    let renaming = operation("Replace", "displayName", &json!([{"value": "Trade"}]));
    tenant.patch(&sales, &renaming).await.answered(204);
    assert_eq!(shown(&tenant, &sales).await["displayName"], "Trade");
    let before = shown(&tenant, &amy).await;
    assert_eq!(before["active"], false);
    let two = operation("Replace", "displayName", &json!([{"value": "X"}, {"value": "Y"}]));
    let refused = tenant.patch(&amy, &two).await.answered(400);
    refused.shows(&json!({"scimType": "invalidValue"}));
    assert_eq!(shown(&tenant, &amy).await, before);
}

#[tokio::test]
async fn roles_that_are_there_are_not_added_again_as_texts() {
    let tenant = Tenant::new().await;
    let role = |name: &str| json!({"primary": false, "type": "WindowsAzureActiveDirectoryRole", "displayName": name, "value": name});
    let roles = json!([role("Admin"), role("User")]);
    let amy = user(&tenant, &[("roles", roles.clone())]).await;
    let before = shown(&tenant, &amy).await;
    let text = |role: &Value| json!({"value": told(role)});
    let texts: Value = roles.as_array().expect("two").iter().map(text).collect();
    tenant.patch(&amy, &operation("Add", "roles", &texts)).await.answered(200);
    assert_eq!(shown(&tenant, &amy).await, before, "nothing was added, so nothing changed");
    let untyped = |name: &str| text(&json!({"id": name, "value": name, "displayName": name}));
    let untyped = json!([untyped("Admin"), untyped("User")]);
    tenant.patch(&amy, &operation("Add", "roles", &untyped)).await.answered(200);
    let after = shown(&tenant, &amy).await;
    assert_eq!(after["roles"].as_array().map(Vec::len), Some(2), "{after}");
    let removing = operation("Remove", "roles", &json!([untyped[0]]));
    tenant.patch(&amy, &removing).await.answered(200);
    let after = shown(&tenant, &amy).await;
    assert_eq!(after["roles"].as_array().map(Vec::len), Some(1), "{after}");
    assert_eq!(after["roles"][0]["value"], "User", "{after}");
}

#[tokio::test]
async fn two_addresses_that_become_one_are_primary_if_one_was() {
    let tenant = Tenant::new().await;
    let emails = json!([
        {"type": "work", "value": "a@contoso.example", "primary": true},
        {"type": "work", "value": "b@contoso.example", "primary": false},
    ]);
    let amy = user(&tenant, &[("emails", emails)]).await;
    let path = "emails[type eq \"work\"].value";
    tenant
        .patch(&amy, &operation("replace", path, &json!("c@contoso.example")))
        .await
        .answered(200);
    let one = json!([{"type": "work", "value": "c@contoso.example", "primary": true}]);
    assert_eq!(shown(&tenant, &amy).await["emails"], one);
}

#[tokio::test]
async fn nobody_becomes_a_member_by_being_looked_for() {
    let tenant = Tenant::new().await;
    let (sales, both) = sales(&tenant).await;
    let cyd = tenant.made("/Users", &minimal("cyd@contoso.example")).await;
    for op in ["add", "replace"] {
        for id in ["bogus", &cyd] {
            for (part, value) in
                [("", json!({"value": id})), ("", json!({"display": "C"})), (".value", json!(id))]
            {
                let path = format!("members[value eq \"{id}\"]{part}");
                let refused = tenant.patch(&sales, &operation(op, &path, &value)).await;
                refused.answered(400).shows(&json!({"scimType": "noTarget"}));
            }
        }
    }
    assert_eq!(members(&tenant, &sales).await, both);
    let amy = user(&tenant, &[("emails", json!([{"value": "a@contoso.example"}]))]).await;
    let before = shown(&tenant, &amy).await;
    for op in ["add", "replace"] {
        for path in ["emails[value eq \"bogus\"]", "emails[value eq \"bogus\"].value"] {
            let value = json!("b@contoso.example");
            let refused = tenant.patch(&amy, &operation(op, path, &value)).await;
            refused.answered(400).shows(&json!({"scimType": "noTarget"}));
        }
        let path = "manager[value eq \"bogus\"]";
        tenant.patch(&amy, &operation(op, path, &json!("boss"))).await.answered(400);
    }
    assert_eq!(shown(&tenant, &amy).await, before);
}

#[tokio::test]
async fn who_was_added_in_the_same_request_can_be_set_and_who_was_removed_cannot() {
    let tenant = Tenant::new().await;
    let (sales, [ada, bob]) = sales(&tenant).await;
    let cyd = tenant.made("/Users", &minimal("cyd@contoso.example")).await;
    let set = |id: &str| {
        let path = format!("members[value eq \"{id}\"]");
        json!({"op": "replace", "path": path, "value": {"display": "Named"}})
    };
    let add = json!({"op": "add", "path": "members", "value": [{"value": cyd}]});
    tenant.patch(&sales, &json!([add, set(&cyd), set(&ada)])).await.answered(204);
    assert_eq!(members(&tenant, &sales).await, [ada.clone(), bob.clone(), cyd.clone()]);
    let removals = [
        json!({"op": "remove", "path": "members", "value": [{"value": ada}]}),
        json!({"op": "replace", "path": "members", "value": [{"value": bob}]}),
        json!({"op": "remove", "path": "members[not (value eq \"x\")]"}),
        json!({"op": "remove", "path": "members"}),
    ];
    for removal in removals {
        let refused = tenant.patch(&sales, &json!([removal, set(&ada)])).await.answered(400);
        refused.shows(&json!({"scimType": "noTarget"}));
    }
    assert_eq!(members(&tenant, &sales).await, [ada, bob, cyd]);
}
