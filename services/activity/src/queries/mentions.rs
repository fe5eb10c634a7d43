//! Where somebody or something is mentioned.

use deadpool_postgres::GenericClient;
use events::{Seq, Tenant};
use projector::sql::QueryError;
use uuid::Uuid;

/// The positions of the events of a tenant that concern any of `ids`, in order: see
/// [`mentions`](crate::mentions).
pub async fn mentions(
    client: &impl GenericClient,
    tenant: &Tenant,
    ids: &[Uuid],
) -> Result<Vec<Seq>, QueryError> {
    let statement = client.prepare_cached(include_str!("../../sql/read/mentions.sql")).await?;
    let rows = client.query(&statement, &[&tenant.as_str(), &ids]).await?;
    let seq = |row: &tokio_postgres::Row| Ok(Seq(row.try_get::<_, i64>(0)?.cast_unsigned()));
    rows.iter().map(seq).collect()
}

/// The last event that is in the table; none, if a release made it that had no such table. To be asked before [`mentions`]: what comes in between is
/// then found twice rather than never.
pub async fn read_to(client: &impl GenericClient) -> Result<Seq, QueryError> {
    let statement = client.prepare_cached(include_str!("../../sql/read/mentions_to.sql")).await?;
    let row = client.query_one(&statement, &[]).await?;
    Ok(Seq(row.try_get::<_, i64>(0)?.cast_unsigned()))
}

/// The tenants in whose events an id occurs.
pub async fn mentioned_in(
    client: &impl GenericClient,
    id: Uuid,
) -> Result<Vec<Tenant>, QueryError> {
    let sql = include_str!("../../sql/read/mentioned_in.sql");
    let statement = client.prepare_cached(sql).await?;
    let rows = client.query(&statement, &[&id]).await?;
    let tenant = |row: &tokio_postgres::Row| row.try_get::<_, &str>(0).map(str::parse);
    // What is no slug was not written by us.
    Ok(rows.iter().map(tenant).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}
