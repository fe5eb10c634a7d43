//! The SCIM 2.0 gateway: `/scim/v2/{tenant}/…` (RFC 7644).

mod body;
mod bounds;
mod bulk;
mod caller;
mod discovery;
mod endpoints;
mod error;
mod extensions;
mod groups;
mod hidden_positions;
mod memory;
mod offload;
mod path_params;
mod paths;
mod query_params;
mod render;
mod resource;
mod response;
mod search;
mod size;
mod streaming;
mod tree_size;
mod users;
mod view;
mod write;
mod write_context;
mod write_parser;
mod write_request;
mod write_response;

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::MatchedPath;
use axum::response::IntoResponse as _;
use axum::routing::{any, get, post};
use scim::ResourceType;
use tower::{Service as _, service_fn};
use web::RequestLimits;

use crate::recording::Note;
use crate::state::Gateway;
use caller::Caller;
use error::ScimError;
pub use error::on_other_stream;
pub(crate) use memory::BodyMemory;
pub(crate) use paths::PREFIX;

/// All that is under [`PREFIX`], behind the request limits.
///
/// The limits and the normalized path are calls within one service rather than layers, since axum clones
/// and boxes every layer's service for each request.
pub(crate) fn routes(gateway: Gateway, limits: RequestLimits) -> Router {
    let recorder = Some(Arc::clone(&gateway.recorder)).filter(|recorder| recorder.is_on());
    let endpoints = endpoints().with_state(gateway);
    let answer = move |mut request| {
        let (limits, mut endpoints) = (limits.clone(), endpoints.clone());
        let recorder = recorder.clone();
        async move {
            let refused = |why| ScimError::from(why).into_response();
            let answer = |request| async move {
                let mut request = paths::normalize(request);
                // Metrics name the endpoint's own route, not the gateway's before it.
                request.extensions_mut().remove::<MatchedPath>();
                let Ok(response) = endpoints.call(request).await;
                response
            };
            let note = recorder.as_ref().map(|_| Note::begin(&mut request));
            let response = limits.pass(refused, request, answer).await;
            if let Some((recorder, note)) = recorder.zip(note) {
                recorder.record(&note, &note.answered(&response));
            }
            Ok::<_, Infallible>(response)
        }
    };
    let service = service_fn(answer);
    // A wildcard does not match an empty rest, so that the prefix needs routes of its own.
    Router::new()
        .route_service(PREFIX, service.clone())
        .route_service(&format!("{PREFIX}/"), service.clone())
        .route_service(&format!("{PREFIX}/{{*path}}"), service)
}

fn endpoints() -> Router<Gateway> {
    let (user, group) = (ResourceType::User, ResourceType::Group);
    Router::new()
        .route("/scim/v2/{tenant}", get(search::root))
        .route("/scim/v2/{tenant}/.search", search::by_post(&ResourceType::ALL))
        .route("/scim/v2/{tenant}/Users", endpoints::collection(user))
        .route("/scim/v2/{tenant}/Users/.search", search::by_post(&[ResourceType::User]))
        .route("/scim/v2/{tenant}/Users/{id}", endpoints::single(user))
        .route("/scim/v2/{tenant}/Groups", endpoints::collection(group))
        .route("/scim/v2/{tenant}/Groups/.search", search::by_post(&[ResourceType::Group]))
        .route("/scim/v2/{tenant}/Groups/{id}", endpoints::single(group))
        .route("/scim/v2/{tenant}/Bulk", post(bulk::bulk))
        .route("/scim/v2/{tenant}/Me", any(async |_: Caller| ScimError::NoMe))
        .route("/scim/v2/{tenant}/ServiceProviderConfig", get(discovery::service_provider_config))
        .route("/scim/v2/{tenant}/ResourceTypes", get(discovery::resource_types))
        .route("/scim/v2/{tenant}/ResourceTypes/{id}", get(discovery::resource_type))
        .route("/scim/v2/{tenant}/Schemas", get(discovery::schemas))
        .route("/scim/v2/{tenant}/Schemas/{id}", get(discovery::schema))
        .fallback(async || ScimError::NoSuchEndpoint)
        .method_not_allowed_fallback(async || ScimError::MethodNotAllowed)
}
