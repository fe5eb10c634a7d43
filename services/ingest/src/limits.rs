//! What a provisioning client may ask for at most.

use scim::WorkBudget;

/// What one request may ask of resources.
#[derive(Clone, Copy, Debug)]
pub struct ResourceLimits {
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
}

impl Default for ResourceLimits {
    fn default() -> Self {
        Self { resource: 256 << 10, operations: 1000, members: 10_000, stored: 16 << 20 }
    }
}

impl ResourceLimits {
    /// What it may cost to make or change one resource.
    pub(crate) fn change(&self) -> WorkBudget {
        WorkBudget::for_change(self.resource)
    }
}
