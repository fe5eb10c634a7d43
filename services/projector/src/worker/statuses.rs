//! What a process shows of the slots that it keeps.

use std::sync::Arc;

use crate::slot::SlotRole;
use crate::status::StatusHandle;

/// What is shown of each slot's loop in this process.
#[derive(Clone, Debug, Default)]
pub struct SlotStatuses {
    /// Of the live slot.
    pub live: Arc<StatusHandle>,
    /// Of the candidate.
    pub candidate: Arc<StatusHandle>,
    /// Of the previous slot.
    pub previous: Arc<StatusHandle>,
}

impl SlotStatuses {
    /// Of the slot of this role.
    pub fn get(&self, role: SlotRole) -> &Arc<StatusHandle> {
        match role {
            SlotRole::Live => &self.live,
            SlotRole::Candidate => &self.candidate,
            SlotRole::Previous => &self.previous,
        }
    }
}
