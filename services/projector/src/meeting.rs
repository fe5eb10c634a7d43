//! Two slots at one position, for as long as they are looked at together.

use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use events::{Position, Seq};
use tokio::time::Instant;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Error, GenericClient};

use crate::database::{Database, WaitError, chain_of, quoted, seq_of};

/// How long the slots are given to be at one position by themselves.
const UNAIDED: Duration = Duration::from_millis(200);
/// How long the one that is ahead is held at first, each time.
const FIRST_HOLD: Duration = Duration::from_millis(100);
/// After that it is held for one part in so many of the time tried so far. So the holds grow until one is
/// long enough, also where the log grows nearly as fast as the other slot catches up.
const OF_THE_TIME_IN_VAIN: u32 = 20;
/// Between two looks.
const LOOK_INTERVAL: Duration = Duration::from_millis(2);

/// Why two slots cannot be looked at together.
#[derive(Debug, thiserror::Error)]
pub enum MeetError {
    /// One is behind the other, and stays so.
    #[error("the read models are at events {here} and {there}, and do not meet; try again shortly")]
    Apart {
        /// Where the first is.
        here: Seq,
        /// Where the second is.
        there: Seq,
    },
    /// They were made from two logs.
    #[error("both read models are at event {0}, of two different histories")]
    Forked(Seq),
    /// One of them is not there.
    #[error("there is no read model {0}")]
    Missing(String),
    /// The database does not answer as it should.
    #[error(transparent)]
    Database(#[from] WaitError),
}

impl From<Error> for MeetError {
    fn from(error: Error) -> Self {
        Self::Database(error.into())
    }
}

/// Begins a transaction that sees one moment, at which both slots are at the same position.
///
/// Mostly the loops that keep them are both there within milliseconds. Otherwise the one that is ahead
/// is held, by a lock on its checkpoint, until the other has caught up.
pub async fn begin_at_one_position(
    database: &Database,
    here: &str,
    there: &str,
    timeout: Duration,
) -> Result<(ClientWrapper, Position), MeetError> {
    let client = database.own_connection().await.map_err(WaitError::from)?;
    client.batch_execute("SET statement_timeout = 0").await?;
    let started = Instant::now();
    let mut holder = None;
    loop {
        client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ").await?;
        let (one, other) = (position(&client, here).await?, position(&client, there).await?);
        if one == other {
            return Ok((client, one));
        }
        client.batch_execute("ROLLBACK").await?;
        if one.seq == other.seq {
            return Err(MeetError::Forked(one.seq));
        }
        if started.elapsed() > timeout {
            return Err(MeetError::Apart { here: one.seq, there: other.seq });
        }
        if started.elapsed() < UNAIDED {
            tokio::time::sleep(LOOK_INTERVAL).await;
            continue;
        }
        let holder = match &holder {
            Some(holder) => holder,
            None => holder.insert(database.own_connection().await.map_err(WaitError::from)?),
        };
        let (ahead, behind) = if one.seq > other.seq { (here, there) } else { (there, here) };
        let hold = FIRST_HOLD.max(started.elapsed() / OF_THE_TIME_IN_VAIN);
        // What is found here ends with the hold, so that the transaction begins within it.
        if hold_until_met(holder, ahead, behind, hold).await? {
            client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ").await?;
            let (one, other) = (position(&client, here).await?, position(&client, there).await?);
            holder.batch_execute("ROLLBACK").await?;
            if one == other {
                return Ok((client, one));
            }
            client.batch_execute("ROLLBACK").await?;
        } else {
            holder.batch_execute("ROLLBACK").await?;
        }
    }
}

/// Holds the slot that is ahead, in a transaction of `holder` that stays open, until the other is as
/// far; `false` if that one went on further, or not there in time.
async fn hold_until_met(
    holder: &ClientWrapper,
    ahead: &str,
    behind: &str,
    patience: Duration,
) -> Result<bool, MeetError> {
    holder.batch_execute("BEGIN").await?;
    let lock = format!("SELECT FROM {}.checkpoint FOR UPDATE", quoted(ahead));
    holder.batch_execute(&lock).await?;
    let held = position(holder, ahead).await?;
    let until = Instant::now() + patience;
    loop {
        let other = position(holder, behind).await?;
        if other.seq >= held.seq || Instant::now() > until {
            return Ok(other.seq == held.seq);
        }
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
}

/// Where a slot is.
async fn position(client: &ClientWrapper, slot: &str) -> Result<Position, MeetError> {
    read_position(&**client, slot).await.map_err(|error| match error.code() {
        Some(&SqlState::UNDEFINED_TABLE) => MeetError::Missing(slot.to_owned()),
        Some(_) | None => error.into(),
    })
}

/// Where a slot is that is there.
pub(crate) async fn read_position(
    client: &impl GenericClient,
    slot: &str,
) -> Result<Position, Error> {
    let question = format!("SELECT seq, chain FROM {}.checkpoint", quoted(slot));
    let row = client.query_one(&question, &[]).await?;
    Ok(Position { seq: seq_of(row.try_get("seq")?), chain: chain_of(row.try_get("chain")?) })
}
