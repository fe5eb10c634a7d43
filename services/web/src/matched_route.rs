//! Which route a request matched, as the metrics of requests name it.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::Extensions;
use axum::middleware::{Next, from_fn};
use axum::response::Response;

/// A cell in the request's extensions in which the template of its route is noted, such as
/// `/api/v1/{tenant}/teams`. The server puts it there, and reads it when the request is answered:
/// only a router knows what matched, and it forgets it with the request.
#[derive(Clone, Debug, Default)]
pub(crate) struct MatchedRoute(Arc<OnceLock<MatchedPath>>);

impl MatchedRoute {
    /// The template; `*` for a request that matched none, or whose route nobody noted.
    pub(crate) fn template(&self) -> &str {
        self.0.get().map_or("*", MatchedPath::as_str)
    }
}

/// Notes which route a request matched. Routes behind [`RequestLimits`](super::RequestLimits) are
/// noted there; a service that routes by itself behind them calls this.
pub fn note_route(extensions: &Extensions) {
    let cell = extensions.get::<MatchedRoute>();
    if let Some((MatchedRoute(cell), matched)) = cell.zip(extensions.get::<MatchedPath>()) {
        // The first who notes it is right.
        let _ = cell.set(matched.clone());
    }
}

/// The same routes, of which each is noted when a request matches it: for those that stand behind
/// no [`RequestLimits`](super::RequestLimits).
pub fn note_routes<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes.layer(from_fn(async |request: Request, next: Next| -> Response {
        note_route(request.extensions());
        next.run(request).await
    }))
}
