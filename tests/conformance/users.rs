//! The Entra SCIM Validator's mandatory tests of users, thirteen of its twenty-five.

use serde_json::{Value, json};

use crate::everybody::{ENTERPRISE_USER, minimal, pathless, sent, verbose, whole};
use crate::tenant::Tenant;

/// The one user of this name, fetched as the validator does.
async fn fetched(tenant: &Tenant, user_name: &str) -> Value {
    let path = format!("/Users?filter=userName eq \"{user_name}\"");
    let answer = tenant.get(&path).await.answered(200);
    let [user] = answer.found(1) else { panic!("no user on the page: {}", answer.text) };
    user.clone()
}

/// Every attribute is there, with no element too many.
#[track_caller]
fn assert_whole(user: &Value, user_name: &str, word: &str) {
    let whole = whole(user_name, word);
    for (name, value) in whole.as_object().expect("a user is an object") {
        assert_eq!(&user[name], value, "{name} of {user}");
    }
}

/// A user with a manager.
async fn managed(tenant: &Tenant, manager: &str) -> String {
    let mut user = minimal("ada@contoso.example");
    user[ENTERPRISE_USER] = json!({"employeeNumber": "1", "manager": {"value": manager}});
    tenant.made("/Users", &user).await
}

fn manager(op: &str, value: &Value) -> Value {
    json!([{"op": op, "path": format!("{ENTERPRISE_USER}:manager"), "value": value}])
}

#[tokio::test]
async fn creating_a_user_and_finding_them_by_filter_shows_every_attribute() {
    let tenant = Tenant::new().await;
    let made = tenant.post("/Users", &sent("ada@contoso.example", "old")).await.answered(201);
    assert_whole(&made.body, "ada@contoso.example", "old");
    let user = fetched(&tenant, "ada@contoso.example").await;
    assert_eq!(user, made.body);
}

#[tokio::test]
async fn creating_a_user_twice_is_a_conflict() {
    let tenant = Tenant::new().await;
    let ada = sent("ada@contoso.example", "old");
    let id = tenant.made("/Users", &ada).await;
    let refused = tenant.post("/Users", &ada).await.answered(409);
    refused.shows(&json!({"status": "409", "scimType": "uniqueness"}));
    assert_eq!(fetched(&tenant, "ada@contoso.example").await["id"], id);
}

#[tokio::test]
async fn a_filter_finds_an_existing_user() {
    let tenant = Tenant::new().await;
    let ada = tenant.made("/Users", &minimal("ada@contoso.example")).await;
    tenant.made("/Users", &minimal("ida@contoso.example")).await;
    assert_eq!(fetched(&tenant, "ada@contoso.example").await["id"], ada);
}

#[tokio::test]
async fn a_filter_for_a_missing_user_finds_an_empty_list() {
    let tenant = Tenant::new().await;
    tenant.made("/Users", &minimal("ada@contoso.example")).await;
    let nobody = tenant.get("/Users?filter=userName eq \"nobody@contoso.example\"").await;
    assert!(nobody.answered(200).found(0).is_empty());
}

#[tokio::test]
async fn a_filter_finds_a_user_in_another_case() {
    let tenant = Tenant::new().await;
    let id = tenant.made("/Users", &minimal("ada@contoso.example")).await;
    let user = fetched(&tenant, "ADA@Contoso.Example").await;
    assert_eq!((&user["id"], &user["userName"]), (&json!(id), &json!("ada@contoso.example")));
}

#[tokio::test]
async fn replacing_all_attributes_in_either_dialect_leaves_none_of_the_old() {
    for operations in [verbose("Replace", "new"), pathless("replace", "new")] {
        let tenant = Tenant::new().await;
        let id = tenant.made("/Users", &sent("ada@contoso.example", "old")).await;
        let patched = tenant.patch(&format!("/Users/{id}"), &operations).await.answered(200);
        assert_whole(&patched.body, "ada@contoso.example", "new");
        assert_eq!(fetched(&tenant, "ada@contoso.example").await, patched.body);
    }
}

#[tokio::test]
async fn replacing_the_user_name_without_a_path_renames_the_user() {
    let tenant = Tenant::new().await;
    let id = tenant.made("/Users", &minimal("ada@contoso.example")).await;
    let renaming = json!([{"op": "replace", "value": {"userName": "lovelace@contoso.example"}}]);
    tenant.patch(&format!("/Users/{id}"), &renaming).await.answered(200);
    assert_eq!(fetched(&tenant, "lovelace@contoso.example").await["id"], id);
    let old = tenant.get("/Users?filter=userName eq \"ada@contoso.example\"").await;
    assert!(old.answered(200).found(0).is_empty());
}

#[tokio::test]
async fn disabling_a_user_makes_them_inactive_and_keeps_them() {
    let tenant = Tenant::new().await;
    let id = tenant.made("/Users", &minimal("ada@contoso.example")).await;
    let disabling = json!([{"op": "replace", "path": "active", "value": false}]);
    tenant.patch(&format!("/Users/{id}"), &disabling).await.answered(200);
    assert_eq!(fetched(&tenant, "ada@contoso.example").await["active"], false);
}

#[tokio::test]
async fn adding_all_attributes_to_a_minimal_user_in_either_dialect_makes_a_whole_one() {
    for operations in [verbose("Add", "new"), pathless("add", "new")] {
        let tenant = Tenant::new().await;
        let id = tenant.made("/Users", &minimal("ada@contoso.example")).await;
        let patched = tenant.patch(&format!("/Users/{id}"), &operations).await.answered(200);
        assert_whole(&patched.body, "ada@contoso.example", "new");
        assert_eq!(fetched(&tenant, "ada@contoso.example").await, patched.body);
    }
}

#[tokio::test]
async fn adding_a_manager_shows_them() {
    let tenant = Tenant::new().await;
    let id = tenant.made("/Users", &minimal("ada@contoso.example")).await;
    let adding = manager("add", &json!({"value": "somebody"}));
    tenant.patch(&format!("/Users/{id}"), &adding).await.answered(200);
    let user = fetched(&tenant, "ada@contoso.example").await;
    assert_eq!(user[ENTERPRISE_USER]["manager"]["value"], "somebody");
}

#[tokio::test]
async fn replacing_a_manager_shows_the_new_one() {
    let tenant = Tenant::new().await;
    let id = managed(&tenant, "somebody").await;
    let replacing = manager("replace", &json!({"value": "another"}));
    tenant.patch(&format!("/Users/{id}"), &replacing).await.answered(200);
    let user = fetched(&tenant, "ada@contoso.example").await;
    assert_eq!(user[ENTERPRISE_USER]["manager"]["value"], "another");
}

#[tokio::test]
async fn replacing_a_manager_by_nobody_leaves_none_and_keeps_the_rest() {
    let tenant = Tenant::new().await;
    let id = managed(&tenant, "somebody").await;
    let removing = manager("replace", &json!({"value": ""}));
    tenant.patch(&format!("/Users/{id}"), &removing).await.answered(200);
    let user = fetched(&tenant, "ada@contoso.example").await;
    assert_eq!(user[ENTERPRISE_USER], json!({"employeeNumber": "1"}));
}

#[tokio::test]
async fn a_deleted_user_is_not_found() {
    let tenant = Tenant::new().await;
    let path = format!("/Users/{}", tenant.made("/Users", &minimal("ada@contoso.example")).await);
    tenant.delete(&path).await.answered(204);
    tenant.get(&path).await.answered(404);
    let gone = tenant.get("/Users?filter=userName eq \"ada@contoso.example\"").await;
    assert!(gone.answered(200).found(0).is_empty());
}
