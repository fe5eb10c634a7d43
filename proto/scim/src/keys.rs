//! Keys of objects, found whatever their letter case (RFC 7643 §2.1).
//!
//! What is found exactly costs a look-up. Else all keys are passed over, which is charged; where
//! that is to happen often for one large object, its keys are indexed.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use crate::budget::{BudgetExceeded, WorkBudget};
use crate::{Attributes, InvalidRequest};

/// The key under which `map` holds `name`, in any letter case. It looks at all keys and charges
/// nothing, so a request may call it a fixed number of times only.
pub(crate) fn key_in<'a>(map: &'a Attributes, name: &str) -> Option<&'a str> {
    match map.get_key_value(name) {
        Some((key, _)) => Some(key),
        None => map.keys().find(|key| key.eq_ignore_ascii_case(name)).map(String::as_str),
    }
}

/// The value that `map` holds under `name`, under the same condition as [`key_in`].
pub(crate) fn value_in<'a>(map: &'a Attributes, name: &str) -> Option<&'a Value> {
    key_in(map, name).and_then(|key| map.get(key))
}

/// Takes the value that `map` holds under `name`, under the same condition as [`key_in`].
pub(crate) fn take(map: &mut Attributes, name: &str) -> Option<Value> {
    let key = key_in(map, name)?.to_owned();
    map.remove(&key)
}

/// The key and the value that `map` holds under `name`; charged.
pub(crate) fn find<'a>(
    map: &'a Attributes,
    name: &str,
    budget: &WorkBudget,
) -> Result<Option<(&'a String, &'a Value)>, BudgetExceeded> {
    budget.charge_text(name.len())?;
    if let Some(found) = map.get_key_value(name) {
        return Ok(Some(found));
    }
    budget.charge_keys(map.len())?;
    Ok(map.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)))
}

/// Refuses two spellings of one name, of which one would be passed over. Two objects are read
/// together, part by part.
pub(crate) fn spelt_once(map: &Attributes) -> Result<(), InvalidRequest> {
    let refused = |name: &str| {
        let name: String = name.chars().take(64).collect();
        Err(InvalidRequest::syntax(format!("{name:?} is there in two spellings; send one of them")))
    };
    let is_object = |key: &str| map.get(key).is_some_and(Value::is_object);
    if map.len() <= Keys::MAX_SCANNED {
        for (place, one) in map.keys().enumerate() {
            let alike = |other: &&String| other.eq_ignore_ascii_case(one);
            if let Some(other) = map.keys().take(place).find(alike)
                && !(is_object(one) && is_object(other))
            {
                return refused(one);
            }
        }
        return Ok(());
    }
    let mut seen = HashMap::with_capacity(map.len());
    for key in map.keys() {
        if let Some(other) = seen.insert(key.to_ascii_lowercase(), key)
            && !(is_object(key) && is_object(other))
        {
            return refused(key);
        }
    }
    Ok(())
}

/// An index of the keys of one object by their folded spelling, made when the object is large.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// The keys that are spelt alike, in their order in the object.
    spellings: HashMap<String, BTreeSet<String>>,
    count: usize,
}

impl Keys {
    /// An object of no more keys is passed over as quickly as an index is made.
    pub(crate) const MAX_SCANNED: usize = 32;

    /// The key under which `map` holds `name`. All changes of its keys have to be told.
    pub(crate) fn find(
        &mut self,
        map: &Attributes,
        name: &str,
        budget: &WorkBudget,
    ) -> Result<Option<String>, BudgetExceeded> {
        budget.charge_text(name.len())?;
        if map.contains_key(name) {
            return Ok(Some(name.to_owned()));
        }
        if map.len() <= Self::MAX_SCANNED {
            budget.charge_keys(map.len())?;
            return Ok(key_in(map, name).map(str::to_owned));
        }
        if self.count != map.len() {
            budget.charge(map.len())?;
            *self = Self::default();
            map.keys().for_each(|key| self.added(key));
        }
        let alike = self.spellings.get(&name.to_ascii_lowercase());
        Ok(alike.and_then(BTreeSet::first).cloned())
    }

    /// Takes note of a new key.
    pub(crate) fn added(&mut self, key: &str) {
        let alike = self.spellings.entry(key.to_ascii_lowercase()).or_default();
        self.count += usize::from(alike.insert(key.to_owned()));
    }

    /// Takes note that a key is gone.
    pub(crate) fn removed(&mut self, key: &str) {
        let alike = self.spellings.get_mut(&key.to_ascii_lowercase());
        self.count -= usize::from(alike.is_some_and(|alike| alike.remove(key)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_index_finds_what_passing_over_all_keys_finds(
            steps in prop::collection::vec((any::<bool>(), "[aAbB]{1,5}"), 0..300),
        ) {
            let (mut map, mut keys) = (Attributes::new(), Keys::default());
            let budget = WorkBudget::for_change(0);
            for (add, name) in steps {
                let found = keys.find(&map, &name, &budget).unwrap();
                prop_assert_eq!(found.as_deref(), key_in(&map, &name));
                match found {
                    Some(key) if !add => {
                        map.remove(&key);
                        keys.removed(&key);
                    }
                    Some(_) | None if add => {
                        map.insert(name.clone(), Value::Null);
                        keys.added(&name);
                    }
                    Some(_) | None => {}
                }
            }
        }
    }
}
