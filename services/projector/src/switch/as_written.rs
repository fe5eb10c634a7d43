//! Whether the slot that readers are to see holds what the projection wrote.

use deadpool_postgres::Transaction;

use super::refusal::{SwitchError, SwitchRefusal};
use crate::marks::changed_by_hand;
use crate::slot::SlotRole;

/// Refuses a slot with rows that are not what the projection wrote: of a tenant, or at all. Where
/// nobody has written by hand, that takes no time.
pub(crate) async fn is_as_written(
    tx: &Transaction<'_>,
    projection: &str,
    role: SlotRole,
    tenant: Option<&str>,
) -> Result<(), SwitchError> {
    let changed = changed_by_hand(&**tx, &role.schema(projection), tenant).await?;
    if changed.is_empty() {
        return Ok(());
    }
    let places = changed.into_iter().map(|rows| format!("{} of {}", rows.table, rows.tenant));
    Err(SwitchRefusal::ChangedByHand { role, places: places.collect() }.into())
}
