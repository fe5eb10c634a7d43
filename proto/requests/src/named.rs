//! Whom a request names, by which what it said is found again when they are erased.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::kind::ResourceKind;

/// What a request said and what it was told. Personal: it is only ever kept sealed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Contents {
    /// The query of its URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Its body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// The body of the answer, if that is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Value>,
}

/// The names by which a request names somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// User names, in lower case.
    pub user_names: BTreeSet<String>,
    /// External ids.
    pub external_ids: BTreeSet<String>,
}

/// Whose contents they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// One person's, who is found by these names or by the resource.
    Person {
        /// The one user name that was named.
        user_name: Option<String>,
        /// The one external id.
        external_id: Option<String>,
    },
    /// Nobody's: a group's.
    Group,
    /// Perhaps several people's, or somebody's whom nothing names: they cannot be found again.
    Unclear,
}

impl Whose {
    /// Whose contents a request of this kind has. `by_id` tells that its URL names the resource.
    pub fn of(
        kind: Option<ResourceKind>,
        by_id: bool,
        filter: Option<&str>,
        body: Option<&Value>,
    ) -> Self {
        let Some(kind) = kind else { return Self::Unclear };
        let named = Named::of(kind, filter, body);
        let of_literal = filter.is_none_or(|filter| compared(filter).is_some());
        match kind {
            ResourceKind::Group if filter.is_none() => Self::Group,
            ResourceKind::Group if of_literal => Self::Group,
            ResourceKind::User if of_literal => {
                let mut user_names = named.user_names.into_iter();
                let mut external_ids = named.external_ids.into_iter();
                let (user_name, external_id) = (user_names.next(), external_ids.next());
                let several = user_names.next().or(external_ids.next()).is_some();
                let nobody = !by_id && user_name.is_none() && external_id.is_none();
                if several || nobody {
                    Self::Unclear
                } else {
                    Self::Person { user_name, external_id }
                }
            }
            ResourceKind::Group | ResourceKind::User => Self::Unclear,
        }
    }
}

impl Named {
    fn of(kind: ResourceKind, filter: Option<&str>, body: Option<&Value>) -> Self {
        let mut named = Self::default();
        if kind == ResourceKind::Group {
            return named;
        }
        if let Some((attribute, literal)) = filter.and_then(compared) {
            named.add(&attribute, &Value::String(literal));
        }
        each_attribute(body, &mut |path, value| named.add(path, value));
        named
    }

    fn add(&mut self, path: &str, value: &Value) {
        let Some(text) = value.as_str() else { return };
        match plain(path).as_str() {
            "username" => drop(self.user_names.insert(text.to_lowercase())),
            "externalid" => drop(self.external_ids.insert(text.to_owned())),
            _ => {}
        }
    }
}

/// The attribute and the literal of a filter that is one comparison with a text, and by which somebody
/// can be found again.
fn compared(filter: &str) -> Option<(String, String)> {
    let (attribute, rest) = filter.trim().split_once(char::is_whitespace)?;
    let (operator, literal) = rest.trim_start().split_once(char::is_whitespace)?;
    let literal: String = serde_json::from_str(literal.trim()).ok()?;
    let attribute = plain(attribute);
    let finds = ["username", "externalid", "id", "displayname"].contains(&attribute.as_str());
    (finds && operator.eq_ignore_ascii_case("eq")).then_some((attribute, literal))
}

/// An attribute's name in lower case, without the schema before it.
pub(crate) fn plain(path: &str) -> String {
    let path = path.trim().to_ascii_lowercase();
    match path.rsplit_once(":user:").or(path.rsplit_once(":group:")) {
        Some((_, name)) => name.to_owned(),
        None => path,
    }
}

/// Tells each attribute that a body sets, by its path: those of a resource, or those that the operations
/// of a PATCH add or replace.
pub(crate) fn each_attribute(body: Option<&Value>, told: &mut impl FnMut(&str, &Value)) {
    let Some(Value::Object(body)) = body else { return };
    let Some(Value::Array(operations)) = member(body, "Operations") else {
        return body.iter().for_each(|(name, value)| told(name, value));
    };
    for operation in operations.iter().filter_map(Value::as_object) {
        let removes = member(operation, "op")
            .and_then(Value::as_str)
            .is_some_and(|op| op.eq_ignore_ascii_case("remove"));
        let path =
            member(operation, "path").and_then(Value::as_str).filter(|path| !path.is_empty());
        match (path, member(operation, "value")) {
            _ if removes => {}
            (Some(path), Some(value)) => told(path, value),
            (None, Some(Value::Object(values))) => {
                values.iter().for_each(|(name, value)| told(name, value));
            }
            (Some(_) | None, _) => {}
        }
    }
}

