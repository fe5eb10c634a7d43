//! `GET /teams`: synced groups and the administrators' own teams, with their members.

use ::teams::Teams;
use ::teams::queries::{Kind, Origin, Team};
use axum::extract::State;
use directory::Directory;
use directory::queries::Employee;
use events::{EmployeeId, Scope, Standing, TeamId, Tenant};
use jiff::Timestamp;
use projector::{Ordered, Projection};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::reads::caller::Caller;
use crate::reads::min_position::{MinPosition, MinPositionHeader};
use crate::reads::query::{Limit, NoQuery, PageQuery, PathParams, QueryParams, Search};
use crate::reads::read_api::ReadApi;
use crate::reads::read_error::{Missing, ReadError};
use crate::reads::snapshot::{Answer, Snapshot};

/// Which teams to list; what is left out stays open.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TeamsQuery {
    /// A part of the first 256 characters of the name, whatever its case.
    #[param(value_type = Option<String>, max_length = 200)]
    q: Option<Search>,
    /// How many to list at most.
    #[serde(default)]
    #[param(value_type = u16, required = false, default = 100, minimum = 1, maximum = 500)]
    limit: Limit,
    /// `next` of the page before.
    after: Option<String>,
}

/// A page of teams, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TeamList {
    teams: Vec<ListedTeam>,
    /// The cursor of the page that follows; null if this is the last.
    #[schema(required = true)]
    next: Option<String>,
}

/// A team.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedTeam {
    #[serde(flatten)]
    team: Team,
    /// Whether a change to this team, or to who is in it, is known and cannot be shown at present: an
    /// operator is told.
    stale: bool,
}

impl ListedTeam {
    async fn all(
        snapshot: &Snapshot<'_>,
        tenant: &Tenant,
        teams: Vec<Team>,
    ) -> Result<Vec<Self>, ReadError> {
        let stale = snapshot.stale(tenant, teams.iter().map(|team| Ordered::Team(team.id))).await?;
        let listed = teams.into_iter().map(|team| {
            let stale = stale.contains(&Ordered::Team(team.id));
            Self { team, stale }
        });
        Ok(listed.collect())
    }
}

/// List teams
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/teams",
    operation_id = "listTeams",
    tag = "teams",
    params(TeamsQuery, MinPositionHeader),
    responses((status = OK, description = "A page of teams", body = TeamList)),
    security(("apiToken" = ["teams:read"])),
)]
pub(crate) async fn list(
    State(api): State<ReadApi>,
    caller: Caller,
    min_position: MinPosition,
    QueryParams(query): QueryParams<TeamsQuery>,
) -> Result<Answer<TeamList>, ReadError> {
    caller.may(Scope::TeamsRead)?;
    let mut session = api.session(caller.tenant(), min_position, &[Teams::NAME]).await?;
    let snapshot = session.snapshot(caller.tenant()).await?;
    let text = query.q.as_ref().map(Search::as_str);
    let place = api.place(caller.tenant(), query.after.as_deref())?;
    let (limit, cursor) = (query.limit.rows(), place.as_deref());
    let found = ::teams::queries::teams(&*snapshot, caller.tenant(), text, cursor, limit).await?;
    let teams = ListedTeam::all(&snapshot, caller.tenant(), found.rows).await?;
    Ok(snapshot.answer(TeamList { teams, next: api.cursor(caller.tenant(), found.next) }))
}

#[derive(Debug, Deserialize)]
pub(crate) struct TeamPath {
    pub(crate) id: TeamId,
}

/// Show one team
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/teams/{id}",
    operation_id = "getTeam",
    tag = "teams",
    params(
        ("id" = uuid::Uuid, Path, description = "The team"),
        MinPositionHeader,
    ),
    responses(
        (status = OK, description = "The team", body = ListedTeam),
        (status = NOT_FOUND, description = "No such team"),
    ),
    security(("apiToken" = ["teams:read"])),
)]
pub(crate) async fn one(
    State(api): State<ReadApi>,
    caller: Caller,
    min_position: MinPosition,
    PathParams(TeamPath { id }): PathParams<TeamPath>,
    QueryParams(NoQuery {}): QueryParams<NoQuery>,
) -> Result<Answer<ListedTeam>, ReadError> {
    caller.may(Scope::TeamsRead)?;
    let mut session = api.session(caller.tenant(), min_position, &[Teams::NAME]).await?;
    let snapshot = session.snapshot(caller.tenant()).await?;
    let team = ::teams::queries::team(&*snapshot, caller.tenant(), id).await?;
    let team = team.ok_or_else(|| snapshot.missing(Missing::Team(id)))?;
    let stale = !snapshot.stale(caller.tenant(), [Ordered::Team(id)]).await?.is_empty();
    Ok(snapshot.answer(ListedTeam { team, stale }))
}

