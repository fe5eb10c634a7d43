//! The reads of the JSON API.

mod alerts;
mod bookings;
mod caller;
mod connection_share;
mod employees;
mod leaver_policies;
mod leavers;
pub(crate) mod log_end;
pub(crate) mod min_position;
mod query;
pub(crate) mod read_api;
pub(crate) mod read_error;
pub(crate) mod revocations;
pub(crate) mod slots;
pub(crate) mod snapshot;
mod team_edits;
mod teams;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::position::Seen;
use web::{Problem, RequestLimits};

use read_api::ReadApi;
use read_error::ReadError;

/// The routes below `/api/v1/{tenant}/` that read, all of them GET.
pub fn routes(api: ReadApi) -> Router {
    let limits = RequestLimits::new(api.bounds());
    let (router, _) = endpoints().with_state(api.clone()).split_for_parts();
    let router = router.layer(from_fn_with_state(api.clone(), while_postgres_answers));
    limits
        .before(router, |why| Problem::from(why).into_response())
        .layer(from_fn_with_state(api, tell_position))
}

/// Tells in every answer what it has seen at least. An answer out of the read models knows better.
async fn tell_position(State(api): State<ReadApi>, request: Request, next: Next) -> Response {
    let seen = api.probe().reached();
    let mut response = next.run(request).await;
    response.extensions_mut().get_or_insert(Seen(seen));
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
        () = api.probe().silence() => ReadError::Silent.into_response(),
    }
}

/// The reads, each with its part of the OpenAPI document.
pub(crate) fn endpoints() -> OpenApiRouter<ReadApi> {
    OpenApiRouter::default()
        .routes(routes!(employees::list))
        .routes(routes!(employees::counts))
        .routes(routes!(employees::one))
        .routes(routes!(team_edits::of_person))
        .routes(routes!(teams::list))
        .routes(routes!(teams::one))
        .routes(routes!(teams::members))
        .routes(routes!(team_edits::of_team))
        .routes(routes!(bookings::list))
        .routes(routes!(bookings::one))
        .routes(routes!(leavers::list))
        .routes(routes!(leavers::bookings))
        .routes(routes!(leaver_policies::list))
        .routes(routes!(alerts::list))
        .routes(routes!(alerts::one))
}
