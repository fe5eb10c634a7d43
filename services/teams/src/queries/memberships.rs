//! Who is in which team.

use std::collections::HashMap;

use deadpool_postgres::GenericClient;
use events::{EmployeeId, TeamId, Tenant};
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Error;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Origin, origin};
use projector::sql::{Page, QueryError, key, page};

/// What a team is to a person: everybody who is in a team has one Primary team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Primary,
    Additional,
}

/// A person in a team, seen from the team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    #[schema(value_type = Uuid)]
    pub employee_id: EmployeeId,
    pub kind: Kind,
    pub origin: Origin,
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Who put them into it by hand, by id; null for a synced membership.
    #[schema(required = true)]
    pub by: Option<String>,
}

/// A person in a team, seen from the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// The team.
    #[schema(value_type = Uuid)]
    pub id: TeamId,
    pub name: String,
    pub kind: Kind,
    pub origin: Origin,
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Who put them into it by hand, by id; null for a synced membership.
    #[schema(required = true)]
    pub by: Option<String>,
}

/// The members of a team, in order of joining; `after` is `next` of the page before.
pub async fn members(
    client: &impl GenericClient,
    tenant: &Tenant,
    team: TeamId,
    after: Option<&str>,
    limit: u16,
) -> Result<Page<Member>, QueryError> {
    let (since, id): (i64, Uuid) = key(after, (0, Uuid::nil()), |_| true)?;
    let one_more = i64::from(limit) + 1;
    let statement = client.prepare_cached(include_str!("../../sql/read/members.sql")).await?;
    let rows =
        client.query(&statement, &[&tenant.as_str(), &team.0, &since, &id, &one_more]).await?;
    let found = rows.iter().map(|row| {
        let employee: Uuid = row.try_get("employee")?;
        let member = Member {
            employee_id: EmployeeId(employee),
            kind: kind(row.try_get("kind")?),
            origin: origin(row.try_get("origin")?),
            since: row.try_get("since_at")?,
            by: row.try_get("actor")?,
        };
        Ok((member, (row.try_get::<_, i64>("since_seq")?, employee)))
    });
    Ok(page(found.collect::<Result<Vec<_>, Error>>()?, limit))
}

/// The teams of one employee: the Primary one, then those synced, then the local ones, each in order
/// of joining.
pub async fn memberships(
    client: &impl GenericClient,
    tenant: &Tenant,
    employee: EmployeeId,
) -> Result<Vec<Membership>, Error> {
    let mut of_each = memberships_of_many(client, tenant, &[employee]).await?;
    Ok(of_each.remove(&employee).unwrap_or_default())
}

/// The teams of several employees, each list as in [`memberships`]; who is in none is not in it.
pub async fn memberships_of_many(
    client: &impl GenericClient,
    tenant: &Tenant,
    employees: &[EmployeeId],
) -> Result<HashMap<EmployeeId, Vec<Membership>>, Error> {
    let ids: Vec<Uuid> = employees.iter().map(|employee| employee.0).collect();
    let statement = client.prepare_cached(include_str!("../../sql/read/memberships.sql")).await?;
    let rows = client.query(&statement, &[&tenant.as_str(), &ids]).await?;
    let mut of_each: HashMap<EmployeeId, Vec<Membership>> = HashMap::new();
    for row in &rows {
        let membership = Membership {
            id: TeamId(row.try_get("team")?),
            name: row.try_get("name")?,
            kind: kind(row.try_get("kind")?),
            origin: origin(row.try_get("origin")?),
            since: row.try_get("since_at")?,
            by: row.try_get("actor")?,
        };
        of_each.entry(EmployeeId(row.try_get("employee")?)).or_default().push(membership);
    }
    Ok(of_each)
}

/// A kind as the view names it.
fn kind(name: &str) -> Kind {
    if name == "primary" { Kind::Primary } else { Kind::Additional }
}
