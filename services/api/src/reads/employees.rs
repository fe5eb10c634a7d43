//! `GET /employees`: who works here, and who did.

use axum::extract::State;
use directory::Directory;
use directory::queries::{
    Counts, Employee, EmployeeDetail, Search as Wanted, Sort, SortBy, SortOrder,
};
use events::{EmployeeId, Scope, Standing, TeamId, Tenant};
use projector::{Ordered, Projection};
use serde::{Deserialize, Serialize};
use teams::Teams;
use teams::queries::{Kind, Membership};
use utoipa::{IntoParams, ToSchema};

use crate::reads::caller::Caller;
use crate::reads::min_position::{MinPosition, MinPositionHeader};
use crate::reads::query::{Limit, NoQuery, PathParams, QueryParams, Search};
use crate::reads::read_api::ReadApi;
use crate::reads::read_error::{Missing, ReadError};
use crate::reads::snapshot::{Answer, Snapshot};

/// Which employees to list; what is left out stays open.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct EmployeesQuery {
    /// A part of the display name, user name or external id, within the first 256 characters of
    /// each, whatever its case.
    #[param(value_type = Option<String>, max_length = 200)]
    q: Option<Search>,
    #[param(value_type = Option<directory::queries::StandingName>)]
    standing: Option<Standing>,
    /// The whole user name, whatever its case.
    user_name: Option<String>,
    /// The whole external id, to the letter.
    external_id: Option<String>,
    /// True for those who are Active only until an administrator decides; false for all others.
    held: Option<bool>,
    /// What they are sorted by; `displayName` if it is left out. Those who are equal in it are in the order of their ids.
    #[serde(default)]
    #[param(inline, required = false)]
    sort_by: SortBy,
    /// In which direction; `ascending` if it is left out.
    #[serde(default)]
    #[param(inline, required = false)]
    sort_order: SortOrder,
    /// How many to list at most.
    #[serde(default)]
    #[param(value_type = u16, required = false, default = 100, minimum = 1, maximum = 500)]
    limit: Limit,
    /// `next` of the page before, which was asked for in the same order.
    after: Option<String>,
}

/// A page of employees, by display name unless another order is asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Employees {
    employees: Vec<ListedEmployee>,
    /// The cursor of the page that follows; null if this is the last.
    #[schema(required = true)]
    next: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListedEmployee {
    #[serde(flatten)]
    employee: Employee,
    /// Null for somebody who is in no team.
    #[schema(required = true)]
    primary_team: Option<PrimaryTeam>,
    /// Whether a change to this person, or to that team, is known and cannot be shown at present:
    /// an operator is told.
    stale: bool,
}

impl ListedEmployee {
    /// What it tells of.
    fn things(&self) -> impl Iterator<Item = Ordered> {
        let team = self.primary_team.as_ref().map(|team| Ordered::Team(team.id));
        std::iter::once(Ordered::Person(self.employee.id)).chain(team)
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PrimaryTeam {
    #[schema(value_type = uuid::Uuid)]
    id: TeamId,
    name: String,
}

/// List employees
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/employees",
    operation_id = "listEmployees",
    tag = "employees",
    params(EmployeesQuery, MinPositionHeader),
    responses((status = OK, description = "A page of employees", body = Employees)),
    security(("apiToken" = ["employees:read"])),
)]
pub(crate) async fn list(
    State(api): State<ReadApi>,
    caller: Caller,
    min_position: MinPosition,
    QueryParams(query): QueryParams<EmployeesQuery>,
) -> Result<Answer<Employees>, ReadError> {
    caller.may(Scope::EmployeesRead)?;
    let wanted = Wanted {
        text: query.q.map(Search::into_text),
        standing: query.standing,
        user_name: query.user_name,
        external_id: query.external_id,
        held: query.held,
        sort: Sort { by: query.sort_by, order: query.sort_order },
    };
    let mut session =
        api.session(caller.tenant(), min_position, &[Directory::NAME, Teams::NAME]).await?;
    let snapshot = session.snapshot(caller.tenant()).await?;
    let place = api.place(caller.tenant(), query.after.as_deref())?;
    let (limit, cursor) = (query.limit.rows(), place.as_deref());
    let found =
        directory::queries::employees(&*snapshot, caller.tenant(), &wanted, cursor, limit).await?;
    let employees = with_primary_teams(&snapshot, caller.tenant(), found.rows).await?;
    Ok(snapshot.answer(Employees { employees, next: api.cursor(caller.tenant(), found.next) }))
}

