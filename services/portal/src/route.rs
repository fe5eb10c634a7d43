//! One route, and what it needs.

use axum::routing::MethodRouter;
use web::Permission;

use crate::portal::Portal;

/// What a route asks of whoever calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing: nobody is signed in yet.
    Nothing,
    /// Somebody who is signed in, at whichever tenant.
    Session,
    /// An administrator of the tenant in the path.
    Administrator,
    /// One who has this permission there.
    Permission(Permission),
}

/// One route. Its handler answers one method.
#[derive(Debug)]
pub(crate) struct Route {
    /// `GET` or `POST`.
    pub(crate) method: &'static str,
    /// Its path, as axum writes it.
    pub(crate) path: &'static str,
    /// What it asks of whoever calls it.
    pub(crate) needs: Needs,
    /// What answers.
    pub(crate) handler: MethodRouter<Portal>,
}

/// A page or a part of one.
pub(crate) fn get(path: &'static str, needs: Needs, handler: MethodRouter<Portal>) -> Route {
    Route { method: "GET", path, needs, handler }
}

/// A form's end.
pub(crate) fn post(path: &'static str, needs: Needs, handler: MethodRouter<Portal>) -> Route {
    Route { method: "POST", path, needs, handler }
}
