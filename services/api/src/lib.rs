//! The JSON read API: who works here, in which teams, and what leavers have left behind.
//!
//! It reads the projections' tables by the projections' own queries, and writes nothing. The
//! routes and their part of the `OpenAPI` document are one and the same thing: see [`routes`] and
//! [`with_document`].

mod after;
mod alerts;
mod caller;
mod connection_share;
mod document;
mod employees;
mod failure;
mod leavers;
mod limits;
mod question;
mod read_api;
mod revocations;
mod snapshot;
mod teams;
#[cfg(test)]
mod tests;

pub use document::{PATH, document, with_document};
pub use limits::Limits;
pub use read_api::ReadApi;
pub use revocations::{Cause, Revocations};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{RequestLimits, position};

use failure::Failure;

/// The routes below `/api/v1/{tenant}/`, all of them GET.
pub fn routes(api: ReadApi) -> Router {
    let limits = RequestLimits::new(api.bounds());
    let (router, _) = unbound().with_state(api.clone()).split_for_parts();
    let router = router.layer(from_fn_with_state(api.clone(), while_postgres_answers));
    limits
        .before(router, |why| Failure::from(why).into_response())
        .layer(from_fn_with_state(api, tell_position))
}

/// Tells in every answer what it has seen at least. An answer out of the read models knows better.
async fn tell_position(State(api): State<ReadApi>, request: Request, next: Next) -> Response {
    let seen = api.probe().reached();
    let mut response = next.run(request).await;
    response.headers_mut().entry(position::HEADER).or_insert(seen.0.into());
    response
}

/// Whoever waits for Postgres when it falls silent is answered then, and not when it is back.
async fn while_postgres_answers(
    State(api): State<ReadApi>,
    request: Request,
    next: Next,
) -> Response {
    tokio::select! {
        // Most answers need no more than what comes first of the two.
        biased;
        response = next.run(request) => response,
        () = api.probe().silence() => Failure::Silent.into_response(),
    }
}

/// The routes before they know where to read.
fn unbound() -> OpenApiRouter<ReadApi> {
    OpenApiRouter::default()
        .routes(routes!(employees::list))
        .routes(routes!(employees::one))
        .routes(routes!(teams::list))
        .routes(routes!(teams::one))
        .routes(routes!(teams::members))
        .routes(routes!(leavers::list))
        .routes(routes!(leavers::bookings))
        .routes(routes!(alerts::list))
        .routes(routes!(alerts::one))
}
