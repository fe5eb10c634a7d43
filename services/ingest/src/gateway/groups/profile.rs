//! From SCIM's group to the roster's profile.

use events::{ExternalId, GroupProfile};
use scim::Group;

use crate::ResourceLimits;
use crate::gateway::error::{ScimError, check_resource_size};

/// The profile that a client sent, without members; an error if it is too large.
pub(in crate::gateway) fn profile(
    group: Group,
    limits: ResourceLimits,
) -> Result<GroupProfile, ScimError> {
    let profile = GroupProfile {
        display_name: group.display_name,
        external_id: group.external_id.map(ExternalId),
        attributes: group.attributes,
    };
    check_resource_size(&profile, limits.resource)?;
    Ok(profile)
}
