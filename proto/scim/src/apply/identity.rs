//! What makes two values of an attribute the same value.

use serde_json::Value;

use crate::Attributes;
use crate::budget::{BudgetExceeded, WorkBudget};
use crate::schema::Attribute;

/// What identifies a value among the values of its attribute: `value` and `type` (RFC 7643 §2.4), or all
/// parts where the schema has no `value`; whether it is primary does not count. Letter case counts
/// where the schema says so.
///
/// A value of which no type is known may be of any: Entra sends a role with its type in a POST, and
/// without it in a PATCH.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Identity {
    pub(super) what: String,
    pub(super) kind: Option<String>,
}

impl Identity {
    pub(super) fn of(
        element: &Value,
        definition: Option<&Attribute>,
        budget: &WorkBudget,
    ) -> Result<Self, BudgetExceeded> {
        let identity = match (element, definition) {
            (Value::Object(parts), Some(definition)) => Self::of_parts(parts, definition),
            (_, _) => Self { what: element.to_string(), kind: None },
        };
        budget.charge_text(identity.what.len())?;
        Ok(identity)
    }

    fn of_parts(parts: &Attributes, definition: &Attribute) -> Self {
        let text = |name: &str, part: &Value| {
            let case_exact = definition.sub_attribute(name).is_none_or(|known| known.case_exact);
            let text = part.to_string();
            if case_exact { text } else { text.to_lowercase() }
        };
        let kind = parts.get("type").map(|kind| text("type", kind));
        let what = match parts.get("value").filter(|_| definition.has_value()) {
            Some(value) => text("value", value),
            None => {
                let told = parts.iter().filter(|(name, _)| !is_aside(name));
                let told = told.map(|(name, part)| (name.to_lowercase(), text(name, part)));
                let mut told: Vec<(String, String)> = told.collect();
                // Objects are ordered by their keys as spelt, so folded keys need a new order.
                told.sort();
                format!("{told:?}")
            }
        };
        Self { what, kind }
    }
}

/// Whether a part says nothing of what the value is.
fn is_aside(name: &str) -> bool {
    ["primary", "type"].contains(&name)
}
