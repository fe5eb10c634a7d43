//! The lease of a slot: one process keeps it, and others stand by until it is gone.
//!
//! A lock of the session says who works, and goes with its connection. Beside it the checkpoint says
//! when the holder was last heard of, and counts the holders: one who sleeps past its lease is ended,
//! and what it still sends bears an old number and is refused.

use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use eventlog::ids;
use events::Seq;
use uuid::Uuid;

use crate::checkpoint::Checkpoint;
use crate::contract::Projection;
use crate::database::{Database, quoted};
use crate::error::ProjectorError;
use crate::schema::{self, Making, Opened};
use crate::slot::lock_key;
use crate::status::StatusHandle;
use crate::timeouts::{ANSWER_TIMEOUT, within};

/// How often a second instance looks whether the first is still there.
const STANDBY_CHECK_INTERVAL: Duration = Duration::from_millis(500);
/// A holder who has not been heard of for this long is replaced.
pub(crate) const LEASE: Duration = Duration::from_secs(15);

/// A connection on which a slot is kept.
pub(crate) struct Held {
    pub(crate) client: ClientWrapper,
    pub(crate) checkpoint: Checkpoint,
}

/// Finds the slot, or makes it if `making` says what for, and waits until no other instance keeps it.
pub(crate) async fn hold<P: Projection>(
    database: &Database,
    slot: &str,
    end: Seq,
    making: Option<&Making>,
    status: &StatusHandle,
) -> Result<Held, ProjectorError> {
    let mut client = connection(database).await?;
    let slot_name = || slot.to_owned();
    let slot_id = match schema::open::<P>(&mut client, slot, end, making).await? {
        Opened::Ours(slot_id) => slot_id,
        Opened::Foreign => return Err(ProjectorError::Foreign { slot: slot_name() }),
        Opened::Broken => return Err(ProjectorError::Incomplete { slot: slot_name() }),
        Opened::Missing => return Err(ProjectorError::Absent { slot: slot_name() }),
    };
    let checkpoint = take_over(&client, slot, slot_id, status).await?;
    Ok(Held { client, checkpoint })
}

/// A connection of one's own, with the settings of a projection.
pub(crate) async fn connection(database: &Database) -> Result<ClientWrapper, ProjectorError> {
    within(ANSWER_TIMEOUT, async {
        let client = database.own_connection().await?;
        client.batch_execute(include_str!("../sql/session.sql")).await?;
        Ok(client)
    })
    .await
}

/// Waits until no other instance works on the read model, then takes the lease.
async fn take_over(
    client: &ClientWrapper,
    slot: &str,
    slot_id: Uuid,
    status: &StatusHandle,
) -> Result<Checkpoint, ProjectorError> {
    let key = lock_key(&format!("slot {slot_id}"));
    let moved = || ProjectorError::Moved { slot: slot.to_owned() };
    loop {
        let asked = async {
            let row = client.query_one(include_str!("../sql/take_over.sql"), &[&key]).await?;
            Ok(row.try_get(0)?)
        };
        if within(ANSWER_TIMEOUT, asked).await? {
            let taken = async {
                let taken = include_str!("../sql/take_lease.sql");
                Ok(client.query_opt(taken, &[&slot_id, &ids::uuid_v7()]).await?)
            };
            let row = within(ANSWER_TIMEOUT, taken).await?.ok_or_else(moved)?;
            return Ok(Checkpoint::of(&row)?);
        }
        status.standing_by();
        within(ANSWER_TIMEOUT, end_stale(client, slot, slot_id, key)).await?;
        tokio::time::sleep(STANDBY_CHECK_INTERVAL).await;
    }
}

/// Ends the session of a holder who has not been heard of.
async fn end_stale(
    client: &ClientWrapper,
    slot: &str,
    slot_id: Uuid,
    key: i64,
) -> Result<(), ProjectorError> {
    let question = format!(
        "SELECT extract(epoch FROM clock_timestamp() - coalesce(renewed_at, moved_at))::float8
         FROM {}.checkpoint WHERE slot_id = $1",
        quoted(slot)
    );
    let Some(row) = client.query_opt(&question, &[&slot_id]).await? else {
        return Err(ProjectorError::Moved { slot: slot.to_owned() });
    };
    if row.try_get::<_, f64>(0)? > LEASE.as_secs_f64() {
        tracing::warn!(slot, "who keeps the slot has not been heard of, and is ended");
        client.execute(include_str!("../sql/end_stale_holder.sql"), &[&key]).await?;
    }
    Ok(())
}

/// Says why the holder stands still, if it can be said.
pub(crate) async fn halt(
    client: &ClientWrapper,
    checkpoint: &Checkpoint,
    why: &str,
) -> Result<(), ProjectorError> {
    let halted = include_str!("../sql/halt_checkpoint.sql");
    client.execute(halted, &[&checkpoint.slot_id, &checkpoint.token, &why]).await?;
    Ok(())
}

/// Says that the holder is there; fails if it is the holder no more.
pub(crate) async fn renew(
    client: &ClientWrapper,
    slot: &str,
    checkpoint: &Checkpoint,
) -> Result<(), ProjectorError> {
    let renewed = include_str!("../sql/renew_lease.sql");
    let renewed = client.execute(renewed, &[&checkpoint.slot_id, &checkpoint.token]).await?;
    if renewed == 1 { Ok(()) } else { Err(ProjectorError::Moved { slot: slot.to_owned() }) }
}
