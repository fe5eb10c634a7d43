//! A resource while edits are made to it.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::indexes::Indexes;
use super::removal::{self, Removal};
use super::values::{Joined, could_be_sent, each, element_that_meets, join, names_value, size};
use crate::budget::{BudgetExceeded, WorkBudget};
use crate::edit::Edit;
use crate::filter::Filter;
use crate::keys::{Keys, find};
use crate::name::{Name, QualifiedName};
use crate::primary::{is_primary, keep_primary};
use crate::schema::{Attribute, ResourceType};
use crate::{Attributes, InvalidRequest};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Join,
    Replace,
}

/// The attributes, with indexes of large objects and lists.
pub(super) struct Draft<'a> {
    attributes: &'a mut Attributes,
    resource: ResourceType,
    budget: &'a WorkBudget,
    keys: Indexes,
    /// Indexes of the values of attributes, valid as long as edits only add to them.
    joined: HashMap<Place, Joined>,
}

/// An attribute as edits name it: extension and name.
type Place = (Option<Arc<str>>, String);

impl<'a> Draft<'a> {
    pub(super) fn new(
        attributes: &'a mut Attributes,
        resource: ResourceType,
        budget: &'a WorkBudget,
    ) -> Self {
        Self { attributes, resource, budget, keys: Indexes::default(), joined: HashMap::new() }
    }

    /// What an ambiguous name means in the resource as it is now.
    pub(super) fn meaning(&mut self, name: &Name) -> Result<Option<QualifiedName>, BudgetExceeded> {
        let Self { attributes, budget, keys, .. } = self;
        name.meaning(|urn| keys.has(attributes, urn, budget))
    }

    pub(super) fn set(
        &mut self,
        name: &Name,
        filter: Option<&Filter>,
        value: &Value,
        mode: Mode,
    ) -> Result<(), InvalidRequest> {
        let Self { attributes, resource, budget, keys, joined } = self;
        let slot = slot(attributes, name, keys, budget)?;
        let definition = name.definition(*resource);
        let known = definition.filter(|definition| definition.multi_valued);
        let multi_valued = known.is_some();
        // An attribute that no schema knows takes several values if it holds a list.
        let foreign = definition.is_none() && slot.is_array() && mode == Mode::Join;
        let joins = filter.is_none() && name.sub.is_none() && (multi_valued || foreign);
        if !joins || mode == Mode::Replace {
            forget(joined, name);
        }
        match (filter, &name.sub) {
            (Some(filter), sub) => {
                let elements = elements(slot);
                return set_matching(
                    elements,
                    filter,
                    sub.as_deref(),
                    value,
                    mode,
                    definition,
                    budget,
                );
            }
            (None, None) if joins => {
                if multi_valued && mode == Mode::Replace {
                    *slot = Value::Null;
                }
                let elements = elements(slot);
                if elements.len() <= Keys::MAX_SCANNED {
                    let mut known = Joined::of(elements, known, budget)?;
                    join(elements, each(value), &mut known, budget)?;
                } else {
                    let place = (name.extension.clone(), name.attribute.clone());
                    let known = match joined.remove(&place) {
                        Some(known) => known,
                        None => Joined::of(elements, known, budget)?,
                    };
                    let known = joined.entry(place).or_insert(known);
                    join(elements, each(value), known, budget)?;
                }
            }
            (None, None) => {
                keys.forget_parts(name);
                *slot = value.clone();
            }
            (None, Some(sub)) if multi_valued => {
                let elements = elements(slot);
                if elements.is_empty() {
                    elements.push(Value::Object(Attributes::new()));
                }
                budget.charge_copies(sub.len() + size(value), elements.len())?;
                for element in elements.iter_mut() {
                    set_part(element, sub, value, budget)?;
                }
                if let Some(last) = elements.iter().rposition(is_primary) {
                    keep_primary(elements, last);
                }
            }
            (None, Some(sub)) => {
                let refers = definition.is_some_and(Attribute::has_value);
                if refers && sub == "value" && slot.get("value") != Some(value) {
                    // The old URL belongs to the old value.
                    object(slot).remove("$ref");
                    keys.forget_parts(name);
                }
                let parts = object(slot);
                let home = (name.extension.as_ref(), Some(name.attribute.as_str()));
                let key = keys.key(home, parts, sub, budget)?;
                parts.insert(key, value.clone());
            }
        }
        Ok(())
    }

    /// Makes a removal, and others that are like it, in one go.
    pub(super) fn remove(
        &mut self,
        name: &Name,
        edit: &Edit,
        more: &[Edit],
    ) -> Result<(), BudgetExceeded> {
        let definition = name.definition(self.resource);
        self.make(name, &Removal::of(edit, more, definition, self.budget)?)
    }

