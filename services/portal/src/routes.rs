//! The table of routes: each with its method, its path and what it needs.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse as _;

use crate::guard::guard;
use crate::headers::on_every_page;
use crate::pages;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::Route;

/// Every route of the portal.
pub(crate) fn all() -> Vec<Route> {
    [
        pages::start::routes(),
        pages::overview::routes(),
        pages::sign_in::routes(),
        pages::integrations::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The pages, behind the limits of the services over this writer.
pub fn routes(portal: Portal) -> Router {
    let mut router = Router::new();
    for Route { path, needs, handler, .. } in all() {
        let guarded = from_fn_with_state((portal.clone(), needs), guard);
        router = router.route(path, handler.layer(guarded));
    }
    let limits = portal.access().request_limits().clone();
    let router = router.with_state(portal).layer(from_fn(on_every_page));
    limits.before(router, |why| Refused::from(why).into_response())
}
