//! How edits change a resource.

mod values;

use serde_json::Value;

use self::values::{element_that_meets, is_listed, join, join_foreign};
use crate::filter::Filter;
use crate::name::{Name, is_urn, key_in};
use crate::patch::Edit;
use crate::path::Path;
use crate::reading::{self, is_hollow, is_primary, is_unassigned, keep_primary};
use crate::schema::{Attribute, Kind, ResourceType};
use crate::{Attributes, Bad};

/// Makes all edits, one on the result of the other.
///
/// After an error the attributes are in between: the caller throws them away.
pub(crate) fn apply(
    attributes: &mut Attributes,
    edits: &[Edit],
    resource: ResourceType,
) -> Result<(), Bad> {
    for edit in edits {
        match edit {
            Edit::Add { path: Path::Schema(urn), .. }
            | Edit::Replace { path: Path::Schema(urn), .. } => {
                return Err(Bad::path(format!("{urn} names no attribute")));
            }
            Edit::Add { path: Path::Attribute { name, filter }, value } => {
                set(attributes, name, filter.as_ref(), value, How::Join, resource)?;
            }
            Edit::Replace { path: Path::Attribute { name, filter }, value } => {
                set(attributes, name, filter.as_ref(), value, How::TakeThePlace, resource)?;
            }
            Edit::Remove { path: Path::Schema(urn), .. } => {
                if let Some(key) = key_in(attributes, urn) {
                    attributes.remove(&key);
                }
            }
            Edit::Remove { path: Path::Attribute { name, filter }, only } => {
                remove(attributes, name, filter.as_ref(), only.as_ref());
            }
        }
    }
    sweep(attributes, resource);
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Join,
    TakeThePlace,
}

fn set(
    attributes: &mut Attributes,
    name: &Name,
    filter: Option<&Filter>,
    value: &Value,
    how: How,
    resource: ResourceType,
) -> Result<(), Bad> {
    let slot = slot(attributes, name);
    let definition = name.definition(resource);
    let several = definition.is_some_and(|definition| definition.multi_valued);
    match (filter, &name.sub) {
        (Some(filter), sub) => {
            return set_matching(elements(slot), filter, sub.as_deref(), value, how, definition);
        }
        (None, None) if several => {
            if how == How::TakeThePlace {
                *slot = Value::Null;
            }
            join(elements(slot), value);
        }
        // What no schema knows is a list if it has been sent as one.
        (None, None) if definition.is_none() && slot.is_array() && how == How::Join => {
            join_foreign(elements(slot), value);
        }
        (None, None) => *slot = value.clone(),
        (None, Some(sub)) if several => {
            let elements = elements(slot);
            if elements.is_empty() {
                elements.push(Value::Object(Attributes::new()));
            }
            for element in elements.iter_mut() {
                set_part(element, sub, value);
            }
            if let Some(last) = elements.iter().rposition(is_primary) {
                keep_primary(elements, last);
            }
        }
        (None, Some(sub)) => {
            let refers = definition.is_some_and(Attribute::has_value);
            if refers && sub == "value" && slot.get("value") != Some(value) {
                // The URL is of somebody else.
                object(slot).remove("$ref");
            }
            set_part(slot, sub, value);
        }
    }
    Ok(())
}

/// The place of an attribute, made if it is not there.
fn slot<'a>(attributes: &'a mut Attributes, name: &Name) -> &'a mut Value {
    let home = match &name.extension {
        None => attributes,
        Some(urn) => {
            let key = key_in(attributes, urn).unwrap_or_else(|| urn.clone());
            object(attributes.entry(key).or_insert(Value::Null))
        }
    };
    let key = key_in(home, &name.attribute).unwrap_or_else(|| name.attribute.clone());
    home.entry(key).or_insert(Value::Null)
}

/// The values of an attribute that takes several.
fn elements(slot: &mut Value) -> &mut Vec<Value> {
    if !slot.is_array() {
        let single = slot.take();
        *slot = Value::Array(if single.is_null() { vec![] } else { vec![single] });
    }
    slot.as_array_mut().expect("it has just been made an array")
}

fn object(slot: &mut Value) -> &mut Attributes {
    if !slot.is_object() {
        *slot = Value::Object(Attributes::new());
    }
    slot.as_object_mut().expect("it has just been made an object")
}

fn set_part(element: &mut Value, sub: &str, value: &Value) {
    let parts = object(element);
    let key = key_in(parts, sub).unwrap_or_else(|| sub.to_owned());
    parts.insert(key, value.clone());
}

