//! What several commands of one request may store together.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::outage::Outage;

/// Bytes of events that a request may still add to the log.
///
/// A small request can make much be stored: a PATCH of a few bytes records the whole resource. What
/// is bounded for one command by the size of a resource is bounded here for many.
#[derive(Debug)]
pub struct StorageBudget {
    limit: usize,
    taken: AtomicUsize,
}

impl StorageBudget {
    /// A budget of so many bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit, taken: AtomicUsize::new(0) }
    }

    /// Takes so many bytes, all or none.
    pub(crate) fn take(&self, bytes: usize) -> Result<(), Outage> {
        let more = |taken: usize| taken.checked_add(bytes).filter(|sum| *sum <= self.limit);
        let taken = self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        taken.map(drop).map_err(|_| Outage::OverBudget { limit: self.limit })
    }

    /// Gives so many back: what was to be stored was not.
    pub(crate) fn release(&self, bytes: usize) {
        self.taken.fetch_sub(bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_taken_as_a_whole_or_not_at_all() {
        let budget = StorageBudget::new(10);
        assert_eq!(budget.take(7), Ok(()));
        assert_eq!(budget.take(4), Err(Outage::OverBudget { limit: 10 }));
        assert_eq!(budget.take(3), Ok(()));
        budget.release(7);
        assert_eq!(budget.take(7), Ok(()));
        assert_eq!(budget.take(usize::MAX), Err(Outage::OverBudget { limit: 10 }));
    }
}
