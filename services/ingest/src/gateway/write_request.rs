//! What clients ask to be written, once their JSON is understood.

use events::{GroupProfile, Profile, ResourceId, TeamId};
use scim::{Edit, GroupPatch, User};

use super::resource::ResourceKey;

/// One change of one resource, by a request of its own or as an operation of a bulk request.
pub(super) enum WriteRequest {
    CreateUser {
        profile: Profile,
        active: bool,
    },
    ReplaceUser {
        id: ResourceId,
        user: User,
        /// None if the body says nothing about it: whether they are active then stays as it is.
        active: Option<bool>,
    },
    PatchUser {
        id: ResourceId,
        edits: Vec<Edit>,
    },
    CreateGroup {
        profile: GroupProfile,
        members: Vec<String>,
    },
    ReplaceGroup {
        id: TeamId,
        profile: GroupProfile,
        /// None if the body says nothing about them: the members then stay as they are.
        members: Option<Vec<String>>,
    },
    PatchGroup {
        id: TeamId,
        patch: GroupPatch,
    },
    Delete(ResourceKey),
}
