//! Edits of teams, each a command of the JSON API.

use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing;
use events::{Scope, TeamId};
use serde::Deserialize;
use serde_json::{Value, json};
use web::{Permission, Problem};

use super::place::{path, team};
use crate::fields::Fields;
use crate::names;
use crate::parts::section::Section;
use crate::parts::text::{sentence, short};
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
    let made: Result<Made, Problem> =
        portal.apis().send(&signed, Method::POST, &api, Some(&body)).await;
    match made {
        Ok(made) => {
            let notice = Notice::done("The team is there. Entra knows nothing of it.");
            then(&portal, &signed, notice, &path(&signed, made.id)).await
        }
        Err(problem) => {
            let teams = Section::Teams.path(&signed.tenant);
            then(&portal, &signed, slip(problem, &fields)?, &teams).await
        }
    }
}

/// A slip is mended where it was made: the page of the form says why nothing was done, and has what was typed.
/// Whatever can be mended nowhere is told by itself.
fn slip(problem: Problem, fields: &Fields) -> Result<Notice, Refused> {
    match problem.status {
        400 | 409 => Ok(failed(&sentence(&problem.detail), fields)),
        _ => Err(problem.into()),
    }
}

fn failed(why: &str, fields: &Fields) -> Notice {
    Notice::failed(format!("Nothing was changed. {why}")).with(fields.only(&["name", "person"]))
}

async fn assign(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Refused> {
    let team = team(&id)?;
    let Some(user_name) = fields.said("person") else {
        let why = "No user name was written: say whom to add, by their user name.";
        return then(&portal, &signed, failed(why, &fields), &path(&signed, team)).await;
    };
    let Some(person) = names::by_user_name(&portal, &signed, user_name).await? else {
        let why = format!(
            "Nobody has the user name {:?}. The list of people shows everybody’s user name.",
            short(user_name, 80)
        );
        return then(&portal, &signed, failed(&why, &fields), &path(&signed, team)).await;
    };
    let api = format!("/api/v1/{}/employees/{person}/teams/{team}", signed.tenant);
    let _: Value = portal.apis().send(&signed, Method::PUT, &api, None).await?;
    let notice = Notice::done("Added to the team, here and not in Entra.");
    then(&portal, &signed, notice, &path(&signed, team)).await
}

async fn rename(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Refused> {
    let team = team(&id)?;
    let (api, body) = (format!("{}/{team}", api(&signed)), json!({ "name": fields.get("name") }));
    let renamed: Result<Value, Problem> =
        portal.apis().send(&signed, Method::PATCH, &api, Some(&body)).await;
    let notice = match renamed {
        Ok(_) => Notice::done("The team has its new name."),
        Err(problem) => slip(problem, &fields)?,
    };
    then(&portal, &signed, notice, &path(&signed, team)).await
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
