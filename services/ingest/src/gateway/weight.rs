//! About how many bytes things have as JSON text, told without writing them: what is small is done at
//! once, and what is large where it keeps nobody waiting.

use scim::Attributes;
use serde_json::Value;

/// What every resource has: ids, times, a URL.
pub(super) const BASIC_WEIGHT: usize = 512;

/// A member of a group.
pub(super) const MEMBER_WEIGHT: usize = 192;

/// A group, as a user shows it.
pub(super) const GROUP_WEIGHT: usize = 192;

/// How much more work it is to choose parts of a resource than to copy its text.
pub(super) const SELECTING: usize = 8;

/// The weight of a value, or something over `most` if it weighs more: no more of it is looked at.
pub(super) fn of(value: &Value, most: usize) -> usize {
    let mut weight = 0;
    add(value, most, &mut weight);
    weight
}

/// The weight of attributes, or something over `most` if they weigh more.
pub(super) fn of_attributes(attributes: &Attributes, most: usize) -> usize {
    let mut weight = 0;
    add_all(attributes, most, &mut weight);
    weight
}

fn add(value: &Value, most: usize, weight: &mut usize) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => *weight += 8,
        Value::String(text) => *weight += 4 + text.len(),
        Value::Array(elements) => {
            *weight += 2;
            for element in elements {
                if *weight > most {
                    return;
                }
                add(element, most, weight);
            }
        }
        Value::Object(parts) => add_all(parts, most, weight),
    }
}

fn add_all(parts: &Attributes, most: usize, weight: &mut usize) {
    *weight += 2;
    for (name, value) in parts {
        if *weight > most {
            return;
        }
        *weight += 4 + name.len();
        add(value, most, weight);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_weight_is_about_the_length_of_the_text() {
        for value in [
            json!({ "userName": "ada@example.com", "active": true }),
            json!([1, 2, 3, [], {}, null]),
            json!({ "emails": [{ "type": "work", "value": "ada@example.com", "primary": true }] }),
            json!("x".repeat(1000)),
        ] {
            let (text, weight) = (value.to_string().len(), of(&value, usize::MAX));
            assert!(weight >= text && weight <= 4 * text, "{weight} for {text} bytes: {value}");
        }
    }

    #[test]
    fn no_more_is_looked_at_than_it_takes_to_know_that_it_is_too_much() {
        let many: Value = (0..100_000).collect();
        let weight = of(&json!([[many, "x"], "y"]), 1000);
        assert!((1001..1100).contains(&weight), "{weight}");
    }
}