    pub(super) fn remove_all(&mut self, name: &Name) -> Result<(), BudgetExceeded> {
        self.make(name, &Removal::All)
    }

    pub(super) fn remove_listed(
        &mut self,
        name: &Name,
        only: &Value,
    ) -> Result<(), BudgetExceeded> {
        self.make(name, &Removal::listed(only, name.definition(self.resource), self.budget)?)
    }

    fn make(&mut self, name: &Name, removal: &Removal<'_>) -> Result<(), BudgetExceeded> {
        let Self { attributes, budget, keys, joined, .. } = self;
        forget(joined, name);
        let gone = removal::make(attributes, name, removal, budget)?;
        keys.forget_parts(name);
        if let Some(key) = gone {
            keys.removed(name, &key);
        }
        Ok(())
    }

    pub(super) fn remove_extension(&mut self, urn: &str) -> Result<(), BudgetExceeded> {
        if let Some((key, _)) = find(self.attributes, urn, self.budget)? {
            let key = key.clone();
            self.attributes.remove(&key);
        }
        self.keys = Indexes::default();
        self.joined.clear();
        Ok(())
    }
}

/// Forgets the index of the values of an attribute, which are about to change.
fn forget(joined: &mut HashMap<Place, Joined>, name: &Name) {
    if !joined.is_empty() {
        joined.remove(&(name.extension.clone(), name.attribute.clone()));
    }
}

/// The place of an attribute, made if it is not there.
fn slot<'m>(
    attributes: &'m mut Attributes,
    name: &Name,
    keys: &mut Indexes,
    budget: &WorkBudget,
) -> Result<&'m mut Value, BudgetExceeded> {
    let home = match &name.extension {
        None => attributes,
        Some(urn) => {
            let key = keys.key((None, None), attributes, urn, budget)?;
            object(attributes.entry(key).or_insert(Value::Null))
        }
    };
    let key = keys.key((name.extension.as_ref(), None), home, &name.attribute, budget)?;
    Ok(home.entry(key).or_insert(Value::Null))
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

fn set_part(
    element: &mut Value,
    sub: &str,
    value: &Value,
    budget: &WorkBudget,
) -> Result<(), BudgetExceeded> {
    let parts = object(element);
    let key = find(parts, sub, budget)?.map_or(sub, |(key, _)| key).to_owned();
    parts.insert(key, value.clone());
    Ok(())
}

/// Sets those values that match. If none does, one that matches is made.
fn set_matching(
    elements: &mut Vec<Value>,
    filter: &Filter,
    sub: Option<&str>,
    value: &Value,
    mode: Mode,
    definition: Option<&Attribute>,
    budget: &WorkBudget,
) -> Result<(), InvalidRequest> {
    let matcher = filter.prepared();
    let mut matching = Vec::new();
    for (place, element) in elements.iter().enumerate() {
        if matcher.matches_element(element, budget)? {
            matching.push(place);
        }
    }
    let least = element_that_meets(filter);
    if matching.is_empty() {
        let created = least
            .clone()
            .filter(|created| !names_value(filter) && could_be_sent(created, definition, budget));
        let created = created.ok_or_else(|| {
            InvalidRequest::no_target(
                "no value matches the filter; one is made only for a filter of equalities that \
                 names a part such as type, and not the value",
            )
        })?;
        let created = Value::Object(created);
        // It matches unless its filter contradicts itself, as in `a eq 1 and a eq 2`.
        if matcher.matches_element(&created, budget)? {
            matching.push(elements.len());
        }
        elements.push(created);
    }
    let least = least.unwrap_or_default();
    let replaces = sub.is_none() && mode == Mode::Replace && value.is_object();
    let beside =
        if replaces { least.iter().map(|(key, value)| key.len() + size(value)).sum() } else { 0 };
    budget.charge_copies(sub.map_or(0, str::len) + size(value) + beside, matching.len())?;
    let mut primary = None;
    for place in matching {
        let Some(element) = elements.get_mut(place) else { continue };
        match (sub, value) {
            (Some(sub), value) => set_part(element, sub, value, budget)?,
            (None, Value::Object(parts)) => {
                if replaces {
                    *element = Value::Object(least.clone());
                }
                object(element).extend(parts.clone());
            }
            (None, value) => element.clone_from(value),
        }
        if is_primary(element) {
            primary = Some(place);
        }
    }
    if let Some(primary) = primary {
        keep_primary(elements, primary);
    }
    Ok(())
}
