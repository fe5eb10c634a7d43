//! Bounds of the memory that large requests and answers take.

use web::Memory;

/// How much memory large bodies and answers may take at a time: of one tenant, and in all.
#[derive(Clone, Debug)]
pub(crate) struct BodyMemory {
    /// Resources in answers that are larger than a piece, until they were read.
    pub(super) answers: Memory,
    /// Large changes that were applied and wait for their decision. Whoever has some of it waits for
    /// nothing else here.
    pub(super) changes: Memory,
    /// Their text.
    pub(super) texts: Memory,
    /// What their text is read into. Whoever has some of it waits for no text.
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
