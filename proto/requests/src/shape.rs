//! How the values of a request are shaped, without the values.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::attributes::attributes_of;
use crate::kind::ResourceKind;
use crate::named::{each_attribute, member, plain};

/// What a text looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// An e-mail address, or a user principal name.
    Address,
    /// A UUID, as Entra's objectId is one.
    ObjectId,
    /// Anything else.
    Other,
}

impl Form {
    fn of(text: &str) -> Self {
        let (local, domain) = text.split_once('@').unwrap_or_default();
        if Uuid::try_parse(text).is_ok() {
            Self::ObjectId
        } else if !local.is_empty() && !domain.is_empty() {
            Self::Address
        } else {
            Self::Other
        }
    }
}

/// How the values of a request are shaped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shape {
    /// A user's `externalId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<Form>,
    /// A user's `userName`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<Form>,
    /// A user's `active`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Whether a user came with a mobile number.
    #[serde(skip_serializing_if = "is_false")]
    pub mobile: bool,
    /// How many members a group was to get.
    #[serde(skip_serializing_if = "is_zero")]
    pub members: u64,
    /// How many of these are groups themselves.
    #[serde(skip_serializing_if = "is_zero")]
    pub groups_as_members: u64,
    /// Which of the attributes that SCIM knows a user came with, beside those above.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub attributes: BTreeSet<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}

impl Shape {
    /// The shape of a body. `is_group` tells whether a member's id is that of a group.
    pub fn of(
        kind: Option<ResourceKind>,
        body: Option<&Value>,
        is_group: impl Fn(&str) -> bool,
    ) -> Self {
        let mut shape = Self::default();
        each_attribute(body, &mut |path, value| match kind {
            Some(ResourceKind::User) => shape.user(&plain(path), value),
            Some(ResourceKind::Group) => shape.group(&plain(path), value, &is_group),
            None => {}
        });
        shape
    }

    /// Whether nothing is to be told.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn user(&mut self, path: &str, value: &Value) {
        self.attributes.extend(attributes_of(path, value).into_iter().map(str::to_owned));
        match path {
            "externalid" => self.external_id = value.as_str().map(Form::of),
            "username" => self.user_name = value.as_str().map(Form::of),
            "active" => self.active = boolean(value),
            "phonenumbers" => self.mobile |= has_mobile(value),
            _ => self.mobile |= path.starts_with("phonenumbers[") && is_mobile(path, value),
        }
    }

    fn group(&mut self, path: &str, value: &Value, is_group: impl Fn(&str) -> bool) {
        if path != "members" {
            return;
        }
        let members = match value {
            Value::Array(members) => members.as_slice(),
            one => std::slice::from_ref(one),
        };
        for id in members.iter().filter_map(member_id) {
            self.members += 1;
            self.groups_as_members += u64::from(is_group(id));
        }
    }
}

/// Entra spells booleans in several ways.
fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn has_mobile(value: &Value) -> bool {
    let numbers = value.as_array().into_iter().flatten().filter_map(Value::as_object);
    let mut mobiles = numbers.filter(|number| {
        let kind = member(number, "type").and_then(Value::as_str);
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case("mobile"))
    });
    mobiles.any(|number| member(number, "value").is_some_and(says_something))
}

fn is_mobile(path: &str, value: &Value) -> bool {
    path.contains("\"mobile\"") && path.contains("].value") && says_something(value)
}

fn says_something(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

fn member_id(member_: &Value) -> Option<&str> {
    match member_ {
        Value::String(id) => Some(id),
        Value::Object(object) => member(object, "value")?.as_str(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(kind: ResourceKind, body: &Value) -> Shape {
        Shape::of(Some(kind), Some(body), |id| id == "g")
    }

    #[test]
    fn a_users_values_are_told_by_their_form_alone() {
        let sent = json!({ "userName": "ada@example.com", "externalId": "E-17", "active": "True",
                           "phoneNumbers": [{ "type": "mobile", "value": "1" }] });
        let told = Shape {
            user_name: Some(Form::Address),
            external_id: Some(Form::Other),
            active: Some(true),
            mobile: true,
            attributes: BTreeSet::from(["phoneNumbers[type eq \"mobile\"].value".to_owned()]),
            ..Shape::default()
        };
        assert_eq!(of(ResourceKind::User, &sent), told);
        assert!(!serde_json::to_string(&told).unwrap().contains("ada"));
        let more = json!({ "title": "Dr", "shoeSize": 39, "displayName": "Ada" });
        let names: Vec<_> = of(ResourceKind::User, &more).attributes.into_iter().collect();
        assert_eq!(names, ["displayName", "title"]);
        let id = json!({ "externalId": "01890000-0000-7000-8000-000000000001" });
        assert_eq!(of(ResourceKind::User, &id).external_id, Some(Form::ObjectId));
    }

    #[test]
    fn a_patch_is_read_as_what_it_sets() {
        let patch = json!({ "Operations": [
            { "op": "Replace", "path": "active", "value": "False" },
            { "op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "1" },
            { "op": "Remove", "path": "userName", "value": "ada@x" } ] });
        let attributes = BTreeSet::from(["phoneNumbers[type eq \"mobile\"].value".to_owned()]);
        let told = Shape { active: Some(false), mobile: true, attributes, ..Shape::default() };
        assert_eq!(of(ResourceKind::User, &patch), told);
    }

    #[test]
    fn members_are_counted_and_groups_among_them() {
        let patch = json!({ "Operations": [
            { "op": "Add", "path": "members", "value": [{ "value": "u" }, { "value": "g" }] } ] });
        let told = Shape { members: 2, groups_as_members: 1, ..Shape::default() };
        assert_eq!(of(ResourceKind::Group, &patch), told);
        assert_eq!(of(ResourceKind::User, &patch), Shape::default());
    }
}
