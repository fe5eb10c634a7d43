//! What administrators decided about teams by hand, beside what is synced.

use axum::extract::State;
use directory::Directory;
use events::{EmployeeId, Scope};
use projector::Projection as _;
use serde::Serialize;
use teams::Teams;
use teams::queries::{TeamEdit, TeamLayers};
use utoipa::ToSchema;

use crate::reads::caller::Caller;
use crate::reads::employees::EmployeePath;
use crate::reads::min_position::{MinPosition, MinPositionHeader};
use crate::reads::query::{NoQuery, PageQuery, PathParams, QueryParams};
use crate::reads::read_api::ReadApi;
use crate::reads::read_error::{Missing, ReadError};
use crate::reads::snapshot::Answer;
use crate::reads::teams::TeamPath;

/// Show what a person's teams are made of
///
/// What the directory says, and what was decided by hand. A person is in a team if either puts them there, and
/// nobody took them out by hand.
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/employees/{id}/team-edits",
    operation_id = "getTeamEdits",
    tag = "teams",
    params(
        ("id" = uuid::Uuid, Path, description = "The employee"),
        MinPositionHeader,
    ),
    responses(
        (status = OK, description = "The layers of the person's teams", body = TeamLayers),
        (status = NOT_FOUND, description = "No such employee"),
    ),
    security(("apiToken" = ["teams:read"])),
)]
pub(crate) async fn of_person(
    State(api): State<ReadApi>,
    caller: Caller,
    min_position: MinPosition,
    PathParams(EmployeePath { id }): PathParams<EmployeePath>,
    QueryParams(NoQuery {}): QueryParams<NoQuery>,
) -> Result<Answer<TeamLayers>, ReadError> {
    caller.may(Scope::TeamsRead)?;
    let tenant = caller.tenant();
    let mut session = api.session(tenant, min_position, &[Directory::NAME, Teams::NAME]).await?;
    let snapshot = session.snapshot(tenant).await?;
    directory::queries::employee(&*snapshot, tenant, id)
        .await?
        .ok_or_else(|| snapshot.missing(Missing::Employee(id)))?;
    let layers = teams::queries::layers(&*snapshot, tenant, id).await?;
    Ok(snapshot.answer(layers))
}

/// A page of decisions about who is in a team, in order of deciding.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TeamEdits {
    edits: Vec<NamedTeamEdit>,
    /// The cursor of the page that follows; null if this is the last.
    #[schema(required = true)]
    next: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NamedTeamEdit {
    #[serde(flatten)]
    edit: TeamEdit,
    /// Null for a moment, while the directory does not know a newcomer yet.
    #[schema(required = true)]
    display_name: Option<String>,
}

/// List what was decided by hand about who is in a team
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/teams/{id}/team-edits",
    operation_id = "listTeamEdits",
    tag = "teams",
    params(
        ("id" = uuid::Uuid, Path, description = "The team"),
        PageQuery,
        MinPositionHeader,
    ),
    responses(
        (status = OK, description = "A page of decisions", body = TeamEdits),
        (status = NOT_FOUND, description = "No such team"),
    ),
    security(("apiToken" = ["teams:read"])),
)]
pub(crate) async fn of_team(
    State(api): State<ReadApi>,
    caller: Caller,
    min_position: MinPosition,
    PathParams(TeamPath { id }): PathParams<TeamPath>,
    QueryParams(query): QueryParams<PageQuery>,
) -> Result<Answer<TeamEdits>, ReadError> {
    caller.may(Scope::TeamsRead)?;
    let tenant = caller.tenant();
    let mut session = api.session(tenant, min_position, &[Directory::NAME, Teams::NAME]).await?;
    let snapshot = session.snapshot(tenant).await?;
    teams::queries::team(&*snapshot, tenant, id)
        .await?
        .ok_or_else(|| snapshot.missing(Missing::Team(id)))?;
    let place = api.place(tenant, query.after.as_deref())?;
    let (limit, cursor) = (query.limit.rows(), place.as_deref());
    let found = teams::queries::team_edits(&*snapshot, tenant, id, cursor, limit).await?;
    let ids: Vec<EmployeeId> = found.rows.iter().map(|edit| edit.employee_id).collect();
    let employees = directory::queries::employees_by_id(&*snapshot, tenant, &ids).await?;
    let edits = found.rows.into_iter().map(|edit| {
        let display_name = employees.get(&edit.employee_id).map(|known| known.display_name.clone());
        NamedTeamEdit { edit, display_name }
    });
    Ok(snapshot.answer(TeamEdits { edits: edits.collect(), next: api.cursor(tenant, found.next) }))
}
