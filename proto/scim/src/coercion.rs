//! Coercion of values that were sent to the types of the schema. Names get the schema's spelling; all
//! else stays as it was sent.

use serde_json::Value;

use crate::boolean::boolean;
use crate::json_text::{JsonReader, Text, begins_as_parts, is_blank_text};
use crate::keys::{key_in, spelt_once, take, value_in};
use crate::name::canonical_sub;
use crate::primary::{is_primary, keep_primary};
use crate::schema::{Attribute, AttributeType, Mutability};
use crate::single_value::{scalar, unwrapped};
use crate::{Attributes, InvalidRequest};

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
pub(crate) fn attribute(
    definition: &Attribute,
    sent: Value,
    reader: JsonReader<'_>,
) -> Result<Option<Value>, InvalidRequest> {
    if !definition.multi_valued {
        return element(definition, sent, reader);
    }
    let mut elements = Vec::new();
    multi_valued(definition, sent, reader, &mut |element| {
        elements.extend(element);
        Ok(())
    })?;
    if let Some(last) = elements.iter().rposition(is_primary) {
        keep_primary(&mut elements, last);
    }
    Ok((!elements.is_empty()).then_some(Value::Array(elements)))
}

/// Reads the values of an attribute that takes several, one after the other: a list, the text of
/// one, or a value by itself.
pub(crate) fn multi_valued(
    definition: &Attribute,
    sent: Value,
    reader: JsonReader<'_>,
    keep: &mut impl FnMut(Option<Value>) -> Result<(), InvalidRequest>,
) -> Result<(), InvalidRequest> {
    match sent {
        Value::Array(elements) => elements.into_iter().try_for_each(|sent| match sent {
            Value::String(_) => multi_valued(definition, sent, reader, keep),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => keep(element(definition, sent, reader)?),
        }),
        Value::String(text) if definition.kind == AttributeType::Complex => {
            match reader.text(&text)? {
                Text::Json(value @ (Value::Array(_) | Value::String(_)), within) => {
                    multi_valued(definition, value, within, keep)
                }
                read @ (Text::Json(_, _) | Text::Plain | Text::Broken) => {
                    keep(text_value(definition, text, read)?)
                }
            }
        }
        sent => keep(element(definition, sent, reader)?),
    }
}

/// Reads one value of an attribute; none if it is unassigned.
pub(crate) fn element(
    definition: &Attribute,
    sent: Value,
    reader: JsonReader<'_>,
) -> Result<Option<Value>, InvalidRequest> {
    let name = definition.name;
    let sent =
        if definition.kind == AttributeType::Complex { unwrapped(sent) } else { scalar(sent) };
    if is_unassigned(&sent) {
        return Ok(None);
    }
    match (definition.kind, sent) {
        (AttributeType::Complex, Value::Object(parts)) => complex(definition, parts, reader),
        (AttributeType::Complex, Value::String(text)) => {
            let read = reader.text(&text)?;
            text_value(definition, text, read)
        }
        (AttributeType::Complex, _) => Err(no_object(definition)),
        (AttributeType::Boolean, Value::Bool(boolean)) => Ok(Some(boolean.into())),
        (AttributeType::Boolean, Value::String(text)) => match boolean(&text) {
            Some(boolean) => Ok(Some(boolean.into())),
            None => Err(InvalidRequest::value(format!("{name} takes true or false"))),
        },
        (AttributeType::Boolean, _) => {
            Err(InvalidRequest::value(format!("{name} takes true or false")))
        }
        (
            AttributeType::String
            | AttributeType::DateTime
            | AttributeType::Reference
            | AttributeType::Binary,
            Value::String(text),
        ) => Ok(Some(text.into())),
        (
            AttributeType::String
            | AttributeType::DateTime
            | AttributeType::Reference
            | AttributeType::Binary,
            _,
        ) => Err(InvalidRequest::value(format!("{name} takes a text"))),
    }
}

/// Reads one part of an attribute, as in the path `emails.value`; none if it is unassigned.
pub(crate) fn part(
    of: &Attribute,
    part: &Attribute,
    sent: Value,
    reader: JsonReader<'_>,
) -> Result<Option<Value>, InvalidRequest> {
    if part.name != "value" {
        return attribute(part, sent, reader);
    }
    let parts = Attributes::from_iter([("value".to_owned(), sent)]);
    let (mut parts, reader) = unfolded(of, parts, reader)?;
    match take(&mut parts, "value") {
        Some(value) => part_value(of, part, value, reader),
        None => Ok(None),
    }
}

/// Reads the value of a part. Nobody's id is blank.
fn part_value(
    of: &Attribute,
    part: &Attribute,
    sent: Value,
    reader: JsonReader<'_>,
) -> Result<Option<Value>, InvalidRequest> {
    let value = attribute(part, sent, reader)?;
    let text = value.as_ref().and_then(Value::as_str);
    if of.refers() && part.name == "value" && text.is_some_and(is_blank_text) {
        return Err(blank(of.name));
    }
    Ok(value)
}

