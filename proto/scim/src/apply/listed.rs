//! The values that a client lists for removal.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use crate::Attributes;
use crate::budget::{Budget, Spent};
use crate::keys::find;

/// Listed values, by the parts that tell them apart: `value`, and `type` if that is given; all
/// parts where there is no `value`. One look-up for each set of parts tells whether one is listed.
#[derive(Debug, Default)]
pub(super) struct Listed<'a> {
    by_parts: BTreeMap<Vec<&'a str>, HashSet<String>>,
    plain: HashSet<String>,
}

impl<'a> Listed<'a> {
    pub(super) fn add(&mut self, listed: &'a Value, budget: &Budget) -> Result<(), Spent> {
        let one = std::slice::from_ref(listed);
        for listed in listed.as_array().map_or(one, Vec::as_slice) {
            let Value::Object(listed) = listed else {
                let text = listed.to_string();
                budget.text(text.len())?;
                self.plain.insert(text);
                continue;
            };
            let names: Vec<&str> = if !listed.contains_key("value") {
                listed.keys().map(String::as_str).collect()
            } else if listed.contains_key("type") {
                vec!["value", "type"]
            } else {
                vec!["value"]
            };
            let text = said(listed, &names, budget)?.unwrap_or_default();
            self.by_parts.entry(names).or_default().insert(text);
        }
        Ok(())
    }

    pub(super) fn has(&self, element: &Value, budget: &Budget) -> Result<bool, Spent> {
        let Value::Object(parts) = element else {
            budget.take(1)?;
            return Ok(!self.plain.is_empty() && self.plain.contains(&element.to_string()));
        };
        for (names, texts) in &self.by_parts {
            if said(parts, names, budget)?.is_some_and(|text| texts.contains(&text)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What the parts of these names say; none if one of them is not there.
fn said(parts: &Attributes, names: &[&str], budget: &Budget) -> Result<Option<String>, Spent> {
    let mut said = String::new();
    for name in names {
        let Some((_, part)) = find(parts, name, budget)? else { return Ok(None) };
        let text = part.to_string();
        budget.text(text.len())?;
        said.push_str(&text);
        said.push('\n');
    }
    Ok(Some(said))
}
