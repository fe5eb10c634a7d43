//! `/t/{tenant}/teams`: who is in which team.

mod edits;
mod list;
mod members;
pub(crate) mod place;
mod team_page;

use axum::routing;
use events::Scope;
use web::Permission;

use crate::route::{Needs, Route, get};

const READ: Needs = Needs::Permission(Permission::Api(Scope::TeamsRead));

pub(crate) fn routes() -> Vec<Route> {
    let mut all = vec![
        get("/t/{tenant}/teams", READ, routing::get(list::show)),
        get("/t/{tenant}/teams/{team}", READ, routing::get(team_page::show)),
    ];
    all.extend(edits::routes());
    all
}