/// The value of a text where a complex value belongs: the JSON in it, or an object with it as `value`.
fn text_value(
    definition: &Attribute,
    text: String,
    read: Text<'_>,
) -> Result<Option<Value>, InvalidRequest> {
    let name = definition.name;
    match read {
        Text::Json(value, within) => element(definition, value, within),
        Text::Broken if definition.refers() || begins_as_parts(&text) => Err(broken(name)),
        Text::Plain | Text::Broken if text.is_empty() => Ok(None),
        Text::Plain if definition.refers() && is_blank_text(&text) => Err(blank(name)),
        Text::Plain | Text::Broken if definition.has_value() => {
            Ok(Some(Value::Object(Attributes::from_iter([("value".to_owned(), text.into())]))))
        }
        Text::Plain | Text::Broken => Err(no_object(definition)),
    }
}

fn no_object(definition: &Attribute) -> InvalidRequest {
    let or_value = if definition.has_value() { ", or the text of its value" } else { "" };
    InvalidRequest::value(format!("{} takes an object{or_value}", definition.name))
}

fn broken(name: &str) -> InvalidRequest {
    InvalidRequest::value(format!("the text for {name} begins as JSON does, but is none"))
}

fn blank(name: &str) -> InvalidRequest {
    InvalidRequest::value(format!("the id in {name} is blank; send the id of a resource"))
}

fn complex(
    definition: &Attribute,
    sent: Attributes,
    reader: JsonReader<'_>,
) -> Result<Option<Value>, InvalidRequest> {
    let mut parts = Attributes::new();
    spelt_once(&sent)?;
    let (sent, reader) = unfolded(definition, sent, reader)?;
    // Of several values each may have these (RFC 7643 §2.4), whatever its schema says.
    let usual = ["value", "display", "type", "primary"];
    let is_usual = |key: &str| usual.iter().any(|usual| usual.eq_ignore_ascii_case(key));
    let is_part = |key: &String| match definition.sub_attribute(key) {
        Some(part) => part.mutability != Mutability::ReadOnly,
        None => definition.multi_valued && is_usual(key),
    };
    if reader.is_within_text() && !sent.keys().any(is_part) {
        return Err(no_part(definition.name));
    }
    for (key, value) in sent {
        let value = match definition.sub_attribute(&key) {
            Some(part) if part.mutability == Mutability::ReadOnly => None,
            Some(part) => part_value(definition, part, value, reader)?,
            None => Some(value).filter(|value| !is_unassigned(value)),
        };
        if let Some(value) = value {
            parts.insert(canonical_sub(Some(definition), &key), value);
        }
    }
    Ok((!is_hollow(&parts)).then_some(Value::Object(parts)))
}

/// What a client hears whose text is a JSON object of something else.
pub(crate) fn no_part(name: &str) -> InvalidRequest {
    InvalidRequest::value(format!(
        "the text for {name} is a JSON object without a part that {name} has"
    ))
}

/// A value that Entra sends as the text of a JSON object in `value` becomes that object.
///
/// So it is the same value as when it is sent as an object, which Entra does on create.
fn unfolded<'b>(
    definition: &Attribute,
    sent: Attributes,
    reader: JsonReader<'b>,
) -> Result<(Attributes, JsonReader<'b>), InvalidRequest> {
    let has_value = definition.has_value();
    let Some(key) = key_in(&sent, "value").filter(|_| has_value || definition.multi_valued) else {
        return Ok((sent, reader));
    };
    let Some(text) = inner_text(&sent[key]) else { return Ok((sent, reader)) };
    // Beside an id, nobody means what has braces or quotes round it.
    if !definition.refers() && !begins_as_parts(text) {
        return Ok((sent, reader));
    }
    let misfit = || {
        InvalidRequest::value(format!("the text for {} is JSON that does not fit", definition.name))
    };
    let (value, within) = match reader.text(text)? {
        Text::Broken if definition.refers() => return Err(broken(definition.name)),
        Text::Plain | Text::Broken => return Ok((sent, reader)),
        Text::Json(value, within) => (unwrapped(value), within),
    };
    let key = key.to_owned();
    let mut sent = sent;
    sent.remove(&key);
    match value {
        Value::Object(inner) if !has_value || key_in(&inner, "value").is_some() => {
            sent.extend(inner);
            // A text within a text is unfolded too.
            unfolded(definition, sent, within)
        }
        Value::String(_) | Value::Number(_) if has_value => {
            sent.insert(key, value);
            unfolded(definition, sent, within)
        }
        value if is_unassigned(&value) => Ok((sent, within)),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => Err(misfit()),
    }
}

/// The text in a single value, whatever is wrapped round it.
fn inner_text(value: &Value) -> Option<&str> {
    match value {
        Value::Array(wrapped) => match wrapped.as_slice() {
            [one] => inner_text(one),
            _ => None,
        },
        Value::Object(parts) => value_in(parts, "value").and_then(Value::as_str),
        Value::String(text) => Some(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Whether the parts say what kind of value it would be, but not the value.
pub(crate) fn is_hollow(parts: &Attributes) -> bool {
    parts.keys().all(|key| ["type", "primary", "$ref"].contains(&key.as_str()))
}
