//! What changed between two states of one thing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What changed with an event. Both are absent if the thing was not there before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// The names of the properties that changed, in order: `standing`, `teams`, and
    /// `profile.title` for one of the attributes that the directory sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// Those properties as they were before, null where there was none. Left out if they are longer
    /// than 64 KiB together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Map<String, Value>")]
    pub previous: Option<Map<String, Value>>,
}

/// The longest `previous`, in bytes of JSON: an event must not be much larger than what caused it.
const MAX_PREVIOUS: usize = 64 << 10;

/// The property whose own properties are told one by one.
const NESTED: &str = "profile";

/// What differs between two states of one thing; none, if nothing does.
pub fn change<T: Serialize>(before: &T, after: &T) -> Option<Change> {
    let (before, after) = (object(before), object(after));
    let mut changed = Vec::new();
    let mut previous = Map::new();
    for name in names(&before, &after) {
        let (old, new) = (before.get(name), after.get(name));
        if old == new {
            continue;
        }
        if let (NESTED, Some(Value::Object(old)), Some(Value::Object(new))) =
            (name.as_str(), old, new)
        {
            let mut nested = Map::new();
            for inner in names(old, new).filter(|inner| old.get(*inner) != new.get(*inner)) {
                changed.push(format!("{NESTED}.{inner}"));
                nested.insert(inner.clone(), value(old.get(inner)));
            }
            previous.insert(NESTED.to_owned(), Value::Object(nested));
        } else {
            changed.push(name.clone());
            previous.insert(name.clone(), value(old));
        }
    }
    let length = |map: &Map<String, Value>| {
        serde_json::to_vec(map).expect("a map with text keys is JSON").len()
    };
    let previous = Some(previous).filter(|previous| length(previous) <= MAX_PREVIOUS);
    (!changed.is_empty()).then_some(Change { changed, previous })
}

fn value(value: Option<&Value>) -> Value {
    value.cloned().unwrap_or(Value::Null)
}

fn object<T: Serialize>(thing: &T) -> Map<String, Value> {
    match serde_json::to_value(thing) {
        Ok(Value::Object(map)) => map,
        Ok(_) | Err(_) => unreachable!("what a feed event is about is an object"),
    }
}

/// The names in either, in order, each once.
fn names<'m>(
    before: &'m Map<String, Value>,
    after: &'m Map<String, Value>,
) -> impl Iterator<Item = &'m String> {
    let all: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    all.into_iter()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(before: &Value, after: &Value) -> Value {
        serde_json::to_value(change(before, after)).unwrap()
    }

    #[test]
    fn two_equal_states_tell_of_no_change() {
        let state = json!({ "name": "Core", "profile": { "title": "Dr" } });
        assert_eq!(change(&state, &state), None);
    }

    #[test]
    fn what_changed_is_named_with_the_value_before_and_attributes_one_by_one() {
        let before = json!({ "id": 1, "standing": "active", "profile": { "title": "Dr", "a": 1 } });
        let after = json!({ "id": 1, "standing": "former", "profile": { "a": 1, "city": "Ulm" } });
        let expected = json!({
            "changed": ["profile.city", "profile.title", "standing"],
            "previous": { "standing": "active", "profile": { "city": null, "title": "Dr" } },
        });
        assert_eq!(told(&before, &after), expected);
    }

    #[test]
    fn long_values_of_before_are_left_out_and_their_names_are_not() {
        let before = json!({ "profile": { "photo": "x".repeat(MAX_PREVIOUS) } });
        let expected = json!({ "changed": ["profile.photo"] });
        assert_eq!(told(&before, &json!({ "profile": { "photo": "y" } })), expected);
    }
}
