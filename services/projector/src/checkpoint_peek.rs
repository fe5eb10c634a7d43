//! A look at a read model's checkpoint from outside.

use deadpool_postgres::{Client, Pool};
use events::{Chain, Position, Seq};
use tokio_postgres::error::SqlState;

use crate::database::{WaitError, chain_of, quoted, seq_of};
use crate::schema::{OLDER_TABLE, TABLE};
use crate::slot::witness;
use eventlog::Evidence;

/// How far a read model is, as its checkpoint tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckpointPeek {
    /// The last event in the read model.
    pub position: Seq,
    /// The chain up to that event.
    pub chain: Chain,
    /// How many events were passed over because the projection did not know them.
    pub unknown: u64,
    /// Whether the read model is still being built, and of no use to readers.
    pub building: bool,
}

impl CheckpointPeek {
    /// What the read model in schema `slot` knows of the log.
    pub fn evidence(&self, slot: &str) -> Evidence {
        Evidence::new(witness(slot), Position { seq: self.position, chain: self.chain })
    }
}

/// Looks at the read model in schema `slot`; none if it has never been built.
pub async fn peek_checkpoint(pool: &Pool, slot: &str) -> Result<Option<CheckpointPeek>, WaitError> {
    let client = pool.get().await?;
    // Whoever looks may be of a later release than the read model, which still tells how long the
    // log was.
    match peek(&client, slot, TABLE).await? {
        Some(found) => Ok(Some(found)),
        None => peek(&client, slot, OLDER_TABLE).await,
    }
}

async fn peek(
    client: &Client,
    slot: &str,
    table: &str,
) -> Result<Option<CheckpointPeek>, WaitError> {
    // A checkpoint of an older release may have no goal.
    let question = format!(
        "SELECT seq, chain, unknown, coalesce(seq < (to_jsonb(c)->>'goal')::bigint, false) AS building
         FROM {}.{table} c",
        quoted(slot)
    );
    match client.query_opt(&question, &[]).await {
        // Whoever removed the row left nothing to go by.
        Ok(None) => Ok(None),
        Ok(Some(row)) => Ok(Some(CheckpointPeek {
            position: seq_of(row.try_get("seq")?),
            chain: chain_of(row.try_get("chain")?),
            unknown: u64::try_from(row.try_get::<_, i64>("unknown")?).unwrap_or_default(),
            building: row.try_get("building")?,
        })),
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What the read model in schema `slot` knows of the log; none if it has never been built.
pub async fn evidence(pool: &Pool, slot: &str) -> Result<Option<Evidence>, WaitError> {
    Ok(peek_checkpoint(pool, slot).await?.map(|peek| peek.evidence(slot)))
}

/// Drops the read model in schema `slot`, which is of a log that is no more. Its projection builds
/// it anew.
pub async fn discard(pool: &Pool, slot: &str) -> Result<(), WaitError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    // To drop a large read model takes as long as it takes.
    tx.batch_execute("SET LOCAL statement_timeout = 0").await?;
    tx.batch_execute(&format!("DROP SCHEMA IF EXISTS {} CASCADE", quoted(slot))).await?;
    Ok(tx.commit().await?)
}
