//! Which attributes of a resource a client asks for, and the metadata that it sees with them.

use scim::{GroupRef, Meta, ResourceType, Selection};

use super::hidden_positions::HiddenPositions;
use super::resource::{Resource, ResourceKey};

/// How resources of one type are shown to a client.
#[derive(Clone)]
pub(super) struct View {
    /// The URL of the tenant's gateway.
    pub(super) base_url: String,
    /// `attributes` or `excludedAttributes` of the request.
    pub(super) selection: Selection,
    /// How versions are shown.
    pub(super) positions: HiddenPositions,
}

impl View {
    /// Whether only a part of each resource is shown.
    pub(super) fn is_partial(&self) -> bool {
        self.selection != Selection::All
    }

    /// The URL of a resource.
    pub(super) fn location(&self, key: ResourceKey) -> String {
        location(&self.base_url, key.resource_type(), &key.to_string())
    }

    /// What the service itself says of a resource (RFC 7643 §3.1): its id and `meta`, and a user's
    /// groups.
    pub(super) fn meta(&self, resource: Resource<'_>, groups: Vec<GroupRef>) -> Meta {
        let (created, last_modified) = match resource {
            Resource::User(person) => (person.created_at, person.changed_at),
            Resource::Group(group) => (group.created_at, group.changed_at),
        };
        let (key, version) = (resource.key(), resource.version());
        let id = key.to_string();
        Meta {
            created: created.to_string(),
            last_modified: last_modified.to_string(),
            version: self.positions.version_tag(version),
            location: location(&self.base_url, key.resource_type(), &id),
            id,
            groups,
        }
    }
}

/// The URL of the resource with this id.
pub(super) fn location(base_url: &str, resource_type: ResourceType, id: &str) -> String {
    [base_url, resource_type.endpoint(), "/", id].concat()
}
