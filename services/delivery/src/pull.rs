//! The pull door: the feed over HTTP, in pages or as a stream, and the snapshot to begin with.

mod acknowledge;
mod batch;
mod cursor;
mod door;
mod kept;
mod named;
mod page;
mod query;
mod receipt;
mod replay_asked;
mod replay_state;
mod replays;
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
use web::{Problem, json_body};

pub use door::{NoDoor, PullDoor, PullSettings};

/// Bytes of a body: a cursor is short.
const MAX_BODY: usize = 16 << 10;

/// The routes below `/api/v1/{tenant}/` that read the feed, acknowledge what was read, and have a part of it
/// sent once more.
pub fn routes(door: PullDoor) -> Router {
    let limits = door.limits.clone();
    let (router, _) = endpoints().with_state(door).split_for_parts();
    let router = json_body::limited(router, MAX_BODY);
    limits.before(router, |why| Problem::from(why).into_response())
}

/// Their part of the `OpenAPI` document.
pub fn openapi() -> OpenApi {
    endpoints().into_openapi()
}

fn endpoints() -> OpenApiRouter<PullDoor> {
    OpenApiRouter::new()
        .routes(routes!(batch::events))
        .routes(routes!(snapshot::snapshot))
        .routes(routes!(acknowledge::acknowledge))
        .routes(routes!(receipt::receipt))
        .routes(routes!(replays::start, replays::list))
        .routes(routes!(replays::cancel))
}
