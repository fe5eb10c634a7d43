//! Whom a name means.

use deadpool_postgres::GenericClient;
use events::{EmployeeId, Tenant};
use projector::sql::QueryError;
use projector::sql::storable;

/// So many are told at most: more than one is too many already.
const MAX: i64 = 20;

/// Those who have `name` as their user name, however it is spelt, or as their external id: of one
/// tenant, or of all.
pub async fn find_person(
    client: &impl GenericClient,
    tenant: Option<&Tenant>,
    name: &str,
) -> Result<Vec<(Tenant, EmployeeId)>, QueryError> {
    let statement = client.prepare_cached(include_str!("../../sql/read/find_person.sql")).await?;
    let (tenant, name) = (tenant.map(Tenant::as_str), storable(name));
    let rows = client.query(&statement, &[&tenant, &name.to_lowercase(), &name, &MAX]).await?;
    let mut found = Vec::new();
    for row in rows {
        // What is no slug was not written by us.
        let Ok(tenant) = row.try_get::<_, &str>(0)?.parse() else { continue };
        found.push((tenant, EmployeeId(row.try_get(1)?)));
    }
    Ok(found)
}