/// Sets those values that match. If none does, one that matches is made.
fn set_matching(
    elements: &mut Vec<Value>,
    filter: &Filter,
    sub: Option<&str>,
    value: &Value,
    how: How,
    definition: Option<&Attribute>,
) -> Result<(), Bad> {
    if !elements.iter().any(|element| filter.matches_element(element)) {
        let made = element_that_meets(filter).filter(|made| could_be_sent(made, definition));
        let made = made.ok_or_else(|| {
            Bad::no_target("no value matches the filter, which does not say what to make either")
        })?;
        elements.push(Value::Object(made));
    }
    let mut primary = None;
    for (position, element) in elements.iter_mut().enumerate() {
        // The one just made matches unless its filter contradicts itself, as in `a eq 1 and a eq 2`.
        if !filter.matches_element(element) {
            continue;
        }
        match (sub, value) {
            (Some(sub), value) => set_part(element, sub, value),
            (None, Value::Object(parts)) => {
                if how == How::TakeThePlace {
                    *element = Value::Object(element_that_meets(filter).unwrap_or_default());
                }
                object(element).extend(parts.clone());
            }
            (None, value) => element.clone_from(value),
        }
        if is_primary(element) {
            primary = Some(position);
        }
    }
    if let Some(primary) = primary {
        keep_primary(elements, primary);
    }
    Ok(())
}

/// Whether a client could have sent these parts: a filter may ask for what can never be, as in
/// `primary eq "perhaps"`.
fn could_be_sent(parts: &Attributes, definition: Option<&Attribute>) -> bool {
    parts.iter().all(|(name, value)| {
        let part = definition.and_then(|definition| definition.sub_attribute(name));
        part.is_none_or(|part| {
            reading::attribute(part, value.clone()).is_ok_and(|read| read.as_ref() == Some(value))
        })
    })
}

pub(crate) fn remove(
    attributes: &mut Attributes,
    name: &Name,
    filter: Option<&Filter>,
    only: Option<&Value>,
) {
    let home = match &name.extension {
        None => Some(attributes),
        Some(urn) => key_in(attributes, urn)
            .and_then(|key| attributes.get_mut(&key))
            .and_then(Value::as_object_mut),
    };
    let Some(home) = home else { return };
    let Some(key) = key_in(home, &name.attribute) else { return };
    if (filter, &name.sub, only) == (None, &None, None) {
        home.remove(&key);
        return;
    }
    let meets = |element: &Value| filter.is_none_or(|filter| filter.matches_element(element));
    match (home.get_mut(&key), &name.sub) {
        (Some(Value::Array(elements)), None) if filter.is_some() || only.is_some() => {
            elements.retain(|element| {
                !meets(element) || !only.is_none_or(|only| is_listed(element, only))
            });
        }
        (Some(Value::Array(elements)), Some(sub)) => {
            let matching = elements.iter_mut().filter(|element| meets(element));
            matching.for_each(|element| remove_part(element, sub));
        }
        (Some(value), Some(sub)) if meets(value) => remove_part(value, sub),
        (Some(value), None) if meets(value) => *value = Value::Null,
        (Some(_) | None, _) => {}
    }
}

fn remove_part(element: &mut Value, sub: &str) {
    if let Some(parts) = element.as_object_mut()
        && let Some(key) = key_in(parts, sub)
    {
        parts.remove(&key);
    }
}

/// Drops what the edits have left empty: values of which only the kind is known, attributes without
/// values, extensions without attributes. Values that have become the same are made one.
fn sweep(attributes: &mut Attributes, resource: ResourceType) {
    attributes.retain(|key, value| match value {
        Value::Object(parts) if is_urn(key) => {
            parts.retain(|name, value| keep(value, resource.extension_attribute(key, name)));
            !parts.is_empty()
        }
        value => keep(value, resource.core_attribute(key)),
    });
}

fn keep(value: &mut Value, definition: Option<&Attribute>) -> bool {
    if definition.is_some_and(|definition| definition.kind == Kind::Complex) {
        let hollow = |value: &Value| value.as_object().is_some_and(is_hollow);
        if let Value::Array(elements) = value {
            let mut all = std::mem::take(elements);
            all.retain(|element| !hollow(element));
            join(elements, &Value::Array(all));
        }
        return !hollow(value) && !is_unassigned(value);
    }
    !is_unassigned(value)
}
