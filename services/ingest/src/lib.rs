//! SCIM in, events out: the gateway that Entra calls, and the endpoint where its clients get access
//! tokens.
//!
//! The gateway answers from a roster in memory, which is the fold of the log, and turns each change
//! into events that are durable before anybody gets a 2xx, through the [`writer`].
#![warn(missing_docs)]

mod access_token;
mod credential_uses;
mod gateway;
mod ignored;
mod last_requests;
mod limits;
mod oauth;
mod provisioner;
mod recording;
mod state;

use axum::Router;
use axum::response::IntoResponse as _;
use axum::routing::post;
use web::Problem;

pub use gateway::on_other_stream;
pub use limits::ResourceLimits;
pub use state::{Gateway, GatewayError};

/// The SCIM gateway and the token endpoint, behind the limits that the services over this writer share.
pub fn routes(gateway: &Gateway) -> Router {
    let limits = gateway.access.request_limits().clone();
    let tokens = Router::new()
        .route(oauth::PATH, post(oauth::token))
        .method_not_allowed_fallback(Problem::no_such_method);
    let tokens = limits
        .before(tokens, |why| oauth::TokenError::from(why).into_response())
        .with_state(gateway.clone());
    tokens.merge(gateway::routes(gateway.clone(), limits))
}
