//! The values of an attribute that takes several.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::identity::Identity;
use crate::Attributes;
use crate::budget::{BudgetExceeded, WorkBudget};
use crate::coercion::{self};
use crate::filter::{Comparison, Filter, Literal};
use crate::json_text::JsonReader;
use crate::keys::find;
use crate::primary::is_primary;
use crate::schema::Attribute;

/// An index of the values of an attribute by their identity, and of which are primary.
#[derive(Debug)]
pub(super) struct Joined {
    definition: Option<&'static Attribute>,
    places: HashMap<String, Places>,
    primaries: BTreeSet<usize>,
}

/// The indexes of the values that differ in their type only: one of each type, or one without a type.
#[derive(Debug)]
struct Places {
    first: usize,
    by_type: HashMap<String, usize>,
    without_type: Option<usize>,
}

impl Places {
    fn new(kind: Option<String>, place: usize) -> Self {
        let without_type = kind.is_none().then_some(place);
        let by_type = kind.into_iter().map(|kind| (kind, place)).collect();
        Self { first: place, by_type, without_type }
    }

    /// The place of a value of this type.
    fn of(&self, kind: Option<&str>) -> Option<usize> {
        match kind {
            Some(kind) => self.by_type.get(kind).copied().or(self.without_type),
            None => Some(self.first),
        }
    }
}

impl Joined {
    /// The definition of the attribute. Without one, values are the same only if they are equal.
    pub(super) fn of(
        elements: &[Value],
        definition: Option<&'static Attribute>,
        budget: &WorkBudget,
    ) -> Result<Self, BudgetExceeded> {
        let places = HashMap::with_capacity(elements.len());
        let mut joined = Self { definition, places, primaries: BTreeSet::new() };
        for (place, element) in elements.iter().enumerate() {
            let identity = Identity::of(element, definition, budget)?;
            joined.place(identity, place);
            if is_primary(element) {
                joined.primaries.insert(place);
            }
        }
        Ok(joined)
    }

    /// The index of the value with this identity. If there is none, `new` is taken for it.
    fn place(&mut self, Identity { what, kind }: Identity, new: usize) -> usize {
        match self.places.entry(what) {
            Entry::Vacant(none) => {
                none.insert(Places::new(kind, new));
                new
            }
            Entry::Occupied(mut same) => {
                let same = same.get_mut();
                let place = same.of(kind.as_deref()).unwrap_or(new);
                if let Some(kind) = kind {
                    // A value that had no type has this one from now on.
                    same.without_type = None;
                    same.by_type.insert(kind, place);
                }
                place
            }
        }
    }
}

/// Adds values to an attribute. A value that is there already is not added again; if a schema knows the
/// attribute, it gets the parts that are new (RFC 7644 §3.5.2.1). It stays primary if it was.
pub(super) fn join<'v>(
    elements: &mut Vec<Value>,
    values: impl IntoIterator<Item = Cow<'v, Value>>,
    joined: &mut Joined,
    budget: &WorkBudget,
) -> Result<(), BudgetExceeded> {
    let is_known = joined.definition.is_some();
    let mut primary = None;
    for value in values {
        let identity = Identity::of(&value, joined.definition, budget)?;
        let place = joined.place(identity, elements.len());
        if is_known && is_primary(&value) {
            primary = Some(place);
        }
        match (elements.get_mut(place), value.as_ref()) {
            (Some(Value::Object(known)), Value::Object(parts)) if is_known => {
                learn(known, parts, budget)?;
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

/// Gives a value the parts of another that is the same, under the names that it has for them.
fn learn(
    known: &mut Attributes,
    parts: &Attributes,
    budget: &WorkBudget,
) -> Result<(), BudgetExceeded> {
    for (name, part) in parts {
        if name == "primary" && *part == Value::Bool(false) && known.contains_key("primary") {
            continue;
        }
        let key = find(known, name, budget)?.map_or(name, |(key, _)| key).to_owned();
        known.insert(key, part.clone());
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

/// The elements of a list; a value that is no list is its only element.
pub(super) fn each(value: &Value) -> impl Iterator<Item = Cow<'_, Value>> {
    let one = std::slice::from_ref(value);
    value.as_array().map_or(one, Vec::as_slice).iter().map(Cow::Borrowed)
}

/// About how many bytes of JSON a value takes.
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

/// The smallest value that meets a filter; none if the filter has other terms than equalities.
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

/// Whether a filter selects by `value`. If such a filter finds nothing, no value is made of it: the client
/// meant one that it believed to be there.
pub(super) fn names_value(filter: &Filter) -> bool {
    match filter {
        Filter::And(all) => all.iter().any(names_value),
        Filter::Compare { name, .. } => name.attribute.eq_ignore_ascii_case("value"),
        Filter::Or(_) | Filter::Not(_) | Filter::Present(_) | Filter::Element { .. } => false,
    }
}

/// Whether a client could have sent these parts. A filter may compare with a value that does not fit the
/// schema, as in `primary eq "perhaps"`.
pub(super) fn could_be_sent(
    parts: &Attributes,
    definition: Option<&Attribute>,
    budget: &WorkBudget,
) -> bool {
    parts.iter().all(|(name, value)| {
        let part = definition.and_then(|definition| definition.sub_attribute(name));
        part.is_none_or(|part| {
            let read = coercion::attribute(part, value.clone(), JsonReader::new(budget));
            read.is_ok_and(|read| read.as_ref() == Some(value))
        })
    })
}