async fn with_primary_teams(
    snapshot: &Snapshot<'_>,
    tenant: &Tenant,
    employees: Vec<Employee>,
) -> Result<Vec<ListedEmployee>, ReadError> {
    let ids: Vec<EmployeeId> = employees.iter().map(|employee| employee.id).collect();
    let mut teams = teams::queries::memberships_of_many(&**snapshot, tenant, &ids).await?;
    let listed = employees.into_iter().map(|employee| {
        let teams = teams.remove(&employee.id).unwrap_or_default();
        let primary = teams.into_iter().find(|team| team.kind == Kind::Primary);
        let primary_team = primary.map(|team| PrimaryTeam { id: team.id, name: team.name });
        ListedEmployee { employee, primary_team, stale: false }
    });
    let mut listed: Vec<ListedEmployee> = listed.collect();
    let stale = snapshot.stale(tenant, listed.iter().flat_map(ListedEmployee::things)).await?;
    for employee in &mut listed {
        let is_stale = employee.things().any(|thing| stale.contains(&thing));
        employee.stale = is_stale;
    }
    Ok(listed)
}

/// Count employees
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/employees/counts",
    operation_id = "countEmployees",
    tag = "employees",
    params(MinPositionHeader),
    responses((status = OK, description = "How many there are", body = Counts)),
    security(("apiToken" = ["employees:read"])),
)]
pub(crate) async fn counts(
    State(api): State<ReadApi>,
    caller: Caller,
    min_position: MinPosition,
    QueryParams(NoQuery {}): QueryParams<NoQuery>,
) -> Result<Answer<Counts>, ReadError> {
    caller.may(Scope::EmployeesRead)?;
    let tenant = caller.tenant();
    let mut session = api.session(tenant, min_position, &[Directory::NAME]).await?;
    let snapshot = session.snapshot(tenant).await?;
    let counts = directory::queries::counts(&*snapshot, tenant).await?;
    Ok(snapshot.answer(counts))
}

#[derive(Debug, Deserialize)]
pub(crate) struct EmployeePath {
    pub(crate) id: EmployeeId,
}

/// An employee, with what the directory says about them and their teams.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WholeEmployee {
    #[serde(flatten)]
    employee: EmployeeDetail,
    /// The Primary team first, then in order of joining. Someone Former keeps theirs.
    teams: Vec<Membership>,
    /// Whether a change to this person, or to one of these teams, is known and cannot be shown at
    /// present: an operator is told.
    stale: bool,
}

/// Show one employee
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/employees/{id}",
    operation_id = "getEmployee",
    tag = "employees",
    params(
        ("id" = uuid::Uuid, Path, description = "The employee"),
        MinPositionHeader,
    ),
    responses(
        (status = OK, description = "The employee", body = WholeEmployee),
        (status = NOT_FOUND, description = "No such employee"),
    ),
    security(("apiToken" = ["employees:read"])),
)]
pub(crate) async fn one(
    State(api): State<ReadApi>,
    caller: Caller,
    min_position: MinPosition,
    PathParams(EmployeePath { id }): PathParams<EmployeePath>,
    QueryParams(NoQuery {}): QueryParams<NoQuery>,
) -> Result<Answer<WholeEmployee>, ReadError> {
    caller.may(Scope::EmployeesRead)?;
    let mut session =
        api.session(caller.tenant(), min_position, &[Directory::NAME, Teams::NAME]).await?;
    let snapshot = session.snapshot(caller.tenant()).await?;
    let employee = directory::queries::employee(&*snapshot, caller.tenant(), id)
        .await?
        .ok_or_else(|| snapshot.missing(Missing::Employee(id)))?;
    let teams = teams::queries::memberships(&*snapshot, caller.tenant(), id).await?;
    let things = teams.iter().map(|team| Ordered::Team(team.id)).chain([Ordered::Person(id)]);
    let stale = !snapshot.stale(caller.tenant(), things).await?.is_empty();
    Ok(snapshot.answer(WholeEmployee { employee, teams, stale }))
}
