//! The two ways in which Entra words a PATCH: of old, and with `aadOptscim062020` in the tenant URL.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::mapping::{Attribute, Path};

const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// How Entra words a PATCH.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// `Add`, `Replace` and `Remove`, booleans as text, an operation for each attribute.
    Default,
    /// Flag `aadOptscim062020`: lower case, real booleans, and one `replace` without a path.
    Flagged,
}

/// An attribute that must change. Entra adds what the resource lacks, and replaces the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// How the attribute shall be.
    pub attribute: Attribute,
    /// How the target has it.
    pub was: Before,
}

/// What the resource said before a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// The target does not have it.
    Absent,
    /// The target has another value.
    Different,
}

/// What must change for `resource` to say what `wanted` says; nothing when it does already.
pub fn difference(wanted: &[Attribute], resource: &Value) -> Vec<Change> {
    let change = |attribute: &Attribute| {
        let was = match attribute.path.read(resource) {
            None => Before::Absent,
            Some(value) if *value == attribute.value => return None,
            Some(_) => Before::Different,
        };
        Some(Change { attribute: attribute.clone(), was })
    };
    wanted.iter().filter_map(change).collect()
}

impl Dialect {
    /// The PATCH body that makes these changes.
    pub fn patch(self, changes: &[Change]) -> Value {
        match self {
            Self::Default => patch_op(changes.iter().map(|change| self.operation(change))),
            Self::Flagged => {
                let (filtered, plain): (Vec<_>, Vec<_>) =
                    changes.iter().partition(|change| match change.attribute.path {
                        Path::Typed { .. } => true,
                        Path::Whole(_) | Path::Part(..) => false,
                    });
                let mut operations: Vec<_> =
                    filtered.into_iter().map(|change| self.operation(change)).collect();
                // A single attribute keeps its path: `replace active false`.
                match plain.as_slice() {
                    [] => {}
                    [one] => operations.push(self.operation(one)),
                    several => operations.push(pathless(several)),
                }
                patch_op(operations)
            }
        }
    }

    /// The PATCH body that makes `user` a member of a group.
    pub fn add_member(self, user: &str) -> Value {
        let op = self.word("Add");
        patch_op([json!({"op": op, "path": "members", "value": [{"$ref": null, "value": user}]})])
    }

    /// The PATCH body that ends the membership of `user`, and nobody else's.
    pub fn remove_member(self, user: &str) -> Value {
        let op = self.word("Remove");
        patch_op([match self {
            Self::Default => {
                json!({"op": op, "path": "members", "value": [{"$ref": null, "value": user}]})
            }
            Self::Flagged => json!({"op": op, "path": format!("members[value eq \"{user}\"]")}),
        }])
    }

    fn operation(self, change: &Change) -> Value {
        let op = self.word(match change.was {
            Before::Absent => "Add",
            Before::Different => "Replace",
        });
        let value = match (self, &change.attribute.value) {
            (Self::Default, Value::Bool(true)) => json!("True"),
            (Self::Default, Value::Bool(false)) => json!("False"),
            (Self::Default | Self::Flagged, value) => value.clone(),
        };
        json!({"op": op, "path": change.attribute.path.to_string(), "value": value})
    }

    fn word(self, op: &str) -> String {
        match self {
            Self::Default => op.to_owned(),
            Self::Flagged => op.to_lowercase(),
        }
    }
}

fn pathless(changes: &[&Change]) -> Value {
    let value: Map<_, _> = changes
        .iter()
        .map(|change| (change.attribute.path.to_string(), change.attribute.value.clone()))
        .collect();
    json!({"op": "replace", "value": value})
}

fn patch_op(operations: impl IntoIterator<Item = Value>) -> Value {
    let operations: Vec<_> = operations.into_iter().collect();
    json!({"schemas": [PATCH_OP], "Operations": operations})
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::directory::generate;
    use crate::mapping::{ACTIVE, Mapping, new_user};

    fn disabled() -> Change {
        Change {
            attribute: Attribute { path: ACTIVE, value: Value::Bool(false) },
            was: Before::Different,
        }
    }

    fn operations(body: &Value) -> Value {
        body["Operations"].clone()
    }

    #[test]
    fn of_old_a_disable_is_text_and_with_the_flag_a_boolean() {
        assert_eq!(
            operations(&Dialect::Default.patch(&[disabled()])),
            json!([{"op": "Replace", "path": "active", "value": "False"}])
        );
        assert_eq!(
            operations(&Dialect::Flagged.patch(&[disabled()])),
            json!([{"op": "replace", "path": "active", "value": false}])
        );
    }

    #[test]
    fn of_old_a_leaver_stands_in_the_value_and_with_the_flag_in_the_path() {
        assert_eq!(
            operations(&Dialect::Default.remove_member("7")),
            json!([{"op": "Remove", "path": "members", "value": [{"$ref": null, "value": "7"}]}])
        );
        assert_eq!(
            operations(&Dialect::Flagged.remove_member("7")),
            json!([{"op": "remove", "path": "members[value eq \"7\"]"}])
        );
    }

    #[test]
    fn with_the_flag_several_attributes_share_one_operation_and_filtered_paths_stand_alone() {
        let mobile = Path::Typed { attribute: "phoneNumbers", kind: "mobile", part: "value" };
        let change = |path, value: &str| Change {
            attribute: Attribute { path, value: json!(value) },
            was: Before::Absent,
        };
        let changes = [
            disabled(),
            change(mobile, "+44 7700 900999"),
            change(Path::Part("name", "givenName"), "G"),
        ];
        assert_eq!(
            operations(&Dialect::Flagged.patch(&changes)),
            json!([
                {"op": "add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+44 7700 900999"},
                {"op": "replace", "value": {"active": false, "name.givenName": "G"}}
            ])
        );
    }

    proptest! {
        #[test]
        fn a_resource_that_says_all_already_needs_no_change(seed in 0u64..500) {
            for person in generate(3, 0, seed).people.values() {
                for mapping in [Mapping::Workplace, Mapping::Benefits] {
                    let wanted = mapping.person(person);
                    prop_assert_eq!(difference(&wanted, &new_user(&wanted)), vec![]);
                }
            }
        }

        #[test]
        fn a_patch_names_every_change_once_and_nothing_else(seed in 0u64..500) {
            let people: Vec<_> = generate(2, 0, seed).people.into_values().collect();
            for mapping in [Mapping::Workplace, Mapping::Benefits] {
                let (wanted, before) = (mapping.person(&people[0]), mapping.person(&people[1]));
                let changes = difference(&wanted, &new_user(&before));
                let mut changed: Vec<_> =
                    changes.iter().map(|change| change.attribute.path.to_string()).collect();
                changed.sort();
                for dialect in [Dialect::Default, Dialect::Flagged] {
                    let mut named = Vec::new();
                    for operation in dialect.patch(&changes)["Operations"].as_array().unwrap() {
                        match operation.get("path") {
                            Some(path) => named.push(path.as_str().unwrap().to_owned()),
                            None => named.extend(operation["value"].as_object().unwrap().keys().cloned()),
                        }
                    }
                    named.sort();
                    prop_assert_eq!(&named, &changed);
                }
            }
        }
    }
}
