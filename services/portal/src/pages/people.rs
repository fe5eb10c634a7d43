//! `/t/{tenant}/people`: who works here, and who did.

mod because;
mod changes;
mod edits;
mod explained;
mod export;
mod filter;
mod known;
mod list;
mod person;
pub(crate) mod place;
mod sort;
mod teams_of;
mod timeline_of;
mod told;

use axum::routing;
use events::Scope;
use web::Permission;

use crate::route::{Needs, Route, get};

/// Whoever sees the section.
const READ: Needs = Needs::Permission(Permission::Api(Scope::EmployeesRead));

pub(crate) fn routes() -> Vec<Route> {
    let mut all = vec![
        get("/t/{tenant}/people", READ, routing::get(list::show)),
        get("/t/{tenant}/people/live", READ, routing::get(list::follow)),
        get("/t/{tenant}/people/export.csv", READ, routing::get(export::show)),
        get("/t/{tenant}/people/{employee}", READ, routing::get(person::show)),
        get("/t/{tenant}/people/{employee}/moment", READ, routing::get(explained::show)),
    ];
    all.extend(edits::routes());
    all
}
