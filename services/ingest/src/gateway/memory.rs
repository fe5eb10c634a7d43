//! Bounds of the memory that large requests and answers take.

use web::MemoryBudget;

/// How much memory large bodies and answers may take at a time: of one tenant, and in all.
#[derive(Clone, Debug)]
pub(crate) struct BodyMemory {
    /// Resources in answers that are larger than a chunk, until the client has read them.
    pub(super) answers: MemoryBudget,
    /// Large changes that were applied and wait for their decision. A request that has some of it waits
    /// for none of the others.
    pub(super) changes: MemoryBudget,
    /// The text of large bodies.
    pub(super) texts: MemoryBudget,
    /// What that text is parsed into. A request that has some of it waits for no more of `texts`.
    pub(super) trees: MemoryBudget,
}

impl Default for BodyMemory {
    fn default() -> Self {
        Self {
            answers: MemoryBudget::new(16 << 20, 64 << 20),
            changes: MemoryBudget::new(48 << 20, 96 << 20),
            texts: MemoryBudget::new(16 << 20, 64 << 20),
            trees: MemoryBudget::new(48 << 20, 96 << 20),
        }
    }
}
