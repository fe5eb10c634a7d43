//! The attributes of a resource that the parameter `attributes` selects.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::is_always_shown;
use crate::Attributes;
use crate::budget::{BudgetExceeded, WorkBudget};
use crate::filter::{Filter, Matcher};
use crate::keys::find;
use crate::name::is_urn;
use crate::path::Path;
use crate::schema::ResourceType;

/// The paths by what they are about, so that each value of a resource is looked at once, whichever
/// of them choose it, and moved to where it is shown.
pub(super) struct Chosen<'p> {
    /// The whole core schema.
    core: bool,
    /// Whole extensions, by folded URN.
    schemas: HashSet<String>,
    attributes: Home<'p>,
    /// By folded URN.
    extensions: HashMap<String, Home<'p>>,
}

/// What is chosen of the attributes of a schema, by folded name.
type Home<'p> = HashMap<String, Choices<'p>>;

/// Of which values a part is shown, or, where no part is named, all.
type Choices<'p> = BTreeMap<Option<&'p str>, Which<'p>>;

/// Values that meet one of these filters, or all values.
#[derive(Default)]
struct Which<'p> {
    all: bool,
    matchers: Vec<Matcher<'p>>,
}

impl<'p> Chosen<'p> {
    /// Of paths that are [`meant`](Path::meant) for the resource.
    pub(super) fn of(paths: impl IntoIterator<Item = &'p Path>, resource: ResourceType) -> Self {
        let mut chosen = Self {
            core: false,
            schemas: HashSet::new(),
            attributes: HashMap::new(),
            extensions: HashMap::new(),
        };
        for path in paths {
            let (name, filter) = match path {
                Path::Schema(urn) if urn == resource.schema().id => {
                    chosen.core = true;
                    continue;
                }
                Path::Schema(urn) => {
                    chosen.schemas.insert(urn.to_ascii_lowercase());
                    continue;
                }
                Path::Attribute { name, filter } => (name, filter.as_ref()),
                Path::Undeclared(name) => (name, None),
            };
            let home = match &name.extension {
                None => &mut chosen.attributes,
                Some(urn) => chosen.extensions.entry(urn.to_ascii_lowercase()).or_default(),
            };
            let choices = home.entry(name.attribute.to_ascii_lowercase()).or_default();
            let which = choices.entry(name.sub.as_deref()).or_default();
            which.all |= filter.is_none();
            which.matchers.extend(filter.map(Filter::prepared));
        }
        chosen
    }

    pub(super) fn from(
        &self,
        whole: Attributes,
        resource: ResourceType,
        budget: &WorkBudget,
    ) -> Result<Attributes, BudgetExceeded> {
        let mut shown = Attributes::new();
        for (key, value) in whole {
            budget.charge_text(key.len())?;
            let folded = key.to_ascii_lowercase();
            let all = is_always_shown(&key, resource)
                || (self.core && !is_urn(&key))
                || self.schemas.contains(&folded);
            let value = match (value, self.extensions.get(&folded)) {
                (value, _) if all => Some(value),
                (Value::Object(parts), Some(home)) => {
                    let parts = choose(parts, home, budget)?;
                    (!parts.is_empty()).then_some(Value::Object(parts))
                }
                (value, _) => match self.attributes.get(&folded) {
                    Some(choices) => of_attribute(value, choices, budget)?,
                    None => None,
                },
            };
            shown.extend(value.map(|value| (key, value)));
        }
        Ok(shown)
    }
}

fn choose(
    parts: Attributes,
    home: &Home<'_>,
    budget: &WorkBudget,
) -> Result<Attributes, BudgetExceeded> {
    let mut shown = Attributes::new();
    for (key, value) in parts {
        budget.charge_text(key.len())?;
        if let Some(choices) = home.get(&key.to_ascii_lowercase()) {
            let value = of_attribute(value, choices, budget)?;
            shown.extend(value.map(|value| (key, value)));
        }
    }
    Ok(shown)
}

impl Which<'_> {
    fn includes(&self, element: &Value, budget: &WorkBudget) -> Result<bool, BudgetExceeded> {
        budget.charge(1)?;
        if self.all {
            return Ok(true);
        }
        for matcher in &self.matchers {
            if matcher.matches_element(element, budget)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What is chosen of the values of an attribute, in their order; none if nothing is.
fn of_attribute(
    value: Value,
    choices: &Choices<'_>,
    budget: &WorkBudget,
) -> Result<Option<Value>, BudgetExceeded> {
    let Value::Array(elements) = value else {
        let parts: Vec<_> = choices.keys().copied().collect();
        return of_value(value, &parts, budget);
    };
    let mut shown = Vec::new();
    let mut parts = Vec::with_capacity(choices.len());
    for element in elements {
        parts.clear();
        for (part, which) in choices {
            if which.includes(&element, budget)? {
                parts.push(*part);
            }
            if parts == [None] {
                // All of it is shown, whatever parts are asked for besides.
                break;
            }
        }
        shown.extend(of_value(element, &parts, budget)?);
    }
    Ok((!shown.is_empty()).then_some(Value::Array(shown)))
}

/// The named parts of one value, all of it if the first name is none; none if there are none.
fn of_value(
    value: Value,
    parts: &[Option<&str>],
    budget: &WorkBudget,
) -> Result<Option<Value>, BudgetExceeded> {
    if parts.first() == Some(&None) {
        return Ok(Some(value));
    }
    match value {
        Value::Object(mut whole) => {
            let mut shown = Attributes::new();
            for part in parts.iter().flatten() {
                let key = find(&whole, part, budget)?.map(|(key, _)| key.clone());
                shown.extend(key.and_then(|key| whole.remove_entry(&key)));
            }
            Ok((!shown.is_empty()).then_some(Value::Object(shown)))
        }
        Value::Array(elements) if !parts.is_empty() => {
            let mut shown = Vec::new();
            for element in elements {
                shown.extend(of_value(element, parts, budget)?);
            }
            Ok((!shown.is_empty()).then_some(Value::Array(shown)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Ok(None)
        }
    }
}
