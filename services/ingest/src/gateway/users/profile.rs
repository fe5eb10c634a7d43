//! From SCIM's user to the roster's profile.

use events::{ExternalId, Profile, UserName};
use scim::{InvalidRequest, ScimType, User};

use crate::ResourceLimits;
use crate::gateway::error::{ScimError, check_resource_size};

/// The profile that a client sent; an error if its user name is none, or if it is too large.
pub(in crate::gateway) fn profile(
    user: User,
    limits: ResourceLimits,
) -> Result<Profile, ScimError> {
    let user_name: UserName = user.user_name.parse().map_err(|error: events::BadUserName| {
        ScimError::Invalid(InvalidRequest::new(ScimType::InvalidValue, error.to_string()))
    })?;
    let external_id = user.external_id.map(ExternalId);
    let profile = Profile { user_name, external_id, attributes: user.attributes };
    check_resource_size(&profile, limits.resource)?;
    Ok(profile)
}
