//! Edits of a person's teams, each a command of the JSON API.

use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing;
use events::{EmployeeId, Scope, TeamId};
use serde_json::{Value, json};
use web::Permission;

use super::place::{back, employee};
use crate::fields::Fields;
use crate::pages::teams::place::{self as teams, team};
use crate::portal::Portal;
use crate::redirect::then;
use crate::refused::Refused;
use crate::route::{Needs, Route, post};
use crate::session::Notice;
use crate::signed::Signed;

const WRITE: Needs = Needs::Permission(Permission::Api(Scope::TeamsWrite));

pub(super) fn routes() -> Vec<Route> {
    let at = |path, handler| post(path, WRITE, handler);
    vec![
        at("/t/{tenant}/people/{employee}/teams/assign", routing::post(assign)),
        at("/t/{tenant}/people/{employee}/teams/reset", routing::post(reset)),
        at("/t/{tenant}/people/{employee}/teams/{team}/remove", routing::post(remove)),
        at("/t/{tenant}/people/{employee}/teams/{team}/primary", routing::post(primary)),
    ]
}

/// Where the JSON API has the person.
fn api(signed: &Signed, id: EmployeeId, what: &str) -> String {
    format!("/api/v1/{}/employees/{id}/{what}", signed.tenant)
}

async fn done(
    portal: &Portal,
    signed: &Signed,
    id: EmployeeId,
    words: &str,
) -> Result<Response, Refused> {
    then(portal, signed, Notice::done(words), &back(signed, id)).await
}

async fn assign(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Refused> {
    let (id, team) = (employee(&id)?, team(fields.get("team"))?);
    let path = api(&signed, id, &format!("teams/{team}"));
    let _: Value = portal.apis().send(&signed, Method::PUT, &path, None).await?;
    done(&portal, &signed, id, "Added to the team, here and not in Entra.").await
}

async fn remove(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id, team_id)): Path<(String, String, String)>,
    fields: Fields,
) -> Result<Response, Refused> {
    let (id, team) = (employee(&id)?, team(&team_id)?);
    let path = api(&signed, id, &format!("teams/{team}"));
    let _: Value = portal.apis().send(&signed, Method::DELETE, &path, None).await?;
    let notice = Notice::done("Taken out of the team, here and not in Entra.");
    then(&portal, &signed, notice, &whence(&signed, id, team, &fields)).await
}

async fn primary(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id, team_id)): Path<(String, String, String)>,
    fields: Fields,
) -> Result<Response, Refused> {
    let (id, team) = (employee(&id)?, team(&team_id)?);
    let path = api(&signed, id, "primary-team");
    let body = json!({ "teamId": team });
    let _: Value = portal.apis().send(&signed, Method::PUT, &path, Some(&body)).await?;
    let notice = Notice::done("Chosen as the Primary team, for as long as the person is in it.");
    then(&portal, &signed, notice, &whence(&signed, id, team, &fields)).await
}

async fn reset(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let id = employee(&id)?;
    let path = api(&signed, id, "team-edits");
    let _: Value = portal.apis().send(&signed, Method::DELETE, &path, None).await?;
    done(&portal, &signed, id, "The teams are as Entra says. Nothing is edited here any more.")
        .await
}

/// The page from which the form was sent: the person's, or the team's.
fn whence(signed: &Signed, id: EmployeeId, team: TeamId, fields: &Fields) -> String {
    if fields.get("from") == "team" { teams::path(signed, team) } else { back(signed, id) }
}
