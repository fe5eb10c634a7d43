//! Users and groups as the roster has them: by which id, and how they are found.

use std::fmt;

use events::{ResourceId, Seq, TeamId};
use roster::{Group, Person, TenantRoster};
use scim::ResourceType;
use uuid::Uuid;

use super::error::ScimError;

/// The id of a resource, with its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResourceKey {
    User(ResourceId),
    Group(TeamId),
}

/// A resource in a roster.
#[derive(Clone, Copy)]
pub(super) enum Resource<'r> {
    User(&'r Person),
    Group(&'r Group),
}

impl ResourceKey {
    /// Reads an id out of a URL. Ids are ours, so a text that is no id names no resource.
    pub(super) fn parse(resource_type: ResourceType, text: &str) -> Result<Self, ScimError> {
        match resource_type {
            ResourceType::User => user_id(text).map(Self::User),
            ResourceType::Group => group_id(text).map(Self::Group),
        }
    }

    /// The id alone.
    pub(super) fn uuid(self) -> Uuid {
        match self {
            Self::User(ResourceId(id)) | Self::Group(TeamId(id)) => id,
        }
    }

    /// The type of the resource.
    pub(super) fn resource_type(self) -> ResourceType {
        match self {
            Self::User(_) => ResourceType::User,
            Self::Group(_) => ResourceType::Group,
        }
    }

    /// The resource in a tenant's roster.
    pub(super) fn find(self, roster: &TenantRoster) -> Option<Resource<'_>> {
        match self {
            Self::User(id) => roster.people().by_resource(id).map(Resource::User),
            Self::Group(id) => roster.groups().get(id).map(Resource::Group),
        }
    }

    /// The resource in a tenant's roster, or the 404 that says that there is none.
    pub(super) fn get(self, roster: Option<&TenantRoster>) -> Result<Resource<'_>, ScimError> {
        match self {
            Self::User(id) => get_user(roster, id).map(Resource::User),
            Self::Group(id) => get_group(roster, id).map(Resource::Group),
        }
    }
}

impl fmt::Display for ResourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Group(id) => id.fmt(f),
        }
    }
}

impl Resource<'_> {
    /// The resource's id and type.
    pub(super) fn key(self) -> ResourceKey {
        match self {
            Self::User(person) => ResourceKey::User(person.resource),
            Self::Group(group) => ResourceKey::Group(group.team),
        }
    }

    /// The event that changed the resource last.
    pub(super) fn version(self) -> Seq {
        match self {
            Self::User(person) => person.version,
            Self::Group(group) => group.version,
        }
    }

    /// The event that made the resource.
    pub(super) fn created(self) -> Seq {
        match self {
            Self::User(person) => person.created,
            Self::Group(group) => group.created,
        }
    }
}

/// Reads a user's id out of a URL.
pub(super) fn user_id(text: &str) -> Result<ResourceId, ScimError> {
    text.parse().map_err(|_| ScimError::NoSuchResource("user", text.to_owned()))
}

/// Reads a group's id out of a URL.
pub(super) fn group_id(text: &str) -> Result<TeamId, ScimError> {
    text.parse().map_err(|_| ScimError::NoSuchResource("group", text.to_owned()))
}

/// The user with this id, or a 404.
pub(super) fn get_user(
    roster: Option<&TenantRoster>,
    id: ResourceId,
) -> Result<&Person, ScimError> {
    let person = roster.and_then(|roster| roster.people().by_resource(id));
    person.ok_or_else(|| ScimError::NoSuchResource("user", id.to_string()))
}

/// The group with this id, or a 404.
pub(super) fn get_group(roster: Option<&TenantRoster>, id: TeamId) -> Result<&Group, ScimError> {
    let group = roster.and_then(|roster| roster.groups().get(id));
    group.ok_or_else(|| ScimError::NoSuchResource("group", id.to_string()))
}
