//! The names of what changed.

use std::collections::BTreeSet;

use events::{ExternalId, GroupProfile, Profile, Standing};
use serde_json::{Map, Value};

/// The name of the attribute that says where somebody stands.
pub(crate) const ACTIVE: &str = "active";

/// That name, if where somebody stands has changed.
pub(crate) fn of_standing(before: Standing, after: Standing) -> Option<String> {
    (before != after).then(|| ACTIVE.to_owned())
}

/// The attributes in which two profiles differ; all of them if there was none before.
pub(crate) fn of_user(before: Option<&Profile>, after: &Profile) -> Vec<String> {
    of("userName", before.map(Fields::of_user), Fields::of_user(after))
}

/// The attributes in which two groups differ; all of them if there was none before.
pub(crate) fn of_group(before: Option<&GroupProfile>, after: &GroupProfile) -> Vec<String> {
    of("displayName", before.map(Fields::of_group), Fields::of_group(after))
}

/// What users and groups have alike.
#[derive(Clone, Copy)]
struct Fields<'a> {
    name: &'a str,
    external_id: Option<&'a ExternalId>,
    attributes: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    fn of_user(profile: &'a Profile) -> Self {
        let Profile { user_name, external_id, attributes } = profile;
        Self { name: user_name.as_str(), external_id: external_id.as_ref(), attributes }
    }

    fn of_group(profile: &'a GroupProfile) -> Self {
        let GroupProfile { display_name, external_id, attributes } = profile;
        Self { name: display_name, external_id: external_id.as_ref(), attributes }
    }
}

/// The names of what differs; `name_attribute` is what the name is called.
fn of(name_attribute: &str, before: Option<Fields<'_>>, after: Fields<'_>) -> Vec<String> {
    let nothing = Map::new();
    let mut names = Vec::new();
    if before.is_none_or(|before| before.name != after.name) {
        names.push(name_attribute.to_owned());
    }
    if before.and_then(|before| before.external_id) != after.external_id {
        names.push("externalId".to_owned());
    }
    let attributes = before.map_or(&nothing, |before| before.attributes);
    names.extend(differing(attributes, after.attributes));
    names
}

fn differing(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<String> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .flat_map(|name| within(name, before.get(name), after.get(name)))
        .collect()
}

/// An extension's attributes are named one by one, `urn:…:User:department`, unless they are too
/// many; all else by itself.
fn within(name: &str, before: Option<&Value>, after: Option<&Value>) -> Vec<String> {
    let nothing = Map::new();
    let sides = [before, after].map(|side| match side {
        None => Some(&nothing),
        Some(value) => value.as_object(),
    });
    let ([Some(before), Some(after)], true) = (sides, name.starts_with("urn:")) else {
        return vec![name.to_owned()];
    };
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differing = |inner: &&String| before.get(*inner) != after.get(*inner);
    let changed: Vec<&String> = names.into_iter().filter(differing).collect();
    let bytes: usize = changed.iter().map(|inner| name.len() + 1 + inner.len()).sum();
    // An extension that came or went empty, or one with so many attributes under so long a URN
    // that their names would be larger than it.
    if changed.is_empty() || bytes > MAX_NAME_BYTES {
        return vec![name.to_owned()];
    }
    changed.into_iter().map(|inner| format!("{name}:{inner}")).collect()
}

/// How many bytes the names of an extension's attributes may have, which hold its URN each: some
/// thousand names.
const MAX_NAME_BYTES: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(before: &Value, after: &Value, names: &[&str]) {
        let read = |value: &Value| serde_json::from_value::<Profile>(value.clone()).unwrap();
        assert_eq!(of_user(Some(&read(before)), &read(after)), names);
    }

    #[test]
    fn what_changed_is_named_as_scim_names_it() {
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        check(
            &json!({ "userName": "a", "title": "x", urn: { "department": "d", "division": "v" } }),
            &json!({ "userName": "b", "externalId": "1", urn: { "department": "e", "division": "v" } }),
            &["userName", "externalId", "title", &format!("{urn}:department")],
        );
    }

    #[test]
    fn an_extension_that_comes_empty_is_a_change_too() {
        check(&json!({ "userName": "a" }), &json!({ "userName": "a", "urn:x": {} }), &["urn:x"]);
    }
}
