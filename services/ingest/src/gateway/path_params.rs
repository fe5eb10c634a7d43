//! What the URL names: a tenant, and something within it.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use super::error::ScimError;
use crate::state::Gateway;

/// A resource, a schema or a resource type in the URL.
pub(super) struct Id(pub(super) String);

impl FromRequestParts<Gateway> for Id {
    type Rejection = ScimError;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, ScimError> {
        path_param(parts, gateway, "id").await?.map(Self).ok_or(ScimError::NoSuchEndpoint)
    }
}

/// The tenant in the URL, whether or not there can be such a one.
pub(super) async fn tenant_slug(parts: &mut Parts, gateway: &Gateway) -> Result<String, ScimError> {
    Ok(path_param(parts, gateway, "tenant").await?.unwrap_or_default())
}

async fn path_param(
    parts: &mut Parts,
    gateway: &Gateway,
    name: &str,
) -> Result<Option<String>, ScimError> {
    let params = RawPathParams::from_request_parts(parts, gateway).await;
    let params = params.map_err(|_| ScimError::NoSuchEndpoint)?;
    let named = params.iter().find_map(|(its_name, value)| (its_name == name).then_some(value));
    Ok(named.map(str::to_owned))
}
