//! Local team edits. None of them travels to the identity provider, and no sync undoes them.

use access::{CommandError, WriteAccess};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use eventlog::ids;
use events::{Scope, TeamId};
use roster::{Intent, Roster};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::json_body::Body;
use web::path_id;

use super::answer::answer;
use super::caller::Caller;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TeamName {
    /// 1,024 bytes of UTF-8 at most, and not blank.
    #[schema(min_length = 1)]
    name: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PrimaryChoice {
    #[schema(value_type = String, format = Uuid)]
    team_id: TeamId,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnTeam {
    #[schema(value_type = String, format = Uuid)]
    id: TeamId,
    name: String,
}

/// Makes `intent` true and answers without a body.
async fn carry_out(
    access: &WriteAccess,
    caller: Caller,
    intent: Intent,
) -> Result<Response, CommandError> {
    let intent = move |_: &Roster| Ok(intent.clone());
    let done = caller.execute(access, Scope::TeamsWrite, intent).await?;
    Ok(answer(StatusCode::NO_CONTENT, done.position, ().into_response()))
}

/// Put a person into a team
///
/// By hand, whatever the directory says; said again, nothing happens.
#[utoipa::path(
    put,
    path = "/api/v1/{tenant}/employees/{id}/teams/{team}",
    operation_id = "assignTeam",
    tag = "teams",
    params(
        ("id" = uuid::Uuid, Path, description = "The employee"),
        ("team" = uuid::Uuid, Path, description = "The team"),
    ),
    responses(
        (status = 204, description = "In the team"),
        (status = 404, description = "No such person or team"),
    ),
    security(("apiToken" = ["teams:write"])),
)]
pub(super) async fn assign(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, employee, team)): Path<(String, String, String)>,
) -> Result<Response, CommandError> {
    let (employee, team) = (path_id("employee", &employee)?, path_id("team", &team)?);
    carry_out(&access, caller, Intent::AssignTeam { employee, team }).await
}

/// Take a person out of a team
///
/// By hand, whatever the directory says; said again, nothing happens.
#[utoipa::path(
    delete,
    path = "/api/v1/{tenant}/employees/{id}/teams/{team}",
    operation_id = "unassignTeam",
    tag = "teams",
    params(
        ("id" = uuid::Uuid, Path, description = "The employee"),
        ("team" = uuid::Uuid, Path, description = "The team"),
    ),
    responses(
        (status = 204, description = "Not in the team"),
        (status = 404, description = "No such person or team"),
    ),
    security(("apiToken" = ["teams:write"])),
)]
pub(super) async fn unassign(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, employee, team)): Path<(String, String, String)>,
) -> Result<Response, CommandError> {
    let (employee, team) = (path_id("employee", &employee)?, path_id("team", &team)?);
    carry_out(&access, caller, Intent::UnassignTeam { employee, team }).await
}

/// Choose a person's Primary team
///
/// The choice holds for as long as the person is in that team.
#[utoipa::path(
    put,
    path = "/api/v1/{tenant}/employees/{id}/primary-team",
    operation_id = "choosePrimaryTeam",
    tag = "teams",
    params(
        ("id" = uuid::Uuid, Path, description = "The employee"),
    ),
    request_body = PrimaryChoice,
    responses(
        (status = 204, description = "Chosen"),
        (status = 404, description = "No such person or team"),
        (status = 409, description = "The person is not in that team"),
    ),
    security(("apiToken" = ["teams:write"])),
)]
pub(super) async fn choose_primary(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, employee)): Path<(String, String)>,
    Body(PrimaryChoice { team_id: team }): Body<PrimaryChoice>,
) -> Result<Response, CommandError> {
    let employee = path_id("employee", &employee)?;
    carry_out(&access, caller, Intent::ChoosePrimary { employee, team }).await
}

/// Reset a person's teams to what is synced
///
/// Drops every local edit of the person, the chosen Primary team included.
#[utoipa::path(
    delete,
    path = "/api/v1/{tenant}/employees/{id}/team-edits",
    operation_id = "resetTeams",
    tag = "teams",
    params(
        ("id" = uuid::Uuid, Path, description = "The employee"),
    ),
    responses(
        (status = 204, description = "As synced"),
        (status = 404, description = "No such person"),
    ),
    security(("apiToken" = ["teams:write"])),
)]
pub(super) async fn reset(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, employee)): Path<(String, String)>,
) -> Result<Response, CommandError> {
    let employee = path_id("employee", &employee)?;
    carry_out(&access, caller, Intent::ResetTeams { employee }).await
}

/// Make a team of your own
#[utoipa::path(
    post,
    path = "/api/v1/{tenant}/teams",
    operation_id = "createTeam",
    tag = "teams",
    request_body = TeamName,
    responses(
        (status = 201, description = "Made", body = OwnTeam),
        (status = 409, description = "The name is taken"),
    ),
    security(("apiToken" = ["teams:write"])),
)]
pub(super) async fn create(
    State(access): State<WriteAccess>,
    caller: Caller,
    Body(TeamName { name }): Body<TeamName>,
) -> Result<Response, CommandError> {
    let team = TeamId(ids::uuid_v7());
    let made = OwnTeam { id: team, name: name.clone() };
    let intent = move |_: &Roster| Ok(Intent::NewTeam { team, name: name.clone() });
    let done = caller.execute(&access, Scope::TeamsWrite, intent).await?;
    Ok(answer(StatusCode::CREATED, done.position, Json(made)))
}

/// Rename a team of your own
///
/// A synced team's name is the directory's to change.
#[utoipa::path(
    patch,
    path = "/api/v1/{tenant}/teams/{id}",
    operation_id = "renameTeam",
    tag = "teams",
    params(
        ("id" = uuid::Uuid, Path, description = "The team"),
    ),
    request_body = TeamName,
    responses(
        (status = 204, description = "Renamed"),
        (status = 404, description = "No such team"),
        (status = 409, description = "A synced team, or the name is taken"),
    ),
    security(("apiToken" = ["teams:write"])),
)]
pub(super) async fn rename(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, team)): Path<(String, String)>,
    Body(TeamName { name }): Body<TeamName>,
) -> Result<Response, CommandError> {
    let team = path_id("team", &team)?;
    carry_out(&access, caller, Intent::RenameTeam { team, name }).await
}

/// Remove a team of your own
///
/// A synced team ends when the directory ends it.
#[utoipa::path(
    delete,
    path = "/api/v1/{tenant}/teams/{id}",
    operation_id = "removeTeam",
    tag = "teams",
    params(
        ("id" = uuid::Uuid, Path, description = "The team"),
    ),
    responses(
        (status = 204, description = "Removed"),
        (status = 404, description = "No such team"),
        (status = 409, description = "A synced team"),
    ),
    security(("apiToken" = ["teams:write"])),
)]
pub(super) async fn remove(
    State(access): State<WriteAccess>,
    caller: Caller,
    Path((_tenant, team)): Path<(String, String)>,
) -> Result<Response, CommandError> {
    let team = path_id("team", &team)?;
    carry_out(&access, caller, Intent::RemoveTeam { team }).await
}
