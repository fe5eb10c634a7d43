//! Whether the slot that readers are to see holds what the projection wrote.

use deadpool_postgres::Transaction;

use crate::marks::changed_by_hand;
use crate::slot::SlotRole;

/// Where rows are not what the projection wrote: of a tenant, or at all. Where nobody has written by
/// hand, to find that out takes no time.
pub(crate) async fn changed_places(
    tx: &Transaction<'_>,
    projection: &str,
    role: SlotRole,
    tenant: Option<&str>,
) -> Result<Vec<String>, tokio_postgres::Error> {
    let changed = changed_by_hand(&**tx, &role.schema(projection), tenant).await?;
    Ok(changed.into_iter().map(|rows| format!("{} of {}", rows.table, rows.tenant)).collect())
}
