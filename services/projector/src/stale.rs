//! What readers are told of things whose events wait.

use std::collections::HashSet;

use deadpool_postgres::Transaction;
use events::Tenant;
use tokio_postgres::Error;
use uuid::Uuid;

use crate::database::quoted;
use crate::order_key::Ordered;

/// Those of `things` of a tenant of which an event waits in one of the read models in `schemas`:
/// what is read of them may be out of date.
pub async fn stale(
    tx: &Transaction<'_>,
    schemas: &[&str],
    tenant: &Tenant,
    things: &[Ordered],
) -> Result<HashSet<Ordered>, Error> {
    let waiting: Vec<String> = schemas
        .iter()
        .map(|schema| {
            format!(
                "SELECT kind, id FROM {}.parked_keys WHERE tenant = $1 AND (
                     kind = 'everything'
                     OR (kind, id) IN (SELECT * FROM unnest($2::text[], $3::uuid[]))
                 )",
                quoted(schema)
            )
        })
        .collect();
    let statement = tx.prepare_cached(&waiting.join(" UNION ")).await?;
    let (kinds, ids): (Vec<&str>, Vec<Uuid>) = things.iter().map(|thing| thing.columns()).unzip();
    let mut stale = HashSet::new();
    for row in tx.query(&statement, &[&tenant.as_str(), &kinds, &ids]).await? {
        stale.insert(Ordered::of_columns(row.try_get("kind")?, row.try_get("id")?));
    }
    if stale.contains(&Ordered::Everything) {
        stale.extend(things.iter().copied());
    }
    Ok(stale)
}
