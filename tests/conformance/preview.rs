//! The Entra SCIM Validator's seven preview tests.

use serde_json::json;

use crate::everybody::minimal;
use crate::groups::group;
use crate::tenant::Tenant;

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[tokio::test]
async fn one_patch_may_remove_add_and_replace_different_attributes() {
    let tenant = Tenant::new().await;
    let mut ada = minimal("ada@contoso.example");
    ada["preferredLanguage"] = "en".into();
    ada["displayName"] = "Ada Byron".into();
    let path = format!("/Users/{}", tenant.made("/Users", &ada).await);
    let operations = json!([
        {"op": "remove", "path": "preferredLanguage"},
        {"op": "add", "path": "externalId", "value": "object of Ada"},
        {"op": "replace", "path": "displayName", "value": "Ada Lovelace"},
    ]);
    tenant.patch(&path, &operations).await.answered(200);
    let read = tenant.get(&path).await.answered(200);
    assert!(read.body["preferredLanguage"].is_null(), "{}", read.text);
    read.shows(&json!({"externalId": "object of Ada", "displayName": "Ada Lovelace"}));
}

#[tokio::test]
async fn operations_on_one_attribute_count_in_their_order() {
    let tenant = Tenant::new().await;
    let path = format!("/Users/{}", tenant.made("/Users", &minimal("ada@contoso.example")).await);
    let add = json!({"op": "add", "path": "displayName", "value": "Ada Byron"});
    let replace = json!({"op": "replace", "path": "displayName", "value": "Ada Lovelace"});
    let remove = json!({"op": "remove", "path": "displayName"});
    let operations = json!([remove, add, replace]);
    let patched = tenant.patch(&path, &operations).await.answered(200);
    assert_eq!(patched.body["displayName"], "Ada Lovelace");
    let operations = json!([replace, add, remove]);
    let patched = tenant.patch(&path, &operations).await.answered(200);
    assert!(patched.body["displayName"].is_null(), "{}", patched.text);
}

#[tokio::test]
async fn deleting_a_user_whom_nobody_knows_is_404() {
    let tenant = Tenant::new().await;
    tenant.delete(&format!("/Users/{NOBODY}")).await.answered(404);
}

#[tokio::test]
async fn deleting_a_group_that_nobody_knows_is_404() {
    let tenant = Tenant::new().await;
    tenant.delete(&format!("/Groups/{NOBODY}")).await.answered(404);
}

#[tokio::test]
async fn deleting_a_user_twice_is_404_the_second_time() {
    let tenant = Tenant::new().await;
    let path = format!("/Users/{}", tenant.made("/Users", &minimal("ada@contoso.example")).await);
    tenant.delete(&path).await.answered(204);
    tenant.delete(&path).await.answered(404);
}

#[tokio::test]
async fn deleting_a_group_twice_is_404_the_second_time() {
    let tenant = Tenant::new().await;
    let path = format!("/Groups/{}", tenant.made("/Groups", &group("Sales")).await);
    tenant.delete(&path).await.answered(204);
    tenant.delete(&path).await.answered(404);
}

#[tokio::test]
async fn a_member_who_is_added_and_removed_in_one_patch_is_none() {
    let tenant = Tenant::new().await;
    let ada = tenant.made("/Users", &minimal("ada@contoso.example")).await;
    let path = format!("/Groups/{}", tenant.made("/Groups", &group("Sales")).await);
    let operations = json!([
        {"op": "add", "path": "members", "value": [{"value": ada}]},
        {"op": "remove", "path": format!("members[value eq \"{ada}\"]")},
    ]);
    tenant.patch(&path, &operations).await.accepted();
    let read = tenant.get(&path).await.answered(200);
    assert!(read.body["members"].is_null(), "{}", read.text);
}
