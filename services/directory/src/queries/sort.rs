//! The orders in which people can be listed, beside the one by name that the table keeps.

use deadpool_postgres::GenericClient;
use events::{EARLIEST, Tenant};
use jiff::Timestamp;
use projector::sql::{Page, QueryError, key, page, searched};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio_postgres::types::{FromSqlOwned, ToSql};
use tokio_postgres::{Error, Row};
use utoipa::ToSchema;
use uuid::Uuid;

use super::employees::{Employee, Search, read};
use crate::write::standing as standing_name;

const SQL: &str = include_str!("../../sql/read/employees_sorted.sql");

/// What people are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum SortBy {
    #[default]
    DisplayName,
    UserName,
    /// Active, held, Former; by display name among each.
    Standing,
    JoinedAt,
    /// Whoever has not left comes before all who have.
    LeftAt,
}

/// In which direction. The words are those of SCIM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SortOrder {
    #[default]
    Ascending,
    Descending,
}

/// An order of people; those who are equal in it are in the order of their ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    pub by: SortBy,
    pub order: SortOrder,
}

impl Sort {
    fn sql(self) -> String {
        let key = match self.by {
            SortBy::DisplayName => "e.display_key",
            SortBy::UserName => r#"e.user_name_key COLLATE "C""#,
            SortBy::Standing => {
                r#"((CASE WHEN e.held_by IS NOT NULL THEN '2' WHEN e.standing = 'active' THEN '1' ELSE '3' END) || e.display_key) COLLATE "C""#
            }
            SortBy::JoinedAt => "e.joined_at",
            SortBy::LeftAt => "coalesce(e.left_at, 'epoch'::timestamptz)",
        };
        let (comparison, direction) = match self.order {
            SortOrder::Ascending => (">", "ASC"),
            SortOrder::Descending => ("<", "DESC"),
        };
        SQL.replace("e.joined_at /*key*/", key)
            .replace("> /*comparison*/", comparison)
            .replace("ASC /*direction*/", direction)
    }
}

/// The employees whom `search` finds, in the order that it asks for.
pub(super) async fn sorted(
    client: &impl GenericClient,
    tenant: &Tenant,
    search: &Search,
    after: Option<&str>,
    limit: u16,
) -> Result<Page<Employee>, QueryError> {
    match search.sort.by {
        SortBy::DisplayName | SortBy::UserName | SortBy::Standing => {
            let fits = |text: &String| !text.contains('\0');
            page_by(client, tenant, search, after, limit, fits).await
        }
        SortBy::JoinedAt | SortBy::LeftAt => {
            let fits = |time: &Timestamp| *time >= EARLIEST;
            page_by(client, tenant, search, after, limit, fits).await
        }
    }
}

/// A page by a key of type `K`. A cursor says in which order it was made: in another one it has no place.
async fn page_by<K>(
    client: &impl GenericClient,
    tenant: &Tenant,
    search: &Search,
    after: Option<&str>,
    limit: u16,
    fits: impl Fn(&K) -> bool,
) -> Result<Page<Employee>, QueryError>
where
    K: Serialize + DeserializeOwned + ToSql + Sync + FromSqlOwned,
{
    let sort = search.sort;
    let place: Option<(Sort, K, Uuid)> = key(after, None, |place: &Option<(Sort, K, Uuid)>| {
        place.as_ref().is_some_and(|(made, key, _)| *made == sort && fits(key))
    })?;
    let (start, id) = place.map(|(_, start, id)| (start, id)).unzip();
    let tenant = tenant.as_str();
    let one_more = i64::from(limit) + 1;
    let text = search.text.as_deref().map(searched);
    let standing = search.standing.map(standing_name);
    let user_name = search.user_name.as_deref().map(str::to_lowercase);
    let values: &[&(dyn ToSql + Sync)] = &[
        &tenant,
        &start,
        &id,
        &one_more,
        &text,
        &standing,
        &search.held,
        &user_name,
        &search.external_id,
    ];
    let statement = client.prepare_cached(&sort.sql()).await?;
    let rows = client.query(&statement, values).await?;
    let found = rows.iter().map(|row: &Row| {
        let employee = read(row)?;
        let key = (sort, row.try_get::<_, K>("sort_key")?, employee.id.0);
        Ok((employee, key))
    });
    Ok(page(found.collect::<Result<Vec<_>, Error>>()?, limit))
}
