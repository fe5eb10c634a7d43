//! What Postgres knows of a slot's rows, before anybody reads them.
//!
//! It plans by statistics, which its own housekeeping gathers a minute after rows were written, or
//! later. Until then it takes a tenant for a handful of rows, and reads a hundred thousand for each
//! row of a page: a slot that has just been built, or cut over to, would be read for seconds.

use deadpool_postgres::ClientWrapper;

use crate::checkpoint::Checkpoint;
use crate::database::quoted;
use crate::error::ProjectorError;
use crate::lease;
use crate::slot_tables::slot_tables;
use crate::timeouts::{ANSWER_TIMEOUT, within};

/// How long Postgres may look at a table. It looks at a sample, however large the table is.
const BOUND: &str = "SET LOCAL statement_timeout = '10s'";

/// Lets Postgres look at the tables of the slot. What cannot be looked at now is read as it is: its
/// housekeeping comes to it later.
pub(crate) async fn gather(
    client: &mut ClientWrapper,
    slot: &str,
    checkpoint: &Checkpoint,
) -> Result<(), ProjectorError> {
    let tables = async { Ok(slot_tables(&**client, slot).await?) };
    for table in within(ANSWER_TIMEOUT, tables).await? {
        let looked =
            async { Ok(look(client, &format!("{}.{}", quoted(slot), quoted(&table.name))).await) };
        if let Err(error) = within(ANSWER_TIMEOUT, looked).await? {
            let error = &error as &dyn std::error::Error;
            tracing::info!(slot, table = table.name, error, "no statistics of a table");
        }
        // A connection that broke is noticed here.
        within(ANSWER_TIMEOUT, lease::renew(client, slot, checkpoint)).await?;
    }
    Ok(())
}

async fn look(client: &mut ClientWrapper, table: &str) -> Result<(), tokio_postgres::Error> {
    let tx = client.transaction().await?;
    tx.batch_execute(BOUND).await?;
    tx.batch_execute(&format!("ANALYZE {table}")).await?;
    tx.commit().await
}
