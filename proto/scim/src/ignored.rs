//! Attributes in a request that no schema knows.

use std::collections::BTreeMap;

use crate::name::is_plain;

/// The names of attributes in one request that are not kept, since no schema knows them and no URN
/// qualifies them. Values are never held.
///
/// Names come from the client. What does not look like a name (RFC 7643 §2.1) might hold personal data,
/// so it is only counted as one of the others, as are names beyond the limits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IgnoredAttributes {
    /// Each in the spelling in which it came first, by its folded spelling.
    names: BTreeMap<String, String>,
    others: bool,
}

impl IgnoredAttributes {
    /// The most names of a request that are told.
    pub const MOST: usize = 32;

    /// The longest name that is told, in bytes.
    pub const LONGEST: usize = 64;

    /// The names, in the order of their folded spellings.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.values().map(String::as_str)
    }

    /// Whether there were others, which are not told.
    pub fn has_others(&self) -> bool {
        self.others
    }

    /// Whether nothing was ignored.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && !self.others
    }

    /// Takes note of `attribute` or `attribute.part`.
    pub(crate) fn note(&mut self, name: &str) {
        let is_told = name.len() <= Self::LONGEST && name.splitn(2, '.').all(is_plain);
        let folded = if is_told { name.to_ascii_lowercase() } else { String::new() };
        if !is_told || (self.names.len() == Self::MOST && !self.names.contains_key(&folded)) {
            self.others = true;
        } else {
            self.names.entry(folded).or_insert_with(|| name.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::tests::budget;
    use crate::{Group, GroupPatch, ResourceType, User, patch};

    fn told(ignored: &IgnoredAttributes) -> String {
        let names: Vec<&str> = ignored.names().collect();
        format!("{}{}", names.join(" "), if ignored.has_others() { " and others" } else { "" })
    }

    fn in_patch(operations: &Value) -> String {
        let mut ignored = IgnoredAttributes::default();
        let body = json!({ "Operations": operations });
        patch::parse_reporting(body, ResourceType::User, 99, &[], &budget(), &mut ignored).unwrap();
        told(&ignored)
    }

    fn in_body(mut body: Value) -> String {
        body["userName"] = "amy".into();
        let mut ignored = IgnoredAttributes::default();
        User::parse_replacement(body, &[], &budget(), &mut ignored).unwrap();
        told(&ignored)
    }

    #[test]
    fn what_names_nothing_is_told_by_its_name_however_it_is_named() {
        for path in ["shoeSize", "shoeSize.eu", "shoeSize[kind eq \"eu\"].value"] {
            for op in ["add", "replace", "remove"] {
                let operations = json!([{ "op": op, "path": path, "value": 44 }]);
                assert_eq!(in_patch(&operations), "shoeSize", "{op} {path}");
            }
            assert_eq!(in_patch(&json!([{ "op": "add", "value": { path: 44 } }])), "shoeSize");
            assert_eq!(in_body(json!({ path: 44 })), "shoeSize");
        }
        assert_eq!(in_body(json!({ "SHOESIZE": 44, "shoeSize.eu": 44 })), "SHOESIZE", "it is one");
        let core = "urn:ietf:params:scim:schemas:core:2.0:User";
        assert_eq!(in_body(json!({ core: { "shoeSize": 44 } })), "shoeSize");
        assert_eq!(
            in_body(json!({ format!("{core}:shoeSize"): 44, "title.part": 1 })),
            "shoeSize title.part"
        );
    }

    #[test]
    fn what_is_kept_or_is_not_the_clients_to_say_is_not_told() {
        let kept = json!({
            "id": "1", "schemas": [], "meta": { "created": "x" }, "groups": [], "password": "x",
            "title": "x", "urn:x:y:z": { "a": 1 }, "manager": "m", "name": { "other": 1 },
            "emails": [{ "value": "x", "other": 1 }], "externalId": null,
        });
        assert_eq!(in_body(kept), "");
    }

    #[test]
    fn no_value_and_nothing_that_is_no_name_is_told() {
        let long = "x".repeat(IgnoredAttributes::LONGEST + 1);
        for key in ["amy@x.example", "Amy Lee", "1st", "+44 7700 900123", "amé", "", &long] {
            assert_eq!(in_body(json!({ key: "amy@x.example" })), " and others", "{key:?}");
        }
        let many: Value = (0..99).map(|n| (format!("a{n:02}"), Value::from(n))).collect();
        let told = in_body(many);
        assert!(told.starts_with("a00 a01") && told.ends_with("a31 and others"), "{told}");
    }

    #[test]
    fn groups_have_their_own_attributes() {
        let mut ignored = IgnoredAttributes::default();
        let body = json!({ "displayName": "Sales", "members": [], "userName": "x", "emails": [] });
        Group::parse_reporting(body, &[], &budget(), &mut ignored).unwrap();
        assert_eq!(told(&ignored), "userName", "an empty list says nothing");
        let body = json!({ "Operations": [{ "op": "add", "path": "emails", "value": [{}] }] });
        GroupPatch::parse_reporting(body, 9, &[], &budget(), &mut ignored).unwrap();
        assert_eq!(told(&ignored), "emails", "each request tells of itself");
    }
}
