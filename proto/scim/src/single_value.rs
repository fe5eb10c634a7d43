//! A single value, without the array of one or the object with a `value` that clients put around it.
//!
//! Older jobs of Entra's write every value as `[{"$ref": null, "value": …}]`.

use serde_json::Value;

use crate::keys::value_in;

/// Takes a value out of an array of one: some clients write every value so.
pub(crate) fn unwrapped(sent: Value) -> Value {
    match sent {
        Value::Array(mut wrapped) if wrapped.len() == 1 => wrapped.remove(0),
        sent => sent,
    }
}

/// The single value in what was sent where one belongs: in an array of one, and in an object whose
/// `value` it is. What holds more than one stays as it is, and fits nowhere.
pub(crate) fn scalar(sent: Value) -> Value {
    let sent = unwrapped(sent);
    let inner = sent.as_object().and_then(|parts| value_in(parts, "value")).cloned().map(unwrapped);
    match inner {
        Some(inner) if !inner.is_object() && !inner.is_array() => inner,
        Some(_) | None => sent,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_single_value_is_the_same_in_whichever_wrapping() {
        for sent in [
            json!("x"),
            json!(["x"]),
            json!({ "value": "x" }),
            json!([{ "value": "x" }]),
            json!([{ "$ref": null, "Value": "x" }]),
            json!({ "value": ["x"] }),
        ] {
            assert_eq!(scalar(sent.clone()), "x", "{sent}");
        }
    }

    #[test]
    fn what_holds_no_single_value_is_left_for_the_schema_to_refuse() {
        for sent in [
            json!(["x", "y"]),
            json!([{ "value": "x" }, { "value": "y" }]),
            json!({ "value": ["x", "y"] }),
            json!({ "value": { "value": "x" } }),
            json!({ "display": "x" }),
        ] {
            let left = scalar(sent.clone());
            assert!(left.is_array() || left.is_object(), "{left} for {sent}");
        }
    }
}
