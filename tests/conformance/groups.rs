//! The Entra SCIM Validator's mandatory tests of groups, twelve of its twenty-five.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::everybody::minimal;
use crate::tenant::Tenant;

const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// A group as the validator sends it.
pub(crate) fn group(display_name: &str) -> Value {
    let external_id = format!("object of {display_name}");
    json!({"displayName": display_name, "externalId": external_id, "schemas": [GROUP]})
}

/// Sales, with Ada in it: where the group is, and who she is.
async fn sales_with_ada(tenant: &Tenant) -> (String, String) {
    let ada = tenant.made("/Users", &minimal("ada@contoso.example")).await;
    let mut sales = group("Sales");
    sales["members"] = json!([{"value": ada}]);
    (format!("/Groups/{}", tenant.made("/Groups", &sales).await), ada)
}

async fn find(tenant: &Tenant, name: &str, more: &str) -> Answer {
    tenant.get(&format!("/Groups?{more}filter=displayName eq \"{name}\"")).await.answered(200)
}

#[tokio::test]
async fn a_group_is_read_by_id_without_its_members() {
    let tenant = Tenant::new().await;
    let (sales, _) = sales_with_ada(&tenant).await;
    let read = tenant.get(&format!("{sales}?excludedAttributes=members")).await.answered(200);
    assert!(read.body["members"].is_null(), "{}", read.text);
    read.shows(&json!({"displayName": "Sales", "externalId": "object of Sales"}));
}

#[tokio::test]
async fn a_filter_finds_a_group_with_its_members() {
    let tenant = Tenant::new().await;
    let (_, ada) = sales_with_ada(&tenant).await;
    tenant.made("/Groups", &group("Support")).await;
    let found = find(&tenant, "Sales", "").await;
    assert_eq!(found.found(1).len(), 1);
    let sales = json!({"displayName": "Sales", "members": [{"value": ada}]});
    found.shows(&json!({"Resources": [sales]}));
}

#[tokio::test]
async fn a_filter_finds_a_group_without_its_members() {
    let tenant = Tenant::new().await;
    sales_with_ada(&tenant).await;
    let found = find(&tenant, "Sales", "excludedAttributes=members&").await;
    let [sales] = found.found(1) else { panic!("no group on the page: {}", found.text) };
    assert!(sales["members"].is_null() && sales["displayName"] == "Sales", "{}", found.text);
}

#[tokio::test]
async fn a_filter_for_a_missing_group_finds_an_empty_list() {
    let tenant = Tenant::new().await;
    tenant.made("/Groups", &group("Sales")).await;
    assert!(find(&tenant, "Support", "").await.found(0).is_empty());
}

#[tokio::test]
async fn a_filter_finds_a_group_in_another_case() {
    let tenant = Tenant::new().await;
    let id = tenant.made("/Groups", &group("Sales")).await;
    let found = find(&tenant, "sALES", "").await;
    found.shows(&json!({"totalResults": 1, "Resources": [{"id": id, "displayName": "Sales"}]}));
}

#[tokio::test]
async fn creating_a_group_and_finding_it_by_filter_shows_every_attribute() {
    let tenant = Tenant::new().await;
    let made = tenant.post("/Groups", &group("Sales")).await.answered(201);
    let found = find(&tenant, "Sales", "").await;
    assert_eq!(found.found(1), [made.body]);
    found.shows(&json!({"Resources": [group("Sales")]}));
}

#[tokio::test]
async fn creating_a_group_twice_is_a_conflict() {
    let tenant = Tenant::new().await;
    tenant.made("/Groups", &group("Sales")).await;
    let refused = tenant.post("/Groups", &group("Sales")).await.answered(409);
    refused.shows(&json!({"status": "409", "scimType": "uniqueness"}));
    assert_eq!(find(&tenant, "Sales", "").await.found(1).len(), 1);
}

#[tokio::test]
async fn replacing_a_groups_external_id_without_a_path_shows_the_new_one() {
    let tenant = Tenant::new().await;
    let path = format!("/Groups/{}", tenant.made("/Groups", &group("Sales")).await);
    let replacing = json!([{"op": "replace", "value": {"externalId": "another object"}}]);
    tenant.patch(&path, &replacing).await.accepted();
    let expected = json!({"displayName": "Sales", "externalId": "another object"});
    tenant.get(&path).await.answered(200).shows(&expected);
}

#[tokio::test]
async fn replacing_a_groups_name_without_a_path_renames_it() {
    let tenant = Tenant::new().await;
    let id = tenant.made("/Groups", &group("Sales")).await;
    let renaming = json!([{"op": "replace", "value": {"displayName": "Sales North"}}]);
    tenant.patch(&format!("/Groups/{id}"), &renaming).await.accepted();
    find(&tenant, "Sales North", "").await.shows(&json!({"Resources": [{"id": id}]}));
    assert!(find(&tenant, "Sales", "").await.found(0).is_empty());
}

#[tokio::test]
async fn replacing_the_members_of_an_empty_group_adds_them() {
    let tenant = Tenant::new().await;
    let ada = tenant.made("/Users", &minimal("ada@contoso.example")).await;
    let path = format!("/Groups/{}", tenant.made("/Groups", &group("Sales")).await);
    let adding = json!([{"op": "replace", "path": "members", "value": [{"value": ada}]}]);
    tenant.patch(&path, &adding).await.accepted();
    tenant.get(&path).await.answered(200).shows(&json!({"members": [{"value": ada}]}));
}

#[tokio::test]
async fn a_member_is_removed_by_a_filter() {
    let tenant = Tenant::new().await;
    let (sales, ada) = sales_with_ada(&tenant).await;
    let removing = json!([{"op": "remove", "path": format!("members[value eq \"{ada}\"]")}]);
    tenant.patch(&sales, &removing).await.accepted();
    let read = tenant.get(&sales).await.answered(200);
    assert!(read.body["members"].is_null(), "{}", read.text);
}

#[tokio::test]
async fn a_deleted_group_is_not_found() {
    let tenant = Tenant::new().await;
    let path = format!("/Groups/{}", tenant.made("/Groups", &group("Sales")).await);
    tenant.delete(&path).await.answered(204);
    tenant.get(&path).await.answered(404);
    assert!(find(&tenant, "Sales", "").await.found(0).is_empty());
}
