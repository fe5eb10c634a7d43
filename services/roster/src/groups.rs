//! All synced groups of a tenant, and the ways to find them.

use std::sync::Arc;

use events::{GroupProfile, Seq, TeamId};
use imbl::{OrdMap, OrdSet};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::members::MemberList;
use crate::order_index::OrderIndex;

/// A synced group, which is a team.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Its id, which is the team's.
    pub team: TeamId,
    /// When it was made, by the clock.
    pub created_at: Timestamp,
    /// When the group, or who is seen in it, last changed.
    pub changed_at: Timestamp,
    /// The event that made the group.
    pub created: Seq,
    /// The event that last changed the group or who is seen in it: the resource's version.
    pub version: Seq,
    pub(crate) profile: Arc<GroupProfile>,
    pub(crate) member_list: MemberList,
}

impl Group {
    /// Its name and attributes.
    pub fn profile(&self) -> &GroupProfile {
        &self.profile
    }

    /// Its name, unique without regard to case.
    pub fn display_name(&self) -> &str {
        &self.profile.display_name
    }

    /// How many members the group shows.
    pub fn member_count(&self) -> usize {
        self.member_list.shown()
    }
}

/// All synced groups of a tenant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Groups {
    groups: OrdMap<TeamId, Arc<Group>>,
    names: OrdMap<Arc<str>, TeamId>,
    external_ids: OrdSet<(Arc<str>, TeamId)>,
    by_creation: OrderIndex<TeamId>,
}

impl Groups {
    /// A group that is there.
    pub fn get(&self, team: TeamId) -> Option<&Group> {
        self.groups.get(&team).map(Arc::as_ref)
    }

    /// The group with a display name, however it is spelt.
    pub fn by_display_name(&self, name: &str) -> Option<&Group> {
        self.get(*self.names.get(name.to_lowercase().as_str())?)
    }

    /// Those with an external id, which need not be unique (RFC 7643 §3.1).
    pub fn by_external_id(&self, external_id: &str) -> impl Iterator<Item = &Group> {
        let id: Arc<str> = external_id.into();
        let first = (Arc::clone(&id), TeamId(Uuid::nil()));
        self.external_ids
            .range(first..=(id, TeamId(Uuid::max())))
            .filter_map(|(_, team)| self.get(*team))
    }

    /// All in the order in which they were made, without the first `offset`.
    pub fn skipping(&self, offset: usize) -> impl Iterator<Item = &Group> {
        self.by_creation.skipping(offset).filter_map(|team| self.get(team))
    }

    /// All that were made after the event `created`, in order.
    pub fn after(&self, created: Seq) -> impl Iterator<Item = &Group> {
        self.by_creation.after(created).filter_map(|team| self.get(team))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.by_creation.len()
    }

    /// Takes a group in, in place of what was known about it.
    pub(crate) fn put(&mut self, group: Group) {
        self.take(group.team);
        self.names.insert(name_key(&group), group.team);
        if let Some(id) = external_id_key(&group) {
            self.external_ids.insert((id, group.team));
        }
        self.by_creation.insert(group.created, group.team);
        self.groups.insert(group.team, Arc::new(group));
    }

    /// Lets a group go.
    pub(crate) fn take(&mut self, team: TeamId) -> Option<Arc<Group>> {
        let group = self.groups.remove(&team)?;
        let name = name_key(&group);
        if self.names.get(&name) == Some(&team) {
            self.names.remove(&name);
        }
        if let Some(id) = external_id_key(&group) {
            self.external_ids.remove(&(id, team));
        }
        self.by_creation.remove(group.created);
        Some(group)
    }

    /// The group, to change its members; its name and external id stay.
    pub(crate) fn get_mut(&mut self, team: TeamId) -> Option<&mut Group> {
        self.groups.get_mut(&team).map(Arc::make_mut)
    }
}

fn name_key(group: &Group) -> Arc<str> {
    group.display_name().to_lowercase().into()
}

fn external_id_key(group: &Group) -> Option<Arc<str>> {
    group.profile.external_id.as_ref().map(|id| id.as_str().into())
}
