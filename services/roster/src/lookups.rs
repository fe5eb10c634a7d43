//! Counts, in tests alone, how many people and memberships a decision looks up: `README.md` bounds it.

/// Counts one lookup.
#[cfg(not(test))]
pub(crate) fn count() {}

#[cfg(test)]
pub(crate) use counted::{count, during};

#[cfg(test)]
mod counted {
    use std::cell::Cell;

    thread_local! {
        static LOOKUPS: Cell<u64> = const { Cell::new(0) };
    }

    pub(crate) fn count() {
        LOOKUPS.with(|lookups| lookups.set(lookups.get() + 1));
    }

    /// How many lookups a piece of work takes.
    pub(crate) fn during(work: impl FnOnce()) -> u64 {
        let before = LOOKUPS.with(Cell::get);
        work();
        LOOKUPS.with(Cell::get) - before
    }
}
