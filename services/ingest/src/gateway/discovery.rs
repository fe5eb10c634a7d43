//! Discovery: `/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas` (RFC 7644 §4).

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use scim::discovery::{self, Authentication, BulkLimits, Features};
use scim::messages::ListResponse;
use scim::{Attributes, Rendered};

use super::bounds::{DEFAULT_PAGE, MAX_BULK_OPERATIONS, MAX_PAGE};
use super::caller::Caller;
use super::error::ScimError;
use super::path_params::Id;
use super::response::{scim_json, with_content_location};
use crate::state::Gateway;

/// Refuses a filter, as RFC 7644 §4 demands. Other query parameters mean nothing here.
fn refuse_filter(query: Option<&str>) -> Result<(), ScimError> {
    let filtered = |pair: &str| pair.split('=').next().is_some_and(|name| name == "filter");
    let refused = query.unwrap_or_default().split('&').any(filtered);
    if refused { Err(ScimError::FilteredDiscovery) } else { Ok(()) }
}

/// All resources of an endpoint.
fn list(resources: &[Attributes]) -> Response {
    let resources: Vec<Rendered> = resources.iter().map(Rendered::from).collect();
    scim_json(StatusCode::OK, &ListResponse::new(resources.len(), 1, resources))
}

/// One resource, which has its location in its `meta`.
fn single(resource: &Attributes) -> Response {
    let response = scim_json(StatusCode::OK, resource);
    match resource["meta"]["location"].as_str() {
        Some(location) => with_content_location(response, location),
        None => response,
    }
}

/// `GET /ServiceProviderConfig`.
pub(super) async fn service_provider_config(
    State(gateway): State<Gateway>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, ScimError> {
    refuse_filter(query.as_deref())?;
    let base = gateway.url.scim(&caller.tenant);
    let features = Features {
        max_results: MAX_PAGE,
        page_size: DEFAULT_PAGE,
        sort: true,
        etag: true,
        bulk: Some(BulkLimits {
            max_operations: MAX_BULK_OPERATIONS,
            max_payload_size: gateway.access.body_limit(),
        }),
        authentication: vec![Authentication::SecretToken, Authentication::ClientCredentials],
    };
    Ok(single(&discovery::service_provider_config(&base, &features)))
}

/// `GET /ResourceTypes`.
pub(super) async fn resource_types(
    State(gateway): State<Gateway>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, ScimError> {
    refuse_filter(query.as_deref())?;
    let base = gateway.url.scim(&caller.tenant);
    Ok(list(&discovery::resource_types(&base, &caller.extensions())))
}

/// `GET /ResourceTypes/{id}`.
pub(super) async fn resource_type(
    State(gateway): State<Gateway>,
    caller: Caller,
    Id(id): Id,
) -> Result<Response, ScimError> {
    let base = gateway.url.scim(&caller.tenant);
    match discovery::resource_type_by_name(&base, &id, &caller.extensions()) {
        Some(body) => Ok(single(&body)),
        None => Err(ScimError::NoSuchResource("resource type", id)),
    }
}

/// `GET /Schemas`.
pub(super) async fn schemas(
    State(gateway): State<Gateway>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, ScimError> {
    refuse_filter(query.as_deref())?;
    let base = gateway.url.scim(&caller.tenant);
    Ok(list(&discovery::schemas(&base, &caller.extensions())))
}

/// `GET /Schemas/{id}`.
pub(super) async fn schema(
    State(gateway): State<Gateway>,
    caller: Caller,
    Id(id): Id,
) -> Result<Response, ScimError> {
    let base = gateway.url.scim(&caller.tenant);
    match discovery::schema_by_id(&base, &id, &caller.extensions()) {
        Some(body) => Ok(single(&body)),
        None => Err(ScimError::NoSuchResource("schema", id)),
    }
}
