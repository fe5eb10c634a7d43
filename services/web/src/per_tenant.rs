//! Something that is kept for each tenant, and found by each request without a lock.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use events::Tenant;

/// One of `T` for each tenant that was asked for. All clones share them.
///
/// Whoever asks must know that the tenant exists: each has an entry that stays.
#[derive(Debug)]
pub struct PerTenant<T>(Arc<ArcSwap<HashMap<Tenant, Arc<T>>>>);

impl<T> Clone for PerTenant<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for PerTenant<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Default> PerTenant<T> {
    /// That of `tenant`.
    pub fn of(&self, tenant: &Tenant) -> Arc<T> {
        if let Some(found) = self.0.load().get(tenant) {
            return Arc::clone(found);
        }
        // All are copied for each tenant that is new, which is rare.
        let made = Arc::new(T::default());
        self.0.rcu(|known| {
            let mut known = HashMap::clone(known);
            known.entry(tenant.clone()).or_insert_with(|| Arc::clone(&made));
            known
        });
        // Another request may have been quicker.
        self.0.load().get(tenant).map_or(made, Arc::clone)
    }
}
