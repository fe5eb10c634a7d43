//! The indexes that a slot goes without while it is built.
//!
//! A row that is changed again and again is changed in place, as long as no index is on what changes;
//! else each change is one of every index of the table. To fill the directory of 30,000 people, each
//! changed five times, took Postgres 3.5 s with its indexes, and 1.3 s and 0.1 s to make them then.

use std::convert::Infallible;
use std::time::Duration;

use deadpool_postgres::ClientWrapper;

use crate::checkpoint::Checkpoint;
use crate::contract::Projection;
use crate::database::{Database, quoted};
use crate::error::ProjectorError;
use crate::lease;
use crate::structure;
use crate::timeouts::{ANSWER_TIMEOUT, within};

/// How long the making may go on until the lease is renewed.
const RENEWAL_INTERVAL: Duration = Duration::from_secs(2);

/// Makes the indexes of the slot, if they are not there. It takes as long as it takes; the lease is
/// renewed through another connection meanwhile.
pub(crate) async fn make<P: Projection>(
    client: &mut ClientWrapper,
    database: &Database,
    slot: &str,
    checkpoint: &Checkpoint,
) -> Result<(), ProjectorError> {
    if P::INDEXES.is_empty() {
        return Ok(());
    }
    tokio::select! {
        made = in_one_transaction(client, slot, P::INDEXES) => Ok(made?),
        Err(error) = renew(database, slot, checkpoint) => Err(error),
    }
}

async fn in_one_transaction(
    client: &mut ClientWrapper,
    slot: &str,
    indexes: &str,
) -> Result<(), tokio_postgres::Error> {
    let tx = client.transaction().await?;
    // What is live needs the other processors.
    tx.batch_execute(
        "SET LOCAL statement_timeout = 0; SET LOCAL max_parallel_maintenance_workers = 0",
    )
    .await?;
    structure::add_indexes(&*tx, slot, indexes).await?;
    tx.commit().await
}

/// Renews the lease again and again, until that fails.
async fn renew(
    database: &Database,
    slot: &str,
    checkpoint: &Checkpoint,
) -> Result<Infallible, ProjectorError> {
    tokio::time::sleep(RENEWAL_INTERVAL).await;
    let beside = lease::connection(database).await?;
    let search = format!("SET search_path TO {}", quoted(slot));
    within(ANSWER_TIMEOUT, async { Ok(beside.batch_execute(&search).await?) }).await?;
    loop {
        within(ANSWER_TIMEOUT, lease::renew(&beside, slot, checkpoint)).await?;
        tokio::time::sleep(RENEWAL_INTERVAL).await;
    }
}
