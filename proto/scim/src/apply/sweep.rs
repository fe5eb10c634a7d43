//! Tidying a resource when all edits are made.

use std::borrow::Cow;

use serde_json::Value;

use super::values::{Joined, join};
use crate::Attributes;
use crate::budget::{BudgetExceeded, WorkBudget};
use crate::coercion::{is_hollow, is_unassigned};
use crate::name::is_urn;
use crate::schema::{Attribute, AttributeType, ResourceType};

/// Drops what the edits have left empty: values with nothing but a type, attributes without values and
/// extensions without attributes. Merges values that have become equal.
pub(super) fn sweep(
    attributes: &mut Attributes,
    resource: ResourceType,
    budget: &WorkBudget,
) -> Result<(), BudgetExceeded> {
    let mut spent = Ok(());
    let mut kept = |value: &mut Value, definition| match keep(value, definition, budget) {
        Ok(kept) => kept,
        Err(error) => {
            spent = Err(error);
            true
        }
    };
    attributes.retain(|key, value| match value {
        Value::Object(parts) if is_urn(key) => {
            parts.retain(|name, value| kept(value, resource.extension_attribute(key, name)));
            !parts.is_empty()
        }
        value => kept(value, resource.core_attribute(key)),
    });
    spent
}

fn keep(
    value: &mut Value,
    definition: Option<&'static Attribute>,
    budget: &WorkBudget,
) -> Result<bool, BudgetExceeded> {
    budget.charge(1)?;
    if definition.is_none_or(|definition| definition.kind != AttributeType::Complex) {
        return Ok(!is_unassigned(value));
    }
    let hollow = |value: &Value| value.as_object().is_some_and(is_hollow);
    if let Value::Array(elements) = value {
        let all = std::mem::take(elements);
        let full = all.into_iter().filter(|element| !hollow(element)).map(Cow::Owned);
        join(elements, full, &mut Joined::of(&[], definition, budget)?, budget)?;
    }
    Ok(!hollow(value) && !is_unassigned(value))
}
