//! The values of an attribute that takes several.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use crate::Attributes;
use crate::budget::{Budget, Spent};
use crate::filter::{Comparison, Filter, Literal};
use crate::reading::{self, is_primary};
use crate::schema::Attribute;

/// Where each of the values is, by what tells it apart, and which are primary.
#[derive(Debug)]
pub(super) struct Joined {
    places: HashMap<String, usize>,
    primaries: BTreeSet<usize>,
    /// Of an attribute that no schema knows, only equal values are the same.
    known: bool,
}

impl Joined {
    pub(super) fn of(elements: &[Value], known: bool, budget: &Budget) -> Result<Self, Spent> {
        let places = HashMap::with_capacity(elements.len());
        let mut joined = Self { places, primaries: BTreeSet::new(), known };
        for (place, element) in elements.iter().enumerate() {
            let identity = joined.identity(element, budget)?;
            joined.places.entry(identity).or_insert(place);
            if is_primary(element) {
                joined.primaries.insert(place);
            }
        }
        Ok(joined)
    }

    /// What tells the values of an attribute apart: `value` and `type` (RFC 7643 §2.4), or all
    /// parts where there is no `value`.
    fn identity(&self, element: &Value, budget: &Budget) -> Result<String, Spent> {
        let identity = match element {
            Value::Object(parts) if self.known && !parts.contains_key("value") => {
                let said: Vec<_> = parts.iter().filter(|(key, _)| *key != "primary").collect();
                format!("{said:?}")
            }
            Value::Object(parts) if self.known => {
                format!("{:?}", (parts.get("value"), parts.get("type")))
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_) => element.to_string(),
        };
        budget.text(identity.len())?;
        Ok(identity)
    }
}

/// Adds values to those there are. One that is there already is not added again, but may learn new
/// parts (RFC 7644 §3.5.2.1), if a schema knows the attribute.
pub(super) fn join<'v>(
    elements: &mut Vec<Value>,
    values: impl IntoIterator<Item = Cow<'v, Value>>,
    joined: &mut Joined,
    budget: &Budget,
) -> Result<(), Spent> {
    let mut primary = None;
    for value in values {
        let identity = joined.identity(&value, budget)?;
        let place = *joined.places.entry(identity).or_insert(elements.len());
        if joined.known && is_primary(&value) {
            primary = Some(place);
        }
        match (elements.get_mut(place), value.as_ref()) {
            (Some(Value::Object(known)), Value::Object(parts)) if joined.known => {
                known.extend(parts.clone());
            }
            (Some(_), _) => {}
            (None, _) => elements.push(value.into_owned()),
        }
        if elements.get(place).is_some_and(is_primary) {
            joined.primaries.insert(place);
        } else {
            joined.primaries.remove(&place);
        }
    }
    if let Some(primary) = primary {
        keep_primary(elements, primary, joined);
    }
    Ok(())
}

/// Takes `primary` from all but one of the values (RFC 7643 §2.4), without looking at the others.
fn keep_primary(elements: &mut [Value], keep: usize, joined: &mut Joined) {
    for place in std::mem::take(&mut joined.primaries) {
        if place != keep
            && let Some(element) = elements.get_mut(place)
        {
            element["primary"] = false.into();
        }
    }
    joined.primaries.insert(keep);
}

/// The values of a list, or the one that is none.
pub(super) fn each(value: &Value) -> impl Iterator<Item = Cow<'_, Value>> {
    let one = std::slice::from_ref(value);
    value.as_array().map_or(one, Vec::as_slice).iter().map(Cow::Borrowed)
}

/// The bytes of a value, about as JSON has them.
pub(super) fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
        Value::String(text) => text.len() + 8,
        Value::Array(elements) => 8 + elements.iter().map(size).sum::<usize>(),
        Value::Object(parts) => {
            8 + parts.iter().map(|(key, part)| key.len() + 4 + size(part)).sum::<usize>()
        }
    }
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

/// Whether a client could have sent these parts: a filter may ask for what can never be, as in
/// `primary eq "perhaps"`.
pub(super) fn could_be_sent(parts: &Attributes, definition: Option<&Attribute>) -> bool {
    parts.iter().all(|(name, value)| {
        let part = definition.and_then(|definition| definition.sub_attribute(name));
        part.is_none_or(|part| {
            reading::attribute(part, value.clone()).is_ok_and(|read| read.as_ref() == Some(value))
        })
    })
}
