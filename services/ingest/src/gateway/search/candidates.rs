//! The resources that a query has to look at: all of a type, or those that an index of the roster
//! gives.

use events::Seq;
use roster::TenantRoster;
use scim::{Filter, ResourceType};

use super::query::TypeQuery;
use crate::gateway::resource::{Resource, ResourceKey};

type Resources<'r> = Box<dyn Iterator<Item = Resource<'r>> + 'r>;

impl TypeQuery {
    /// How many resources of the type there are.
    pub(super) fn count(&self, roster: &TenantRoster) -> usize {
        match self.resource_type {
            ResourceType::User => roster.people().count(),
            ResourceType::Group => roster.groups().count(),
        }
    }

    /// All of the type in order of creation, without the first `offset`.
    pub(super) fn skip<'r>(&self, roster: &'r TenantRoster, offset: usize) -> Resources<'r> {
        match self.resource_type {
            ResourceType::User => Box::new(roster.people().skipping(offset).map(Resource::User)),
            ResourceType::Group => Box::new(roster.groups().skipping(offset).map(Resource::Group)),
        }
    }

    /// All of the type that were created after an event, in order of creation.
    pub(super) fn after<'r>(&self, roster: &'r TenantRoster, created: Seq) -> Resources<'r> {
        match self.resource_type {
            ResourceType::User => Box::new(roster.people().after(created).map(Resource::User)),
            ResourceType::Group => Box::new(roster.groups().after(created).map(Resource::Group)),
        }
    }

    /// If the filter demands one id, name or external id: those that have it by the roster's index, in
    /// no order, at most `most`. Nothing else can match.
    pub(super) fn index_lookup<'r>(
        &self,
        roster: &'r TenantRoster,
        most: usize,
    ) -> Option<Vec<Resource<'r>>> {
        let filter = self.filter.as_ref()?;
        if let Some(id) = filter.only_value("id") {
            let key = ResourceKey::parse(self.resource_type, id).ok();
            return Some(key.and_then(|key| key.find(roster)).into_iter().collect());
        }
        match self.resource_type {
            ResourceType::User => {
                let people = roster.people();
                if let Some(name) = filter.only_value("userName") {
                    return Some(
                        people.by_user_name(name).map(Resource::User).into_iter().collect(),
                    );
                }
                let id = filter.only_value("externalId")?;
                Some(people.by_external_id(id).map(Resource::User).take(most).collect())
            }
            ResourceType::Group => {
                let groups = roster.groups();
                if let Some(name) = filter.only_value("displayName") {
                    let group = groups.by_display_name(name);
                    return Some(group.map(Resource::Group).into_iter().collect());
                }
                let id = filter.only_value("externalId")?;
                Some(groups.by_external_id(id).map(Resource::Group).take(most).collect())
            }
        }
    }
}

/// Whether a filter demands a name or an external id and nothing else, so that all that the index gives
/// match. Not so an id: the index knows it in other spellings than the one that an `eq` means.
pub(super) fn is_answered_by_index(filter: &Filter) -> bool {
    filter.is_one_equality() && filter.only_value("id").is_none()
}
