//! What the gateway can do: `/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas` (RFC 7644 §4).

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use scim::discovery::{self, Authentication, BulkLimits, Features};
use scim::messages::ListResponse;
use scim::{Attributes, Shown};

use super::answer::{located, scim_json};
use super::bulk;
use super::caller::{Caller, Id};
use super::failure::Failure;
use super::search;
use crate::state::Gateway;

/// Query parameters mean nothing here, except that a filter must be refused (RFC 7644 §4).
fn unfiltered(query: Option<&str>) -> Result<(), Failure> {
    let filtered = |pair: &str| pair.split('=').next().is_some_and(|name| name == "filter");
    let refused = query.unwrap_or_default().split('&').any(filtered);
    if refused { Err(Failure::FilteredDiscovery) } else { Ok(()) }
}

fn all(resources: &[Attributes]) -> Response {
    let resources: Vec<Shown> = resources.iter().map(Shown::from).collect();
    scim_json(StatusCode::OK, &ListResponse::new(resources.len(), 1, resources))
}

/// One of what there is, which says itself where it is.
fn one(about: &Attributes) -> Response {
    let response = scim_json(StatusCode::OK, about);
    match about["meta"]["location"].as_str() {
        Some(location) => located(response, location),
        None => response,
    }
}

pub(super) async fn service_provider_config(
    State(gateway): State<Gateway>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    unfiltered(query.as_deref())?;
    let base = gateway.scim_base_url(&caller.tenant);
    let features = Features {
        max_results: search::MAX,
        page_size: search::DEFAULT,
        sort: true,
        etag: true,
        bulk: Some(BulkLimits { max_operations: bulk::MAX, max_payload_size: gateway.limits.body }),
        authentication: vec![Authentication::SecretToken, Authentication::ClientCredentials],
    };
    Ok(one(&discovery::service_provider_config(&base, &features)))
}

pub(super) async fn resource_types(
    State(gateway): State<Gateway>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    unfiltered(query.as_deref())?;
    let base = gateway.scim_base_url(&caller.tenant);
    Ok(all(&discovery::resource_types(&base, &caller.declared())))
}

pub(super) async fn resource_type(
    State(gateway): State<Gateway>,
    caller: Caller,
    Id(id): Id,
) -> Result<Response, Failure> {
    let base = gateway.scim_base_url(&caller.tenant);
    match discovery::resource_type_by_name(&base, &id, &caller.declared()) {
        Some(body) => Ok(one(&body)),
        None => Err(Failure::NoSuchResource("resource type", id)),
    }
}

pub(super) async fn schemas(
    State(gateway): State<Gateway>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    unfiltered(query.as_deref())?;
    let base = gateway.scim_base_url(&caller.tenant);
    Ok(all(&discovery::schemas(&base, &caller.declared())))
}

pub(super) async fn schema(
    State(gateway): State<Gateway>,
    caller: Caller,
    Id(id): Id,
) -> Result<Response, Failure> {
    let base = gateway.scim_base_url(&caller.tenant);
    match discovery::schema_by_id(&base, &id, &caller.declared()) {
        Some(body) => Ok(one(&body)),
        None => Err(Failure::NoSuchResource("schema", id)),
    }
}
