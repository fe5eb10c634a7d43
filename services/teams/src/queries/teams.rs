//! The teams that there are.

use deadpool_postgres::GenericClient;
use events::{TeamId, Tenant};
use serde::Serialize;
use tokio_postgres::{Error, Row};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Origin, origin};
use projector::sql::searched;
use projector::sql::{Page, QueryError, key, page};

/// A team: a synced group, or one of the administrators' own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Team {
    #[schema(value_type = Uuid)]
    pub id: TeamId,
    pub name: String,
    #[schema(required = true)]
    pub description: Option<String>,
    #[schema(required = true)]
    pub external_id: Option<String>,
    pub origin: Origin,
    /// How many people are in it, Former ones included.
    #[schema(minimum = 0)]
    pub members: i64,
}

/// The teams whose name contains `text`, whatever its case, by name; `after` is `next` of the
/// page before.
pub async fn teams(
    client: &impl GenericClient,
    tenant: &Tenant,
    text: Option<&str>,
    after: Option<&str>,
    limit: u16,
) -> Result<Page<Team>, QueryError> {
    let start = (String::new(), Uuid::nil());
    let (name, id) = key(after, start, |(name, _)| !name.contains('\0'))?;
    let one_more = i64::from(limit) + 1;
    let text = text.map(searched);
    let statement = client.prepare_cached(include_str!("../../sql/read/teams.sql")).await?;
    let rows = client.query(&statement, &[&tenant.as_str(), &name, &id, &one_more, &text]).await?;
    let found = rows.iter().map(|row| {
        let team = read(row)?;
        let key = (row.try_get::<_, String>("name_key")?, team.id.0);
        Ok((team, key))
    });
    Ok(page(found.collect::<Result<Vec<_>, Error>>()?, limit))
}

/// One team.
pub async fn team(
    client: &impl GenericClient,
    tenant: &Tenant,
    id: TeamId,
) -> Result<Option<Team>, Error> {
    let statement = client.prepare_cached(include_str!("../../sql/read/team.sql")).await?;
    let row = client.query_opt(&statement, &[&tenant.as_str(), &id.0]).await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<Team, Error> {
    Ok(Team {
        id: TeamId(row.try_get("team")?),
        name: row.try_get("name")?,
        description: row.try_get("description")?,
        external_id: row.try_get("external_id")?,
        origin: origin(row.try_get("origin")?),
        members: row.try_get("members")?,
    })
}
