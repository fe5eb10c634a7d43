//! The JSON read API: who works here, in which teams, and what leavers have left behind.
//!
//! It reads the projections' tables by the projections' own queries, and writes nothing. The
//! routes and their `OpenAPI` document are one and the same thing: see [`routes`] and
//! [`with_document`].

mod after;
mod alerts;
mod caller;
mod document;
mod employees;
mod failure;
mod leavers;
mod limits;
mod problem;
mod question;
mod read_api;
mod refusals;
mod snapshot;
mod teams;
#[cfg(test)]
mod tests;

pub use document::{PATH, document, with_document};
pub use limits::Limits;
pub use problem::Problem;
pub use read_api::ReadApi;

use axum::response::IntoResponse as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::RequestLimits;

/// The routes below `/api/v1/{tenant}/`, all of them GET, with the document that they make.
pub fn routes(api: ReadApi) -> OpenApiRouter {
    let limits = RequestLimits::new(api.bounds());
    let (router, document) = unbound().with_state(api).split_for_parts();
    let router = limits.before(router, |why| failure::Failure::from(why).into_response());
    OpenApiRouter::with_openapi(document).merge(router.into())
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
