//! A slot beside the three, which a verification fills from the log and then drops.

use std::sync::Arc;

use deadpool_postgres::ClientWrapper;
use eventlog::Log;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::contract::Projection;
use crate::database::{Database, WaitError, quoted};
use crate::error::ProjectorError;
use crate::pace::Pace;
use crate::project_loop::SlotLoop;
use crate::schema::Making;
use crate::scope::Scope;
use crate::slot::{lock_key, scratch_schema};
use crate::status::StatusHandle;

/// Fills the scratch slot of `P` from the log, and keeps it in step until `stop`.
pub(crate) async fn fill<P: Projection>(
    log: Log,
    database: Database,
    scope: Scope,
    status: Arc<StatusHandle>,
    stop: CancellationToken,
) -> Result<(), ProjectorError> {
    let (_pace, pace) = watch::channel(Pace::default());
    let making = Some(Making { scope, job: None });
    let slot = scratch_schema(P::NAME);
    SlotLoop { log, database, slot, making, pace, status }.run::<P>(stop).await
}

/// Lets nobody else have the scratch slot of a projection, which is gone when this is given, until
/// the connection ends; none if somebody has it.
pub(crate) async fn take_scratch(
    database: &Database,
    projection: &str,
) -> Result<Option<ClientWrapper>, WaitError> {
    let client = database.own_connection().await?;
    let key = lock_key(&format!("scratch slot of {projection}"));
    let asked = client.query_one("SELECT pg_try_advisory_lock($1)", &[&key]).await?;
    if !asked.try_get::<_, bool>(0)? {
        return Ok(None);
    }
    drop_scratch(&client, projection).await?;
    Ok(Some(client))
}

/// Drops the scratch slot.
pub(crate) async fn drop_scratch(
    client: &ClientWrapper,
    projection: &str,
) -> Result<(), WaitError> {
    let schema = quoted(&scratch_schema(projection));
    // To drop a large read model takes as long as it takes.
    let drop = format!("SET statement_timeout = 0; DROP SCHEMA IF EXISTS {schema} CASCADE");
    Ok(client.batch_execute(&drop).await?)
}

/// Whether somebody has the scratch slot of a projection.
pub(crate) async fn is_taken(database: &Database, projection: &str) -> Result<bool, WaitError> {
    let client = database.pool().get().await?;
    let key = lock_key(&format!("scratch slot of {projection}"));
    // To try the lock could keep it from somebody who wants it just then.
    let question = "SELECT EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 1 AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND classid::bigint = ($1::bigint >> 32) & 4294967295 AND objid::bigint = $1::bigint & 4294967295
    )";
    Ok(client.query_one(question, &[&key]).await?.try_get(0)?)
}
