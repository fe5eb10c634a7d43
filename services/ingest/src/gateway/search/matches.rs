//! Resources that a query has found, and positions in the list of them.

use std::cmp::Ordering;

use events::Seq;
use roster::TenantRoster;
use scim::{ResourceType, SortKey, SortOrder};
use serde::{Deserialize, Serialize};

use crate::gateway::resource::{Resource, ResourceKey};

/// A resource that was found, to be found again in the same roster. Matches are in order of type and
/// creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) key: ResourceKey,
    pub(super) created: Seq,
}

/// A position in a sorted list, which stays one when resources come and go: after all that sort before
/// it, or as equals are of an earlier type or were created earlier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ListPosition {
    pub(super) key: SortKey,
    pub(super) resource: ResourceType,
    pub(super) created: u64,
}

impl Match {
    /// The resource itself, in the roster that it was found in.
    pub(super) fn find(self, roster: &TenantRoster) -> Option<Resource<'_>> {
        self.key.find(roster)
    }

    /// The position of this match in a list, by what it is sorted by.
    pub(super) fn position(self, key: SortKey) -> ListPosition {
        ListPosition { key, resource: self.key.resource_type(), created: self.created.0 }
    }

    fn rank(self) -> (ResourceType, Seq) {
        (self.key.resource_type(), self.created)
    }
}

impl From<Resource<'_>> for Match {
    fn from(resource: Resource<'_>) -> Self {
        Self { key: resource.key(), created: resource.created() }
    }
}

impl Ord for Match {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for Match {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl ListPosition {
    /// Whether a match is at this position in a list, or before it.
    pub(super) fn covers(&self, order: SortOrder, key: &SortKey, found: Match) -> bool {
        let by_key = order.compare(key, &self.key);
        let rank = (found.key.resource_type(), found.created.0);
        by_key.then(rank.cmp(&(self.resource, self.created))) != Ordering::Greater
    }
}
