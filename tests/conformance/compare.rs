//! Whether a resource shows what it has to, and nothing that it must not.

use serde_json::Value;

/// What of `expected` is not in `actual`, in words.
///
/// An object has at least the expected attributes, a list at least the expected elements, in any
/// order. Everything else is equal, in type too: the text `"false"` is not `false`.
pub(crate) fn missing(expected: &Value, actual: &Value) -> Vec<String> {
    let mut found = Vec::new();
    gather("", expected, actual, &mut found);
    found
}

fn gather(place: &str, expected: &Value, actual: &Value, found: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for (name, expected) in expected {
                let actual = actual.get(name).unwrap_or(&Value::Null);
                gather(&format!("{place}/{name}"), expected, actual, found);
            }
        }
        (Value::Array(expected), Value::Array(actual)) => {
            let there = |wanted: &Value| actual.iter().any(|one| missing(wanted, one).is_empty());
            for wanted in expected.iter().filter(|wanted| !there(wanted)) {
                found
                    .push(format!("{place} has no {wanted} among {}", Value::from(actual.clone())));
            }
        }
        (expected, actual) if expected == actual => {}
        (expected, actual) => found.push(format!("{place} is {actual} instead of {expected}")),
    }
}

/// Whether there is nothing at a JSON pointer (RFC 6901). Without a value is as good as not there
/// (RFC 7643 §2.5).
pub(crate) fn is_absent(pointer: &str, actual: &Value) -> bool {
    match actual.pointer(pointer) {
        None | Some(Value::Null) => true,
        Some(Value::Array(list)) => list.is_empty(),
        Some(Value::Object(object)) => object.is_empty(),
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_resource_may_have_more_than_expected() {
        let actual = json!({"a": [{"b": 1, "c": 2}, {"b": 3}], "d": true});
        assert_eq!(missing(&json!({"a": [{"b": 3}, {"c": 2}]}), &actual), Vec::<String>::new());
    }

    #[test]
    fn what_is_missing_is_told_with_its_place() {
        let told = missing(&json!({"a": {"b": "false"}, "c": [1]}), &json!({"a": {"b": false}}));
        assert_eq!(told, [r#"/a/b is false instead of "false""#, "/c is null instead of [1]"]);
        let told = missing(&json!({"a": [{"b": 1}]}), &json!({"a": [{"b": 2}]}));
        assert_eq!(told, [r#"/a has no {"b":1} among [{"b":2}]"#]);
    }

    #[test]
    fn what_is_empty_is_absent_and_an_empty_text_is_not() {
        let actual = json!({"a": [], "b": {}, "c": null, "d": "", "e": [1]});
        let absent = |pointer| is_absent(pointer, &actual);
        assert!(["/a", "/b", "/c", "/e/1", "/f"].into_iter().all(absent));
        assert!(!absent("/d") && !absent("/e/0"));
    }
}