/// A page of a team's members, in order of joining.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Members {
    members: Vec<Member>,
    /// The cursor of the page that follows; null if this is the last.
    #[schema(required = true)]
    next: Option<String>,
}

/// Somebody in a team.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Member)]
pub(crate) struct Member {
    #[schema(value_type = uuid::Uuid)]
    employee_id: EmployeeId,
    /// Null for a moment, while the directory does not know a newcomer yet.
    #[schema(required = true)]
    user_name: Option<String>,
    /// Null for a moment, while the directory does not know a newcomer yet.
    #[schema(required = true)]
    display_name: Option<String>,
    /// `active` or `former`; null for a moment, while the directory does not know a newcomer yet.
    #[schema(value_type = Option<directory::queries::StandingName>, required = true)]
    standing: Option<Standing>,
    kind: Kind,
    origin: Origin,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Who put them into it by hand, by id; null for a synced membership.
    #[schema(required = true)]
    by: Option<String>,
    /// Whether a change to this person, or to who is in the team, is known and cannot be shown at
    /// present: an operator is told.
    stale: bool,
}

impl Member {
    fn named(member: ::teams::queries::Member, employee: Option<Employee>, stale: bool) -> Self {
        let ::teams::queries::Member { employee_id, kind, origin, since, by } = member;
        let standing = employee.as_ref().map(|employee| employee.standing);
        let (user_name, display_name) =
            employee.map(|employee| (employee.user_name, employee.display_name)).unzip();
        Self { employee_id, user_name, display_name, standing, kind, origin, since, by, stale }
    }
}

/// List the members of a team
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/teams/{id}/members",
    operation_id = "listMembers",
    tag = "teams",
    params(
        ("id" = uuid::Uuid, Path, description = "The team"),
        PageQuery,
        MinPositionHeader,
    ),
    responses(
        (status = OK, description = "A page of members", body = Members),
        (status = NOT_FOUND, description = "No such team"),
    ),
    security(("apiToken" = ["teams:read"])),
)]
pub(crate) async fn members(
    State(api): State<ReadApi>,
    caller: Caller,
    min_position: MinPosition,
    PathParams(TeamPath { id }): PathParams<TeamPath>,
    QueryParams(query): QueryParams<PageQuery>,
) -> Result<Answer<Members>, ReadError> {
    caller.may(Scope::TeamsRead)?;
    let tenant = caller.tenant();
    let mut session =
        api.session(caller.tenant(), min_position, &[Directory::NAME, Teams::NAME]).await?;
    let snapshot = session.snapshot(caller.tenant()).await?;
    ::teams::queries::team(&*snapshot, tenant, id)
        .await?
        .ok_or_else(|| snapshot.missing(Missing::Team(id)))?;
    let place = api.place(caller.tenant(), query.after.as_deref())?;
    let (limit, cursor) = (query.limit.rows(), place.as_deref());
    let found = ::teams::queries::members(&*snapshot, tenant, id, cursor, limit).await?;
    let ids: Vec<EmployeeId> = found.rows.iter().map(|member| member.employee_id).collect();
    let mut employees = directory::queries::employees_by_id(&*snapshot, tenant, &ids).await?;
    let things = ids.into_iter().map(Ordered::Person).chain([Ordered::Team(id)]);
    let stale = snapshot.stale(tenant, things).await?;
    let members = found.rows.into_iter().map(|member| {
        let person = Ordered::Person(member.employee_id);
        let stale = stale.contains(&person) || stale.contains(&Ordered::Team(id));
        let employee = employees.remove(&member.employee_id);
        Member::named(member, employee, stale)
    });
    Ok(snapshot.answer(Members {
        members: members.collect(),
        next: api.cursor(caller.tenant(), found.next),
    }))
}
