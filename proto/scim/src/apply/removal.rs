//! Removing an attribute, some of its values, or a part of them.

use serde_json::Value;

use super::listed::Listed;
use crate::Attributes;
use crate::budget::{BudgetExceeded, WorkBudget};
use crate::edit::Edit;
use crate::filter::{AnyOf, Filter, any_of};
use crate::keys::find;
use crate::name::Name;
use crate::path::Path;
use crate::schema::Attribute;

/// Which values of an attribute are removed, or lose a part.
pub(super) enum Removal<'a> {
    All,
    Matching(AnyOf<'a>),
    Listed(Listed<'a>),
    Both(AnyOf<'a>, Listed<'a>),
}

/// How many of the edits that follow a removal remove values of the same attribute and select them by
/// the same kind of condition. Such removals are made together, with the same outcome.
pub(super) fn alike(edit: &Edit, following: &[Edit]) -> usize {
    let Edit::Remove { path: Path::Attribute { name, filter }, only } = edit else { return 0 };
    if filter.is_some() == only.is_some() {
        return 0;
    }
    let is_alike = |next: &&Edit| {
        let Edit::Remove { path: Path::Attribute { name: its_name, filter: its }, only: its_only } =
            next
        else {
            return false;
        };
        its_name == name
            && its.is_some() == filter.is_some()
            && its_only.is_some() == only.is_some()
    };
    following.iter().take_while(is_alike).count()
}

impl<'a> Removal<'a> {
    pub(super) fn of(
        edit: &'a Edit,
        more: &'a [Edit],
        definition: Option<&'static Attribute>,
        budget: &WorkBudget,
    ) -> Result<Self, BudgetExceeded> {
        let (mut filters, mut listed): (Vec<&Filter>, _) = (Vec::new(), None);
        for edit in std::iter::once(edit).chain(more) {
            let Edit::Remove { path: Path::Attribute { filter, .. }, only } = edit else {
                continue;
            };
            filters.extend(filter);
            if let Some(only) = only {
                listed.get_or_insert_with(|| Listed::of(definition)).add(only, budget)?;
            }
        }
        Ok(match (filters.is_empty(), listed) {
            (true, None) => Self::All,
            (false, None) => Self::Matching(any_of(filters)),
            (true, Some(listed)) => Self::Listed(listed),
            (false, Some(listed)) => Self::Both(any_of(filters), listed),
        })
    }

    pub(super) fn listed(
        only: &'a Value,
        definition: Option<&'static Attribute>,
        budget: &WorkBudget,
    ) -> Result<Self, BudgetExceeded> {
        let mut listed = Listed::of(definition);
        listed.add(only, budget)?;
        Ok(Self::Listed(listed))
    }

    fn takes(&self, element: &Value, budget: &WorkBudget) -> Result<bool, BudgetExceeded> {
        budget.charge(1)?;
        match self {
            Self::All => Ok(true),
            Self::Matching(filter) => filter.matches_element(element, budget),
            Self::Listed(listed) => listed.has(element, budget),
            Self::Both(filter, listed) => {
                Ok(filter.matches_element(element, budget)? && listed.has(element, budget)?)
            }
        }
    }
}

/// Removes what a path names.
pub(crate) fn remove(
    attributes: &mut Attributes,
    name: &Name,
    filter: Option<&Filter>,
    budget: &WorkBudget,
) -> Result<(), BudgetExceeded> {
    let removal = filter.map_or(Removal::All, |filter| Removal::Matching(any_of([filter])));
    make(attributes, name, &removal, budget)?;
    Ok(())
}

/// Makes a removal. Returns the key of the attribute if the whole of it was removed.
pub(super) fn make(
    attributes: &mut Attributes,
    name: &Name,
    removal: &Removal<'_>,
    budget: &WorkBudget,
) -> Result<Option<String>, BudgetExceeded> {
    let home = match &name.extension {
        None => Some(attributes),
        Some(urn) => {
            let key = find(attributes, urn, budget)?.map(|(key, _)| key.clone());
            key.and_then(|key| attributes.get_mut(&key)).and_then(Value::as_object_mut)
        }
    };
    let Some(home) = home else { return Ok(None) };
    let key = find(home, &name.attribute, budget)?.map(|(key, _)| key.clone());
    let Some(key) = key else { return Ok(None) };
    let all = matches!(removal, Removal::All);
    match (home.get_mut(&key), &name.sub) {
        (Some(_), None) if all => {
            home.remove(&key);
            return Ok(Some(key));
        }
        (Some(Value::Array(elements)), None) => {
            let mut kept = Vec::with_capacity(elements.len());
            for element in elements.drain(..) {
                if !removal.takes(&element, budget)? {
                    kept.push(element);
                }
            }
            *elements = kept;
        }
        (Some(Value::Array(elements)), Some(sub)) => {
            for element in elements {
                if removal.takes(element, budget)? {
                    remove_part(element, sub, budget)?;
                }
            }
        }
        (Some(value), sub) => {
            // Listed values only occur for attributes of several values.
            let meets = match removal {
                Removal::All | Removal::Listed(_) => true,
                Removal::Matching(filter) | Removal::Both(filter, _) => {
                    filter.matches_element(value, budget)?
                }
            };
            match sub {
                _ if !meets => {}
                Some(sub) => remove_part(value, sub, budget)?,
                None => *value = Value::Null,
            }
        }
        (None, _) => {}
    }
    Ok(None)
}

fn remove_part(element: &mut Value, sub: &str, budget: &WorkBudget) -> Result<(), BudgetExceeded> {
    let Some(parts) = element.as_object_mut() else { return Ok(()) };
    let key = find(parts, sub, budget)?.map(|(key, _)| key.clone());
    if let Some(key) = key {
        parts.remove(&key);
    }
    Ok(())
}
