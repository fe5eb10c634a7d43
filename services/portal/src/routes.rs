//! The table of routes: each with its method, its path and what it needs.

use access::roles_that_permit;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse as _;
use events::AdministratorRole;

use crate::guard::guard;
use crate::headers::on_every_page;
use crate::pages;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Needs, Route};

/// Every route of the portal.
pub(crate) fn all() -> Vec<Route> {
    [
        pages::start::routes(),
        pages::overview::routes(),
        pages::sign_in::routes(),
        pages::people::routes(),
        pages::teams::routes(),
        pages::integrations::routes(),
        pages::leavers::routes(),
        pages::administrators::routes(),
        pages::sessions::routes(),
        pages::activity::routes(),
        pages::requests::routes(),
        pages::operations::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A route as tests and readers know it.
#[derive(Clone, Copy, Debug)]
pub struct ListedRoute {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Its path, as axum writes it.
    pub path: &'static str,
    /// Who may call it.
    pub callers: Callers,
}

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callers {
    /// Whoever comes.
    Anybody,
    /// Whoever is signed in.
    SignedIn,
    /// Administrators of the tenant in the path who have one of these roles.
    Having(&'static [AdministratorRole]),
}

/// Every route, with who may call it.
pub fn listed() -> Vec<ListedRoute> {
    let listed = |route: Route| ListedRoute {
        method: route.method,
        path: route.path,
        callers: match route.needs {
            Needs::Nothing => Callers::Anybody,
            Needs::Session => Callers::SignedIn,
            Needs::Administrator => Callers::Having(&[AdministratorRole::Viewer]),
            Needs::Permission(permission) => Callers::Having(roles_that_permit(permission)),
        },
    };
    all().into_iter().map(listed).collect()
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
