//! What a client may ask for at most.

use scim::Budget;
use web::Bounds;

/// What a request may be at most, and how many there may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a body.
    pub body: usize,
    /// Bytes of a user or a group, without its members. Each change is recorded with the whole, so
    /// that a resource must not grow without end.
    pub resource: usize,
    /// Operations of a PATCH.
    pub operations: usize,
    /// Members that one request may add to a group, or take from it.
    pub members: usize,
    /// Bytes of events that the operations of one bulk request may add to the log together: a few
    /// bytes can make a whole resource be recorded.
    pub stored: usize,
    /// Requests of one tenant in a second; 0 means as many as it likes.
    pub rate: u32,
    /// Wrong tokens in a minute, from one address or for one tenant, that are still answered 401;
    /// 0 means all.
    pub guesses: u32,
    pub bounds: Bounds,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 1 << 20,
            resource: 256 << 10,
            operations: 1000,
            members: 10_000,
            stored: 16 << 20,
            rate: 100,
            guesses: 30,
            bounds: Bounds::default(),
        }
    }
}

impl Limits {
    /// What it may cost to make or change one resource.
    pub(crate) fn change(&self) -> Budget {
        Budget::for_change(self.resource)
    }
}
