//! Request bodies exactly as Entra sends them by default.

use serde_json::{Value, json};

/// The schema of a user.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ADSCIM_GROUP: &str =
    "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// A new user by the Workplace mapping; the external id is the object id.
pub fn workplace_user(user_name: &str, display_name: &str, object_id: &str) -> Value {
    json!({
        "schemas": [USER, ENTERPRISE_USER],
        "externalId": object_id,
        "userName": user_name,
        "active": true,
        "displayName": display_name,
        "meta": { "resourceType": "User" },
        "roles": [],
    })
}

/// A new user by the Benefits mapping; the external id is a payroll reference, if there is one.
pub fn benefits_user(user_name: &str, payroll: Option<&str>) -> Value {
    let mut user = json!({
        "schemas": [USER, ENTERPRISE_USER],
        "userName": user_name,
        "name": { "givenName": "Ada", "familyName": "Byron" },
        "phoneNumbers": [{ "type": "mobile", "value": "+44 7700 900123" }],
    });
    if let Some(payroll) = payroll {
        user["externalId"] = payroll.into();
    }
    user
}

/// A new group. Members never travel with it.
pub fn group(display_name: &str) -> Value {
    json!({
        "schemas": [GROUP, ADSCIM_GROUP],
        "externalId": format!("object of {display_name}"),
        "displayName": display_name,
        "meta": { "resourceType": "Group" },
    })
}

/// A PATCH request of these operations.
pub fn patch(operations: impl IntoIterator<Item = Value>) -> Value {
    let operations: Vec<Value> = operations.into_iter().collect();
    json!({ "schemas": [PATCH_OP], "Operations": operations })
}

/// A PATCH request that replaces one value.
pub fn replace(path: &str, value: impl Into<Value>) -> Value {
    patch([json!({ "op": "Replace", "path": path, "value": value.into() })])
}

/// How Entra disables a user: with a text, not with a boolean.
pub fn disable() -> Value {
    replace("active", "False")
}

/// How Entra takes a user out of the recycle bin again.
pub fn restore() -> Value {
    replace("active", "True")
}

/// A PATCH request that adds members to a group.
pub fn add_members(users: &[&str]) -> Value {
    members("Add", users)
}

/// How Entra removes members: with a value array, which RFC 7644 does not foresee.
pub fn remove_members(users: &[&str]) -> Value {
    members("Remove", users)
}

fn members(op: &str, users: &[&str]) -> Value {
    let values: Vec<Value> =
        users.iter().map(|user| json!({ "$ref": null, "value": user })).collect();
    patch([json!({ "op": op, "path": "members", "value": values })])
}
