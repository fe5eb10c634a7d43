//! Counts, in tests alone, how many people and memberships a decision looks at.

#[cfg(not(test))]
pub(crate) fn one() {}

#[cfg(test)]
pub(crate) use counted::{during, one};

#[cfg(test)]
mod counted {
    use std::cell::Cell;

    thread_local! {
        static LOOKS: Cell<u64> = const { Cell::new(0) };
    }

    pub(crate) fn one() {
        LOOKS.with(|looks| looks.set(looks.get() + 1));
    }

    /// How many looks a piece of work takes.
    pub(crate) fn during(work: impl FnOnce()) -> u64 {
        let before = LOOKS.with(Cell::get);
        work();
        LOOKS.with(Cell::get) - before
    }
}
