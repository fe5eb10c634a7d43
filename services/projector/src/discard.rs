//! Dropping slots: what is live stays.

use deadpool_postgres::{Client, Pool};

use crate::database::WaitError;
use crate::schema::{drop_schema, lock_structure};
use crate::slot::SlotRole;
use crate::slots::{SlotPeek, look};

/// How the schemas of slots begin that are nothing any more.
pub(crate) fn gone(projection: &str) -> String {
    format!("{projection}_gone_")
}

/// Drops the slots that are nothing any more, behind a switch. That is done, whatever comes of this: what
/// is left is swept behind the next one.
pub(crate) async fn sweep(pool: &Pool, projection: &str) {
    if let Err(error) = try_sweep(pool, projection).await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, projection, "cannot drop what a switch left over");
    }
}

async fn try_sweep(pool: &Pool, projection: &str) -> Result<(), WaitError> {
    let mut client = pool.get().await?;
    let question = "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, $1)";
    for row in client.query(question, &[&gone(projection)]).await? {
        drop_slot(&mut client, row.try_get(0)?).await?;
    }
    Ok(())
}

/// Drops the slot in a schema.
async fn drop_slot(client: &mut Client, schema: &str) -> Result<(), tokio_postgres::Error> {
    let tx = client.transaction().await?;
    // To drop a large read model takes as long as it takes.
    tx.batch_execute("SET LOCAL statement_timeout = 0").await?;
    drop_schema(&tx, schema).await?;
    tx.commit().await
}

/// Drops the projection's slot of this role, if it is still the one with this id; what is live, stays.
pub(crate) async fn discard_slot(
    pool: &Pool,
    projection: &str,
    slot: &SlotPeek,
) -> Result<(), WaitError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    tx.batch_execute("SET LOCAL statement_timeout = 0").await?;
    lock_structure(&tx, projection).await?;
    let found = look(&*tx, projection).await?;
    let same = found.get(slot.role).is_some_and(|found| found.slot_id == slot.slot_id);
    if same && slot.role != SlotRole::Live {
        drop_schema(&tx, &slot.role.schema(projection)).await?;
        tx.commit().await?;
        tracing::info!(projection, slot = slot.role.as_str(), "dropped a slot");
    }
    Ok(())
}
