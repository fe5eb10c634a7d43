//! Bounds of the memory that large requests and answers take.

use web::Memory;

/// How much memory large bodies and answers may take at a time: of one tenant, and in all.
#[derive(Clone, Debug)]
pub(crate) struct BodyMemory {
    /// Resources in answers that are larger than a chunk, until the client has read them.
    pub(super) answers: Memory,
    /// Large changes that were applied and wait for their decision. A request that has some of it waits
    /// for none of the others.
    pub(super) changes: Memory,
    /// The text of large bodies.
    pub(super) texts: Memory,
    /// What that text is parsed into. A request that has some of it waits for no more of `texts`.
    pub(super) trees: Memory,
}

impl Default for BodyMemory {
    fn default() -> Self {
        Self {
            answers: Memory::new(16 << 20, 64 << 20),
            changes: Memory::new(48 << 20, 96 << 20),
            texts: Memory::new(16 << 20, 64 << 20),
            trees: Memory::new(48 << 20, 96 << 20),
        }
    }
}
