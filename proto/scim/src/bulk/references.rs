//! References by `bulkId` (RFC 7644 §3.7.2): `bulkId:x` stands for the id of what the POST with the
//! `bulkId` `x` makes, wherever a text may stand.

use std::collections::HashMap;

use serde_json::Value;

use super::{Command, Work};
use crate::{Attributes, InvalidRequest};

/// The name in `bulkId:name`.
fn referred(text: &str) -> Option<&str> {
    text.strip_prefix("bulkId:").filter(|name| !name.is_empty())
}

pub(crate) fn is_reference(text: &str) -> bool {
    referred(text).is_some()
}

impl Work {
    /// The `bulkId`s that it refers to, in the order in which they stand.
    pub(super) fn references(&self) -> Vec<&str> {
        let mut names = Vec::new();
        match &self.command {
            Command::Create(body) => collect(body, &mut names),
            Command::Put(id, body) | Command::Patch(id, body) => {
                names.extend(referred(id));
                collect(body, &mut names);
            }
            Command::Delete(id) => names.extend(referred(id)),
        }
        names
    }
}

fn collect<'a>(value: &'a Value, names: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => names.extend(referred(text)),
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, names)),
        Value::Object(parts) => parts.values().for_each(|part| collect(part, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The text itself, or the id that it stands for.
pub(super) fn resolved_text(
    text: &str,
    ids: &HashMap<String, String>,
) -> Result<String, InvalidRequest> {
    match referred(text) {
        None => Ok(text.to_owned()),
        Some(name) => ids.get(name).cloned().ok_or_else(|| {
            InvalidRequest::unresolved(format!(
                "no operation made a resource with the bulkId {name:?}"
            ))
        }),
    }
}

pub(super) fn resolved(
    value: Value,
    ids: &HashMap<String, String>,
) -> Result<Value, InvalidRequest> {
    Ok(match value {
        Value::String(text) => Value::String(resolved_text(&text, ids)?),
        Value::Array(elements) => {
            let each = elements.into_iter().map(|element| resolved(element, ids));
            Value::Array(each.collect::<Result<_, _>>()?)
        }
        Value::Object(parts) => {
            let each = parts.into_iter().map(|(name, part)| Ok((name, resolved(part, ids)?)));
            Value::Object(each.collect::<Result<_, InvalidRequest>>()?)
        }
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_)) => plain,
    })
}

/// A body without what cannot be resolved: elements of a list as a whole, other values by themselves.
pub(super) fn pruned(value: Value, ids: &HashMap<String, String>) -> Value {
    let is_known = |value: &Value| is_known(value, ids);
    match value {
        Value::Array(elements) => elements.into_iter().filter(is_known).collect(),
        Value::Object(parts) => {
            let each = parts.into_iter().filter(|(_, part)| !part.is_string() || is_known(part));
            Value::Object(
                each.map(|(name, part)| (name, pruned(part, ids))).collect::<Attributes>(),
            )
        }
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain,
    }
}

/// Whether all that a value refers to has an id.
fn is_known(value: &Value, ids: &HashMap<String, String>) -> bool {
    match value {
        Value::String(text) => referred(text).is_none_or(|name| ids.contains_key(name)),
        Value::Array(elements) => elements.iter().all(|element| is_known(element, ids)),
        Value::Object(parts) => parts.values().all(|part| is_known(part, ids)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}
