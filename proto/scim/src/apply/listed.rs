//! The values that a client lists for removal.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::identity::Identity;
use crate::Attributes;
use crate::budget::{BudgetExceeded, WorkBudget};
use crate::keys::find;
use crate::schema::Attribute;

/// Listed values of an attribute, indexed by identity, so that one look-up tells whether a value is
/// listed. Where the schema has no `value`, a listed value selects all values that have its parts.
#[derive(Debug)]
pub(super) struct Listed<'a> {
    definition: Option<&'static Attribute>,
    by_identity: HashMap<String, Kinds>,
    by_parts: BTreeMap<Vec<&'a str>, HashSet<String>>,
}

/// The types with which a value is listed.
#[derive(Debug, Default)]
struct Kinds {
    any: bool,
    some: HashSet<String>,
}

impl<'a> Listed<'a> {
    pub(super) fn of(definition: Option<&'static Attribute>) -> Self {
        Self { definition, by_identity: HashMap::new(), by_parts: BTreeMap::new() }
    }

    pub(super) fn add(
        &mut self,
        listed: &'a Value,
        budget: &WorkBudget,
    ) -> Result<(), BudgetExceeded> {
        let is_partial = |parts: &Attributes| {
            self.definition.is_some_and(|known| !known.has_value() || !parts.contains_key("value"))
        };
        let one = std::slice::from_ref(listed);
        for listed in listed.as_array().map_or(one, Vec::as_slice) {
            match listed {
                Value::Object(parts) if is_partial(parts) => {
                    let names: Vec<&str> = parts.keys().map(String::as_str).collect();
                    let text = said(parts, &names, budget)?.unwrap_or_default();
                    self.by_parts.entry(names).or_default().insert(text);
                }
                Value::Object(_)
                | Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_) => {
                    let Identity { what, kind } = Identity::of(listed, self.definition, budget)?;
                    let kinds = self.by_identity.entry(what).or_default();
                    kinds.any |= kind.is_none();
                    kinds.some.extend(kind);
                }
            }
        }
        Ok(())
    }

    pub(super) fn has(&self, element: &Value, budget: &WorkBudget) -> Result<bool, BudgetExceeded> {
        if !self.by_identity.is_empty() {
            let Identity { what, kind } = Identity::of(element, self.definition, budget)?;
            let listed =
                |kinds: &Kinds| kinds.any || kind.is_none_or(|it| kinds.some.contains(&it));
            if self.by_identity.get(&what).is_some_and(listed) {
                return Ok(true);
            }
        }
        let Value::Object(parts) = element else {
            budget.charge(1)?;
            return Ok(false);
        };
        for (names, texts) in &self.by_parts {
            if said(parts, names, budget)?.is_some_and(|text| texts.contains(&text)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The values of the parts with these names; none if a part is missing.
fn said(
    parts: &Attributes,
    names: &[&str],
    budget: &WorkBudget,
) -> Result<Option<String>, BudgetExceeded> {
    let mut said = String::new();
    for name in names {
        let Some((_, part)) = find(parts, name, budget)? else { return Ok(None) };
        let text = part.to_string();
        budget.charge_text(text.len())?;
        said.push_str(&text);
        said.push('\n');
    }
    Ok(Some(said))
}
