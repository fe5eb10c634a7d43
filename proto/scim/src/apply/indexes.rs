//! Indexes of the keys of a resource while edits are made to it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::Attributes;
use crate::budget::{BudgetExceeded, WorkBudget};
use crate::keys::{Keys, find};
use crate::name::Name;

/// The keys of large objects: of the resource itself (no name), of extensions, and of the parts of
/// attributes.
#[derive(Default)]
pub(super) struct Indexes(HashMap<(Option<Arc<str>>, Option<String>), Keys>);

impl Indexes {
    /// The key under which an object holds `name`; `name` itself if it holds none, which the
    /// caller is about to add.
    pub(super) fn key(
        &mut self,
        home: (Option<&Arc<str>>, Option<&str>),
        map: &Attributes,
        name: &str,
        budget: &WorkBudget,
    ) -> Result<String, BudgetExceeded> {
        if map.len() <= Keys::MAX_SCANNED {
            return Ok(find(map, name, budget)?.map_or(name, |(key, _)| key).to_owned());
        }
        let keys = self.0.entry((home.0.cloned(), home.1.map(str::to_owned))).or_default();
        Ok(match keys.find(map, name, budget)? {
            Some(key) => key,
            None => {
                keys.added(name);
                name.to_owned()
            }
        })
    }

    /// Whether the resource has an attribute or an extension of this name.
    pub(super) fn has(
        &mut self,
        map: &Attributes,
        name: &str,
        budget: &WorkBudget,
    ) -> Result<bool, BudgetExceeded> {
        if map.len() <= Keys::MAX_SCANNED {
            return Ok(find(map, name, budget)?.is_some());
        }
        Ok(self.0.entry((None, None)).or_default().find(map, name, budget)?.is_some())
    }

    /// Forgets the index of the parts of an attribute, which have changed.
    pub(super) fn forget_parts(&mut self, name: &Name) {
        if !self.0.is_empty() {
            self.0.remove(&(name.extension.clone(), Some(name.attribute.clone())));
        }
    }
    /// Takes note that an attribute was removed.
    pub(super) fn removed(&mut self, name: &Name, key: &str) {
        if !self.0.is_empty()
            && let Some(home) = self.0.get_mut(&(name.extension.clone(), None))
        {
            home.removed(key);
        }
    }
}
