//! The JSON read API: who works here, in which teams, and what leavers have left behind.
//!
//! It reads the projections' tables by the projections' own queries, and writes nothing. The
//! routes and their `OpenAPI` document are one and the same thing: see [`routes`] and
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
mod problem;
mod question;
mod read_api;
mod refusals;
mod revocations;
mod snapshot;
mod teams;
#[cfg(test)]
mod tests;

pub use document::{PATH, document, with_document};
pub use limits::Limits;
pub use problem::Problem;
pub use read_api::ReadApi;
pub use revocations::{Cause, Revocations};

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::RequestLimits;

use failure::Failure;

/// The routes below `/api/v1/{tenant}/`, all of them GET, with the document that they make.
pub fn routes(api: ReadApi) -> OpenApiRouter {
    let limits = RequestLimits::new(api.bounds());
    let (router, document) = unbound().with_state(api.clone()).split_for_parts();
    let router = router.layer(from_fn_with_state(api, while_postgres_answers));
    let router = limits.before(router, |why| Failure::from(why).into_response());
    OpenApiRouter::with_openapi(document).merge(router.into())
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
