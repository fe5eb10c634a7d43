//! Users.

use serde_json::{Value, json};

use crate::budget::WorkBudget;
use crate::edit::Edit;
use crate::extension::Extension;
use crate::json_text::refuse_nul;
use crate::patch::Edits;
use crate::schema::ResourceType;
use crate::{Attributes, GroupRef, IgnoredAttributes, InvalidRequest, Meta, apply};

/// A person, as the client describes them (RFC 7643 §4.1).
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// The name to sign in with; never blank, kept exactly as it was sent.
    pub user_name: String,
    /// The client's own key for the person. We demand nothing of it, not even that it be unique.
    pub external_id: Option<String>,
    /// Whether the person is active.
    pub active: bool,
    /// Everything else, under canonical names; extensions under their URNs.
    pub attributes: Attributes,
}

impl User {
    /// Parses the body of a POST. Without `active`, the user is active.
    ///
    /// What the server alone sets (`id`, `meta`, `schemas`, `groups`) is passed over, as are the
    /// password and attributes that no schema knows and no URN qualifies.
    pub fn parse(
        body: Value,
        declared: &[Extension],
        budget: &WorkBudget,
    ) -> Result<Self, InvalidRequest> {
        let read =
            Self::parse_replacement(body, declared, budget, &mut IgnoredAttributes::default());
        let (user, active) = read?;
        Ok(Self { active: active.unwrap_or(true), ..user })
    }

    /// Parses the body of a PUT in the same way. Beside the user it returns `active` as it was sent, if
    /// it was: leaving it out of a PUT changes nothing, so do not use the `active` of the user itself.
    /// Attributes that no schema knows are added to `ignored`.
    pub fn parse_replacement(
        body: Value,
        declared: &[Extension],
        budget: &WorkBudget,
        ignored: &mut IgnoredAttributes,
    ) -> Result<(Self, Option<bool>), InvalidRequest> {
        let read = Edits::of_body(object(body)?, ResourceType::User, declared, budget)?;
        *ignored = read.ignored;
        Self::edited(Attributes::new(), &read.edits, budget)
    }

    /// The user after a PATCH: all edits or, after an error, none. No edit takes `active` away.
    pub fn apply(&self, edits: &[Edit], budget: &WorkBudget) -> Result<Self, InvalidRequest> {
        let (user, active) = Self::edited(self.to_attributes(), edits, budget)?;
        Ok(Self { active: active.unwrap_or(self.active), ..user })
    }

    /// The user as it is shown.
    pub fn render(&self, about: &Meta) -> Attributes {
        let mut attributes = self.to_attributes();
        about.complete(ResourceType::User, &mut attributes);
        if !about.groups.is_empty() {
            let groups: Vec<_> = about.groups.iter().map(GroupRef::shown).collect();
            let groups = serde_json::to_value(groups).expect("it is texts by name");
            attributes.insert("groups".into(), groups);
        }
        attributes
    }

    fn to_attributes(&self) -> Attributes {
        let mut attributes = self.attributes.clone();
        attributes.insert("userName".into(), json!(self.user_name));
        attributes.insert("active".into(), json!(self.active));
        if let Some(external_id) = &self.external_id {
            attributes.insert("externalId".into(), json!(external_id));
        }
        attributes
    }

    /// The user that edits make, and what is left of `active`.
    fn edited(
        mut attributes: Attributes,
        edits: &[Edit],
        budget: &WorkBudget,
    ) -> Result<(Self, Option<bool>), InvalidRequest> {
        apply::apply(&mut attributes, edits, ResourceType::User, budget)?;
        let active = attributes.remove("active").and_then(|active| active.as_bool());
        let user = Self {
            user_name: required_name(&mut attributes, "userName")?,
            external_id: text(&mut attributes, "externalId"),
            active: active.unwrap_or(false),
            attributes,
        };
        Ok((user, active))
    }
}

