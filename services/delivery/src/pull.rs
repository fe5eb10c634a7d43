//! The pull door: the feed over HTTP, in pages or as a stream, and the snapshot to begin with.

mod batch;
mod cursor;
mod door;
mod kept;
mod page;
mod query;
mod shape;
mod snapshot;
mod snapshot_text;
mod stream;
mod streams;

use axum::Router;
use axum::response::IntoResponse as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::Problem;

pub use door::{NoDoor, PullDoor, PullSettings};

/// The routes below `/api/v1/{tenant}/` that read the feed, all of them GET.
pub fn routes(door: PullDoor) -> Router {
    let limits = door.limits.clone();
    let (router, _) = endpoints().with_state(door).split_for_parts();
    limits.before(router, |why| Problem::from(why).into_response())
}

/// Their part of the `OpenAPI` document.
pub fn openapi() -> OpenApi {
    endpoints().into_openapi()
}

fn endpoints() -> OpenApiRouter<PullDoor> {
    OpenApiRouter::new().routes(routes!(batch::events)).routes(routes!(snapshot::snapshot))
}