/// A member of an object, whatever its letter case.
pub(crate) fn member<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    object.get(name).or_else(|| {
        object.iter().find(|(its, _)| its.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    })
}

/// The body without the names of other people: `display` of members, `displayName` of a manager.
/// Their ids stay, as they do in the log.
#[must_use]
pub fn without_names_of_others(body: Value) -> Value {
    strip(body, false)
}

fn strip(value: Value, of_others: bool) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter_map(|(name, value)| {
                let folded = name.to_ascii_lowercase();
                let names = ["display", "displayname", "$ref"].contains(&folded.as_str());
                if of_others && names {
                    return None;
                }
                let inner = of_others || is_about_others(&folded);
                Some((name, strip(value, inner)))
            });
            let kept: Map<String, Value> = kept.collect();
            match member(&kept, "path").and_then(Value::as_str) {
                // An operation of a PATCH: its value is what its path names.
                Some(path) if is_about_others(&path.to_ascii_lowercase()) => {
                    kept.into_iter().map(|(name, value)| (name, strip(value, true))).collect()
                }
                Some(_) | None => Value::Object(kept),
            }
        }
        Value::Array(values) => values.into_iter().map(|value| strip(value, of_others)).collect(),
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain,
    }
}

fn is_about_others(folded: &str) -> bool {
    folded.contains("members") || folded.contains("manager")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn person(user_name: &str, external_id: &str) -> Whose {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Whose::Person { user_name: some(user_name), external_id: some(external_id) }
    }

    fn of_user(by_id: bool, filter: Option<&str>, body: &Value) -> Whose {
        Whose::of(Some(ResourceKind::User), by_id, filter, Some(body))
    }

    #[test]
    fn somebody_is_named_by_what_a_body_sets_or_a_filter_compares_with() {
        let ada = json!({ "USERNAME": "Ada@x", "externalId": "E1" });
        assert_eq!(of_user(false, None, &ada), person("ada@x", "E1"));
        let patch = json!({ "Operations": [
            { "op": "Replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:userName", "value": "B@x" },
            { "op": "add", "value": { "externalId": "E2" } },
            { "op": "remove", "path": "externalId", "value": "E3" } ] });
        assert_eq!(of_user(true, None, &patch), person("b@x", "E2"));
        let asked = |filter| Whose::of(Some(ResourceKind::User), false, Some(filter), None);
        assert_eq!(asked(r#"userName eq "C@x""#), person("c@x", ""));
        assert_eq!(asked(r#"externalId eq "E \"4\"""#), person("", "E \"4\""));
    }

    #[test]
    fn what_cannot_be_found_again_by_one_name_is_unclear() {
        let asked = |filter| Whose::of(Some(ResourceKind::User), false, Some(filter), None);
        for filter in [
            r#"userName eq "a" or userName eq "b""#,
            r#"name.familyName eq "Lovelace""#,
            r#"displayName eq "Ada""#,
            r#"userName sw "ada""#,
            "",
        ] {
            assert_eq!(asked(filter), Whose::Unclear, "{filter}");
        }
        let two = json!({ "Operations": [{ "op": "add", "path": "userName", "value": "a" },
                                         { "op": "add", "path": "userName", "value": "b" }] });
        assert_eq!(of_user(true, None, &two), Whose::Unclear);
        assert_eq!(
            of_user(false, None, &json!({ "name": { "givenName": "Ada" } })),
            Whose::Unclear
        );
        assert_eq!(Whose::of(None, false, None, Some(&json!({}))), Whose::Unclear);
    }

    #[test]
    fn the_names_of_others_go_and_their_ids_stay() {
        let group = json!({ "displayName": "Sales",
                            "members": [{ "value": "1", "display": "Ada", "$ref": "../ada" }] });
        let kept = json!({ "displayName": "Sales", "members": [{ "value": "1" }] });
        assert_eq!(without_names_of_others(group), kept);
        let patch = json!({ "Operations": [
            { "op": "add", "path": "members", "value": [{ "value": "1", "display": "Ada" }] },
            { "op": "add", "path": "displayName", "value": "Sales" },
            { "op": "add", "value": { "manager": { "value": "2", "displayName": "Bob" } } } ] });
        let kept = without_names_of_others(patch).to_string();
        assert!(
            kept.contains("Sales") && kept.contains("\"1\"") && kept.contains("\"2\""),
            "{kept}"
        );
        assert!(!kept.contains("Ada") && !kept.contains("Bob"), "{kept}");
    }

    proptest! {
        #[test]
        fn no_filter_makes_it_panic(filter in ".{0,60}") {
            let _ = Whose::of(Some(ResourceKind::User), false, Some(&filter), None);
        }
    }
}
