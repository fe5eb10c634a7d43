//! How a value that was sent becomes a value that is kept: by the schema's types, in the schema's
//! spelling, and otherwise untouched.

use serde_json::Value;

use crate::filter::boolean;
use crate::keys::value_in;
use crate::name::canonical_sub;
use crate::schema::{Attribute, Kind, Mutability};
use crate::{Attributes, Bad};

/// Refuses a text with a NUL in it anywhere: no database could hold it.
pub(crate) fn refuse_nul(value: &Value) -> Result<(), Bad> {
    let bad = || Bad::value("a text holds the character U+0000; leave it out");
    match value {
        Value::String(text) if text.contains('\0') => Err(bad()),
        Value::Array(elements) => elements.iter().try_for_each(refuse_nul),
        Value::Object(parts) => parts.iter().try_for_each(|(key, value)| {
            if key.contains('\0') { Err(bad()) } else { refuse_nul(value) }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// Whether a value stands for none: null, `[]`, `{}` (RFC 7643 §2.5), and `""`, with which
/// Entra's tools clear a text.
pub(crate) fn is_unassigned(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(parts) => parts.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Reads the value of a whole attribute; none if it is unassigned.
pub(crate) fn attribute(definition: &Attribute, sent: Value) -> Result<Option<Value>, Bad> {
    if !definition.multi_valued {
        return element(definition, sent);
    }
    let sent = match sent {
        Value::Array(elements) => elements,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            vec![sent]
        }
    };
    let mut elements = Vec::with_capacity(sent.len());
    for one in sent {
        elements.extend(element(definition, one)?);
    }
    if let Some(last) = elements.iter().rposition(is_primary) {
        keep_primary(&mut elements, last);
    }
    Ok((!elements.is_empty()).then_some(Value::Array(elements)))
}

/// Takes a value out of an array of one: some clients write every value so.
pub(crate) fn unwrapped(sent: Value) -> Value {
    match sent {
        Value::Array(mut wrapped) if wrapped.len() == 1 => wrapped.remove(0),
        sent => sent,
    }
}

/// Reads one value of an attribute; none if it is unassigned.
pub(crate) fn element(definition: &Attribute, sent: Value) -> Result<Option<Value>, Bad> {
    let name = definition.name;
    let sent = unwrapped(sent);
    if is_unassigned(&sent) {
        return Ok(None);
    }
    match (definition.kind, sent) {
        (Kind::Complex, Value::Object(parts)) => complex(definition, parts),
        (Kind::Complex, Value::String(text)) if definition.has_value() => {
            complex(definition, Attributes::from_iter([("value".to_owned(), text.into())]))
        }
        (Kind::Complex, _) => Err(Bad::value(format!("{name} takes an object"))),
        (Kind::Boolean, Value::Bool(boolean)) => Ok(Some(boolean.into())),
        (Kind::Boolean, Value::String(text)) => match boolean(&text) {
            Some(boolean) => Ok(Some(boolean.into())),
            None => Err(Bad::value(format!("{name} takes true or false"))),
        },
        (Kind::Boolean, _) => Err(Bad::value(format!("{name} takes true or false"))),
        (Kind::String | Kind::DateTime | Kind::Reference | Kind::Binary, Value::String(text)) => {
            Ok(Some(text.into()))
        }
        (Kind::String | Kind::DateTime | Kind::Reference | Kind::Binary, _) => {
            Err(Bad::value(format!("{name} takes a text")))
        }
    }
}

fn complex(definition: &Attribute, sent: Attributes) -> Result<Option<Value>, Bad> {
    let mut parts = Attributes::new();
    for (key, value) in unfolded(definition, sent) {
        let value = match definition.sub_attribute(&key) {
            Some(part) if part.mutability == Mutability::ReadOnly => None,
            Some(part) => attribute(part, value)?,
            None => Some(value).filter(|value| !is_unassigned(value)),
        };
        if let Some(value) = value {
            parts.insert(canonical_sub(Some(definition), &key), value);
        }
    }
    Ok((!is_hollow(&parts)).then_some(Value::Object(parts)))
}

/// A role that Entra sends as the text of a JSON object in `value` becomes that object.
///
/// So it is the same role as when it is sent as an object, which Entra does on create.
fn unfolded(definition: &Attribute, sent: Attributes) -> Attributes {
    if definition.name != "roles" {
        return sent;
    }
    let value = value_in(&sent, "value").cloned().map(unwrapped);
    let text = value.as_ref().and_then(Value::as_str).unwrap_or_default();
    match serde_json::from_str(text) {
        Ok(Value::Object(role)) if value_in(&role, "value").is_some() => {
            let rest = sent.into_iter().filter(|(key, _)| !key.eq_ignore_ascii_case("value"));
            // A text within a text is unfolded too: each is shorter than the one around it.
            unfolded(definition, rest.chain(role).collect())
        }
        Ok(_) | Err(_) => sent,
    }
}

/// Whether the parts say what kind of value it would be, but not the value.
pub(crate) fn is_hollow(parts: &Attributes) -> bool {
    parts.keys().all(|key| ["type", "primary", "$ref"].contains(&key.as_str()))
}

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