/// The body of a POST or PUT.
pub(crate) fn object(body: Value) -> Result<Attributes, InvalidRequest> {
    refuse_nul(&body)?;
    match body {
        Value::Object(body) => Ok(body),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(InvalidRequest::syntax("the body is a JSON object"))
        }
    }
}

/// Takes a required name. Its length is bounded by the caller.
pub(crate) fn required_name(
    attributes: &mut Attributes,
    name: &str,
) -> Result<String, InvalidRequest> {
    match text(attributes, name) {
        Some(text) if text.trim().is_empty() => {
            Err(InvalidRequest::value(format!("{name} is blank")))
        }
        Some(text) => Ok(text),
        None => Err(InvalidRequest::value(format!("{name} is missing"))),
    }
}

pub(crate) fn text(attributes: &mut Attributes, name: &str) -> Option<String> {
    match attributes.remove(name)? {
        Value::String(text) => Some(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patch;
    use crate::tests::budget;

    fn ada(active: bool) -> User {
        let body = json!({ "userName": "ada", "active": active });
        User::parse(body, &[], &budget()).unwrap()
    }

    #[test]
    fn a_body_says_of_active_what_it_says_and_nothing_else() {
        let said = |body| {
            User::parse_replacement(body, &[], &budget(), &mut IgnoredAttributes::default())
                .unwrap()
                .1
        };
        assert_eq!(said(json!({ "userName": "ada" })), None);
        assert_eq!(said(json!({ "userName": "ada", "active": null })), None);
        assert_eq!(said(json!({ "userName": "ada", "ACTIVE": "False" })), Some(false));
        assert_eq!(said(json!({ "userName": "ada", "active": true })), Some(true));
    }

    #[test]
    fn who_is_made_without_a_word_on_active_is_active() {
        let wrapped = json!({ "userName": "ada", "active": [{ "$ref": null, "value": null }] });
        let null = json!({ "userName": "ada", "active": null });
        for body in [json!({ "userName": "ada" }), null, wrapped] {
            assert!(User::parse(body, &[], &budget()).unwrap().active);
        }
    }

    #[test]
    fn a_patch_that_says_nothing_of_active_or_takes_it_away_leaves_it() {
        let nothings = [json!(null), json!(""), json!([]), json!({}), json!([{ "value": null }])];
        let with_path =
            |op: &str, value: &Value| json!([{ "op": op, "path": "active", "value": value }]);
        let beside_a_title = |op: &str, value: &Value| json!([{ "op": op, "value": { "title": "T", "active": value } }]);
        let mut patches = vec![
            json!([{ "op": "remove", "path": "active" }]),
            json!([{ "op": "Remove", "path": "urn:ietf:params:scim:schemas:core:2.0:User:active" }]),
            json!([{ "op": "replace", "value": { "title": "T" } }]),
        ];
        for nothing in nothings {
            for op in ["add", "replace", "remove"] {
                patches.push(with_path(op, &nothing));
            }
            patches.push(beside_a_title("add", &nothing));
            patches.push(beside_a_title("replace", &nothing));
        }
        for operations in patches {
            let titled = operations.to_string().contains("title");
            for active in [true, false] {
                let after = patched(&ada(active), &operations);
                assert_eq!(after.active, active, "{operations}");
                assert_eq!(after.attributes.contains_key("title"), titled, "{operations}");
            }
        }
    }

    #[test]
    fn what_a_patch_says_of_active_stands_whatever_it_removes_after_it() {
        let operations = json!([
            { "op": "replace", "path": "active", "value": "False" },
            { "op": "remove", "path": "active" },
        ]);
        assert!(!patched(&ada(true), &operations).active);
    }

    fn patched(user: &User, operations: &Value) -> User {
        let body = json!({ "Operations": operations });
        let edits = patch::parse(body, ResourceType::User, 9, &[], &budget()).unwrap();
        user.apply(&edits, &budget()).unwrap()
    }
}
