//! SCIM in, events out.
//!
//! The ingest service answers Entra's calls from a roster in memory, which is the fold of the log,
//! and turns each change into events that are durable before anybody gets a 2xx. Booking intake,
//! local team edits and the operators' commands take the same way through the [`writer`].

mod access_token;
mod bearer;
mod commands;
mod encoding;
mod gateway;
mod input;
mod limits;
mod oauth;
mod operator;
mod problem;
mod request_id;
mod state;
mod unkept;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::IntoResponse as _;
use axum::routing::post;
use web::RequestLimits;

pub use limits::Limits;
use problem::Problem;
pub use state::{Gateway, GatewayError, Guarded, Settings};
pub use writer::{Died, Outage, Progress, StartError, snapshot_evidence};

impl Gateway {
    /// All that the service answers.
    pub fn routes(&self) -> Router {
        let (commands, _) = commands::routes().split_for_parts();
        let limits = RequestLimits::new(self.limits.bounds);
        let json = commands
            .merge(operator::routes())
            .layer(DefaultBodyLimit::max(self.limits.body))
            .method_not_allowed_fallback(async || Problem::NoSuchMethod)
            .fallback(async || Problem::NotFound("there is nothing at this path".to_owned()));
        let tokens = Router::new()
            .route(oauth::PATH, post(oauth::token))
            .method_not_allowed_fallback(async || Problem::NoSuchMethod);
        let router = limits
            .before(json, |why| Problem::from(why).into_response())
            .merge(limits.before(tokens, |why| oauth::BadTokenRequest::from(why).into_response()))
            .with_state(self.clone());
        router.merge(gateway::routes(self.clone(), limits))
    }
}

/// The part of the OpenAPI document that is about commands.
pub fn document() -> utoipa::openapi::OpenApi {
    commands::routes().into_openapi()
}
