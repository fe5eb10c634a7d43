//! The resources that a query is about.

use events::{ResourceId, Seq, TeamId};
use roster::{Group, Person, TenantRoster};
use scim::{Filter, Key, ResourceType};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::question::Asked;
use crate::gateway::{groups, users};

/// A resource that was found.
#[derive(Clone, Copy)]
pub(super) enum Found<'r> {
    User(&'r Person),
    Group(&'r Group),
}

/// Where a resource is, to be found again in the same roster. They are in order of type and creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) resource: ResourceType,
    pub(super) created: Seq,
    /// The user's resource or the team.
    id: Uuid,
}

/// A place in a list, which stays one when resources come and go: after everything that sorts
/// before it, of an earlier type, or was made earlier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) key: Key,
    pub(super) resource: ResourceType,
    pub(super) created: u64,
}

impl Place {
    #[cfg(test)]
    pub(super) fn new(resource: ResourceType, created: u64) -> Self {
        Self { resource, created: Seq(created), id: Uuid::from_u128(created.into()) }
    }

    pub(super) fn find(self, people: &TenantRoster) -> Option<Found<'_>> {
        match self.resource {
            ResourceType::User => people.people().by_resource(ResourceId(self.id)).map(Found::User),
            ResourceType::Group => people.groups().get(TeamId(self.id)).map(Found::Group),
        }
    }

    pub(super) fn mark(self, key: Key) -> Mark {
        Mark { key, resource: self.resource, created: self.created.0 }
    }
}

impl Found<'_> {
    pub(super) fn place(self) -> Place {
        match self {
            Self::User(Person { created, resource, .. }) => {
                Place { resource: ResourceType::User, created: *created, id: resource.0 }
            }
            Self::Group(Group { created, team, .. }) => {
                Place { resource: ResourceType::Group, created: *created, id: team.0 }
            }
        }
    }
}

/// Whether a filter demands a name, and nothing else. (An id has more spellings than the one that
/// an `eq` means.)
pub(super) fn names(filter: &Filter) -> bool {
    filter.is_pin() && filter.pinned("id").is_none()
}

pub(super) type Several<'r> = Box<dyn Iterator<Item = Found<'r>> + 'r>;

impl Asked {
    pub(super) fn count(&self, people: &TenantRoster) -> usize {
        match self.resource {
            ResourceType::User => people.people().count(),
            ResourceType::Group => people.groups().count(),
        }
    }

    pub(super) fn skipping<'r>(&self, people: &'r TenantRoster, offset: usize) -> Several<'r> {
        match self.resource {
            ResourceType::User => Box::new(people.people().skipping(offset).map(Found::User)),
            ResourceType::Group => Box::new(people.groups().skipping(offset).map(Found::Group)),
        }
    }

    pub(super) fn after<'r>(&self, people: &'r TenantRoster, created: Seq) -> Several<'r> {
        match self.resource {
            ResourceType::User => Box::new(people.people().after(created).map(Found::User)),
            ResourceType::Group => Box::new(people.groups().after(created).map(Found::Group)),
        }
    }

    /// The first `most` of those that can match at all, in no order, if the filter says who that is.
    pub(super) fn pinned<'r>(
        &self,
        people: &'r TenantRoster,
        most: usize,
    ) -> Option<Vec<Found<'r>>> {
        let filter = self.filter.as_ref()?;
        Some(match self.resource {
            ResourceType::User => {
                users::pinned(people.people(), filter, most)?.into_iter().map(Found::User).collect()
            }
            ResourceType::Group => groups::pinned(people.groups(), filter, most)?
                .into_iter()
                .map(Found::Group)
                .collect(),
        })
    }
}
