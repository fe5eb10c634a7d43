//! The values of an attribute that takes several.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::Attributes;
use crate::filter::{Comparison, Filter, Literal};
use crate::name::value_in;
use crate::reading::{is_primary, keep_primary};

/// Adds values to those there are. One that is there already is not added again, but may learn new
/// parts (RFC 7644 §3.5.2.1).
pub(super) fn join(elements: &mut Vec<Value>, value: &Value) {
    let one = std::slice::from_ref(value);
    let mut places: HashMap<String, usize> = HashMap::new();
    for (position, element) in elements.iter().enumerate() {
        places.entry(identity(element)).or_insert(position);
    }
    let mut primary = None;
    for value in value.as_array().map_or(one, Vec::as_slice) {
        let place = *places.entry(identity(value)).or_insert(elements.len());
        match (elements.get_mut(place), value) {
            (Some(Value::Object(known)), Value::Object(parts)) => known.extend(parts.clone()),
            (Some(_), _) => {}
            (None, value) => elements.push(value.clone()),
        }
        if is_primary(value) {
            primary = Some(place);
        }
    }
    if let Some(primary) = primary {
        keep_primary(elements, primary);
    }
}

/// The same for an attribute that no schema knows: only equal values are the same.
pub(super) fn join_foreign(elements: &mut Vec<Value>, value: &Value) {
    let one = std::slice::from_ref(value);
    let mut known: HashSet<String> = elements.iter().map(Value::to_string).collect();
    let new = value.as_array().map_or(one, Vec::as_slice).iter();
    elements.extend(new.filter(|value| known.insert(value.to_string())).cloned());
}

/// What tells the values of an attribute apart: `value` and `type` (RFC 7643 §2.4), or all parts
/// where there is no `value`.
fn identity(element: &Value) -> String {
    match element {
        Value::Object(parts) if !parts.contains_key("value") => {
            let said: Vec<_> = parts.iter().filter(|(key, _)| *key != "primary").collect();
            format!("{said:?}")
        }
        Value::Object(parts) => format!("{:?}", (parts.get("value"), parts.get("type"))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            element.to_string()
        }
    }
}

/// Whether a value is one of those listed for removal: by `value`, and `type` if that is given.
pub(super) fn is_listed(element: &Value, listed: &Value) -> bool {
    let one = std::slice::from_ref(listed);
    listed.as_array().map_or(one, Vec::as_slice).iter().any(|listed| match (element, listed) {
        (Value::Object(parts), Value::Object(listed)) => {
            let same = |key: &str| value_in(parts, key) == listed.get(key);
            if listed.contains_key("value") {
                same("value") && (!listed.contains_key("type") || same("type"))
            } else {
                listed.keys().all(|key| same(key))
            }
        }
        (element, listed) => element == listed,
    })
}

/// The least value that meets a filter; none unless the filter is made of equalities.
pub(super) fn element_that_meets(filter: &Filter) -> Option<Attributes> {
    match filter {
        Filter::And(all) => {
            let mut parts = Attributes::new();
            for filter in all {
                parts.extend(element_that_meets(filter)?);
            }
            Some(parts)
        }
        Filter::Compare { name, comparison: Comparison::Eq, literal, .. } => {
            let value = match literal {
                // No value has an empty text: it is as good as absent, and then does not equal it.
                Literal::Text(text) if text.is_empty() => return None,
                Literal::Text(text) | Literal::Time(_, text) => text.clone().into(),
                Literal::Number(number) => Value::Number(number.clone()),
                Literal::Bool(boolean) => Value::Bool(*boolean),
                Literal::Null => return Some(Attributes::new()),
            };
            Some(Attributes::from_iter([(name.attribute.clone(), value)]))
        }
        Filter::Compare { .. }
        | Filter::Or(_)
        | Filter::Not(_)
        | Filter::Present(_)
        | Filter::Element { .. } => None,
    }
}
