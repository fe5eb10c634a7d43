//! Estimates of how many bytes something has as JSON text, without writing it. They decide what is done
//! at once, and what by the worker threads.

use scim::Attributes;
use serde_json::Value;

/// What every resource has: ids, times, a URL.
pub(super) const RESOURCE_SIZE: usize = 512;

/// A member of a group.
pub(super) const MEMBER_SIZE: usize = 192;

/// A group in a user's `groups`.
pub(super) const GROUP_REF_SIZE: usize = 192;

/// How much more work it is to select parts of a resource than to copy its text.
pub(super) const SELECTION_FACTOR: usize = 8;

/// The size of a value. One over `most` is not measured to its end: the outcome is some number over
/// `most`.
pub(super) fn of(value: &Value, most: usize) -> usize {
    let mut size = 0;
    add(value, most, &mut size);
    size
}

/// The size of attributes; as [`of`] has it where that is over `most`.
pub(super) fn of_attributes(attributes: &Attributes, most: usize) -> usize {
    let mut size = 0;
    add_all(attributes, most, &mut size);
    size
}

fn add(value: &Value, most: usize, size: &mut usize) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => *size += 8,
        Value::String(text) => *size += 4 + text.len(),
        Value::Array(elements) => {
            *size += 2;
            for element in elements {
                if *size > most {
                    return;
                }
                add(element, most, size);
            }
        }
        Value::Object(parts) => add_all(parts, most, size),
    }
}

fn add_all(parts: &Attributes, most: usize, size: &mut usize) {
    *size += 2;
    for (name, value) in parts {
        if *size > most {
            return;
        }
        *size += 4 + name.len();
        add(value, most, size);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_size_is_about_the_length_of_the_text() {
        for value in [
            json!({ "userName": "ada@example.com", "active": true }),
            json!([1, 2, 3, [], {}, null]),
            json!({ "emails": [{ "type": "work", "value": "ada@example.com", "primary": true }] }),
            json!("x".repeat(1000)),
        ] {
            let (text, size) = (value.to_string().len(), of(&value, usize::MAX));
            assert!(size >= text && size <= 4 * text, "{size} for {text} bytes: {value}");
        }
    }

    #[test]
    fn no_more_is_looked_at_than_it_takes_to_know_that_it_is_too_much() {
        let many: Value = (0..100_000).collect();
        let size = of(&json!([[many, "x"], "y"]), 1000);
        assert!((1001..1100).contains(&size), "{size}");
    }
}
