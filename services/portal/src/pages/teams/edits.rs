//! Edits of teams, each a command of the JSON API.

use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing;
use events::{EmployeeId, Scope, TeamId};
use serde::Deserialize;
use serde_json::{Value, json};
use web::Permission;

use super::place::{path, team};
use crate::fields::Fields;
use crate::names;
use crate::parts::section::Section;
use crate::parts::text::short;
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
        at("/t/{tenant}/teams/create", routing::post(create)),
        at("/t/{tenant}/teams/{team}/assign", routing::post(assign)),
        at("/t/{tenant}/teams/{team}/rename", routing::post(rename)),
        at("/t/{tenant}/teams/{team}/delete", routing::post(delete)),
    ]
}

#[derive(Debug, Deserialize)]
struct Made {
    id: TeamId,
}

async fn create(
    State(portal): State<Portal>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Refused> {
    let (api, body) = (api(&signed), json!({ "name": fields.get("name") }));
    let made: Made = portal.apis().send(&signed, Method::POST, &api, Some(&body)).await?;
    let notice = Notice::done("The team is there. Entra knows nothing of it.");
    then(&portal, &signed, notice, &path(&signed, made.id)).await
}

async fn assign(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Refused> {
    let team = team(&id)?;
    let user_name = fields.get("person").trim();
    let Some(person) = find(&portal, &signed, user_name).await? else {
        // A slip is mended where it was made.
        let notice = Notice::failed(format!(
            "Nobody has the user name {:?}: nobody was added. The list of people shows everybody’s user name.",
            short(user_name, 80)
        ));
        return then(&portal, &signed, notice, &path(&signed, team)).await;
    };
    let api = format!("/api/v1/{}/employees/{person}/teams/{team}", signed.tenant);
    let _: Value = portal.apis().send(&signed, Method::PUT, &api, None).await?;
    let notice = Notice::done("Added to the team, here and not in Entra.");
    then(&portal, &signed, notice, &path(&signed, team)).await
}

/// Whoever has this user name.
async fn find(
    portal: &Portal,
    signed: &Signed,
    user_name: &str,
) -> Result<Option<EmployeeId>, Refused> {
    if user_name.is_empty() {
        let detail =
            "No user name was written: nothing was done. Say whom to add, by their user name.";
        return Err(Refused::new(StatusCode::BAD_REQUEST, detail));
    }
    names::by_user_name(portal, signed, user_name).await
}

async fn rename(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Refused> {
    let team = team(&id)?;
    let (api, body) = (format!("{}/{team}", api(&signed)), json!({ "name": fields.get("name") }));
    let _: Value = portal.apis().send(&signed, Method::PATCH, &api, Some(&body)).await?;
    then(&portal, &signed, Notice::done("The team has its new name."), &path(&signed, team)).await
}

async fn delete(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let team = team(&id)?;
    let api = format!("{}/{team}", api(&signed));
    let _: Value = portal.apis().send(&signed, Method::DELETE, &api, None).await?;
    let notice = Notice::done("The team is gone. Its members keep their other teams.");
    then(&portal, &signed, notice, &Section::Teams.path(&signed.tenant)).await
}

/// Where the JSON API has the teams.
fn api(signed: &Signed) -> String {
    format!("/api/v1/{}/teams", signed.tenant)
}
