//! The SCIM 2.0 gateway: `/scim/v2/{tenant}/…` (RFC 7644).

mod answer;
mod body;
mod body_size;
mod bulk;
mod caller;
mod declared;
mod discovery;
mod failure;
mod groups;
mod large;
mod paths;
mod pieces;
mod query;
mod reading;
mod resource;
mod search;
mod users;
mod weight;
mod write;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{any, get, post};
use scim::ResourceType;
use tower::ServiceExt as _;
use tower::util::BoxCloneSyncService;

use crate::Gateway;
pub(crate) use body::BodyMemory;
use caller::Caller;
pub(crate) use failure::Failure;

/// The gateway, to be nested under [`PREFIX`].
pub(crate) fn service(
    gateway: Gateway,
) -> BoxCloneSyncService<Request, Response, std::convert::Infallible> {
    let (user, group) = (ResourceType::User, ResourceType::Group);
    let router = Router::new()
        .route("/{tenant}", get(search::root))
        .route("/{tenant}/.search", search::by_post(&ResourceType::ALL))
        .route("/{tenant}/Users", resource::collection(user))
        .route("/{tenant}/Users/.search", search::by_post(&[ResourceType::User]))
        .route("/{tenant}/Users/{id}", resource::single(user))
        .route("/{tenant}/Groups", resource::collection(group))
        .route("/{tenant}/Groups/.search", search::by_post(&[ResourceType::Group]))
        .route("/{tenant}/Groups/{id}", resource::single(group))
        .route("/{tenant}/Bulk", post(bulk::bulk))
        .route("/{tenant}/Me", any(async |_: Caller| Failure::NoMe))
        .route("/{tenant}/ServiceProviderConfig", get(discovery::service_provider_config))
        .route("/{tenant}/ResourceTypes", get(discovery::resource_types))
        .route("/{tenant}/ResourceTypes/{id}", get(discovery::resource_type))
        .route("/{tenant}/Schemas", get(discovery::schemas))
        .route("/{tenant}/Schemas/{id}", get(discovery::schema))
        .fallback(async || Failure::NoSuchEndpoint)
        .method_not_allowed_fallback(async || Failure::MethodNotAllowed)
        .with_state(gateway);
    BoxCloneSyncService::new(router.map_request(paths::tidy))
}

pub(crate) const PREFIX: &str = "/scim/v2";
