//! What the tables of all slots hold of a person.

use deadpool_postgres::Pool;
use events::{EmployeeId, Tenant};
use projector::ReadModel;
use projector::database::WaitError;

/// The rows of a person in one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PersonRows {
    /// Slot and table: `directory.employees`.
    pub(crate) table: String,
    pub(crate) rows: i64,
}

/// In how many rows of each table that has people in it somebody is named, slot by slot. Every table
/// of a read model that holds something of a person has a column `employee`, but for positions.
pub(crate) async fn rows_of_person(
    pool: &Pool,
    projections: &[ReadModel],
    tenant: &Tenant,
    employee: EmployeeId,
) -> Result<Vec<PersonRows>, WaitError> {
    let mut found = Vec::new();
    let client = pool.get().await?;
    for projection in projections {
        let slots = projector::slots(pool, projection.name).await?;
        for slot in slots.iter() {
            let schema = slot.role.schema(projection.name);
            let tables = client.query(TABLES, &[&schema]).await?;
            for table in tables {
                let table: String = table.try_get(0)?;
                // The names are those that Postgres itself tells.
                let count = format!(
                    "SELECT count(*) FROM \"{schema}\".\"{table}\" WHERE tenant = $1 AND employee = $2"
                );
                let row = client.query_one(&count, &[&tenant.as_str(), &employee.0]).await?;
                found
                    .push(PersonRows { table: format!("{schema}.{table}"), rows: row.try_get(0)? });
            }
        }
    }
    Ok(found)
}

const TABLES: &str = "SELECT c.relname::text FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'employee' AND NOT a.attisdropped
WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY 1";
