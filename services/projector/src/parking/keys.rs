//! A set of order keys: what waits, and what has to wait behind it.

use std::collections::HashSet;

use events::Tenant;

use crate::order_key::{OrderKey, Ordered};

/// The keys of events that wait.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    keys: HashSet<OrderKey>,
    /// Whose they are.
    tenants: HashSet<Tenant>,
}

impl Keys {
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether an event with the keys `of` has to wait.
    pub(crate) fn meet(&self, of: &[OrderKey]) -> bool {
        !self.is_empty() && of.iter().any(|key| self.meets(key))
    }

    fn meets(&self, key: &OrderKey) -> bool {
        self.keys.contains(key)
            || (self.tenants.contains(&key.tenant)
                && (key.of == Ordered::Everything
                    || self.keys.contains(&OrderKey { of: Ordered::Everything, ..key.clone() })))
    }

    pub(crate) fn extend(&mut self, keys: impl IntoIterator<Item = OrderKey>) {
        for key in keys {
            if !self.tenants.contains(&key.tenant) {
                self.tenants.insert(key.tenant.clone());
            }
            self.keys.insert(key);
        }
    }
}

impl IntoIterator for Keys {
    type Item = OrderKey;
    type IntoIter = std::collections::hash_set::IntoIter<OrderKey>;

    fn into_iter(self) -> Self::IntoIter {
        self.keys.into_iter()
    }
}
