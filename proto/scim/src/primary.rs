//! Which of several values is the primary one (RFC 7643 §2.4): one at most.

use serde_json::Value;

/// Whether a value says that it is primary.
pub(crate) fn is_primary(element: &Value) -> bool {
    element.get("primary") == Some(&Value::Bool(true))
}

/// Takes `primary` from all but one of the values (RFC 7643 §2.4).
pub(crate) fn keep_primary(elements: &mut [Value], keep: usize) {
    for (position, element) in elements.iter_mut().enumerate() {
        if position != keep && is_primary(element) {
            element["primary"] = false.into();
        }
    }
}
