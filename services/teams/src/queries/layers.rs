//! The layers of which a person's teams are made: what is synced, and what was decided by hand.

use deadpool_postgres::GenericClient;
use events::{EmployeeId, TeamId, Tenant};
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::{Error, Row};
use utoipa::ToSchema;
use uuid::Uuid;

use projector::sql::{Page, QueryError, key, page};

/// A group that the directory has a person in, whatever was decided by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SyncedTeam {
    /// The team.
    #[schema(value_type = Uuid)]
    pub id: TeamId,
    pub name: String,
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}

/// What was decided about a person and a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Edit {
    /// The person is in the team, whatever the directory says.
    Assigned,
    /// The person is not in the team, whatever the directory says.
    Unassigned,
}

/// A decision by hand about a person and a team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamEdit {
    #[schema(value_type = Uuid)]
    pub employee_id: EmployeeId,
    #[schema(value_type = Uuid)]
    pub team_id: TeamId,
    pub team_name: String,
    pub edit: Edit,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who decided it, by id.
    pub by: String,
}

/// The choice of a Primary team by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChosenPrimary {
    #[schema(value_type = Uuid)]
    pub team_id: TeamId,
    pub team_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who chose it, by id.
    pub by: String,
}

/// What a person's teams are made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamLayers {
    /// What the directory says, in order of joining.
    pub synced: Vec<SyncedTeam>,
    /// What was decided by hand, in order of deciding.
    pub edits: Vec<TeamEdit>,
    /// It counts for as long as the person is in that team.
    #[schema(required = true)]
    pub chosen_primary: Option<ChosenPrimary>,
}

/// The layers of one person's teams.
pub async fn layers(
    client: &impl GenericClient,
    tenant: &Tenant,
    employee: EmployeeId,
) -> Result<TeamLayers, Error> {
    let person: [&(dyn tokio_postgres::types::ToSql + Sync); 2] = [&tenant.as_str(), &employee.0];
    let statement = client.prepare_cached(include_str!("../../sql/read/synced_teams.sql")).await?;
    let synced = client.query(&statement, &person).await?;
    let statement =
        client.prepare_cached(include_str!("../../sql/read/edits_of_person.sql")).await?;
    let edits = client.query(&statement, &person).await?;
    let statement =
        client.prepare_cached(include_str!("../../sql/read/chosen_primary.sql")).await?;
    let chosen = client.query_opt(&statement, &person).await?;
    Ok(TeamLayers {
        synced: synced.iter().map(synced_team).collect::<Result<_, Error>>()?,
        edits: edits.iter().map(team_edit).collect::<Result<_, Error>>()?,
        chosen_primary: chosen.as_ref().map(chosen_primary).transpose()?,
    })
}

/// What was decided by hand about who is in a team, in order of deciding; `after` is `next` of the page
/// before.
pub async fn team_edits(
    client: &impl GenericClient,
    tenant: &Tenant,
    team: TeamId,
    after: Option<&str>,
    limit: u16,
) -> Result<Page<TeamEdit>, QueryError> {
    let (seq, employee): (i64, Uuid) = key(after, (0, Uuid::nil()), |_| true)?;
    let one_more = i64::from(limit) + 1;
    let statement = client.prepare_cached(include_str!("../../sql/read/edits_of_team.sql")).await?;
    let rows =
        client.query(&statement, &[&tenant.as_str(), &team.0, &seq, &employee, &one_more]).await?;
    let found = rows.iter().map(|row| {
        let edit = team_edit(row)?;
        let key = (row.try_get::<_, i64>("seq")?, edit.employee_id.0);
        Ok((edit, key))
    });
    Ok(page(found.collect::<Result<Vec<_>, Error>>()?, limit))
}

fn synced_team(row: &Row) -> Result<SyncedTeam, Error> {
    Ok(SyncedTeam {
        id: TeamId(row.try_get("team")?),
        name: row.try_get("name")?,
        since: row.try_get("since_at")?,
    })
}

fn team_edit(row: &Row) -> Result<TeamEdit, Error> {
    let edit = match row.try_get::<_, &str>("edit")? {
        "assigned" => Edit::Assigned,
        _ => Edit::Unassigned,
    };
    Ok(TeamEdit {
        employee_id: EmployeeId(row.try_get("employee")?),
        team_id: TeamId(row.try_get("team")?),
        team_name: row.try_get("name")?,
        edit,
        at: row.try_get("at")?,
        by: row.try_get("actor")?,
    })
}

fn chosen_primary(row: &Row) -> Result<ChosenPrimary, Error> {
    Ok(ChosenPrimary {
        team_id: TeamId(row.try_get("team")?),
        team_name: row.try_get("name")?,
        at: row.try_get("at")?,
        by: row.try_get("actor")?,
    })
}
