//! A look at a read model's bookmark from outside.

use deadpool_postgres::Pool;
use events::{Chain, Position, Seq};
use tokio_postgres::error::SqlState;

use crate::database::{WaitError, chain_of, quoted, seq_of};
use crate::witness;
use eventlog::Evidence;

/// How far a read model is, as its bookmark tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glance {
    /// The last event in the read model.
    pub position: Seq,
    /// The chain up to that event.
    pub chain: Chain,
    /// How many events were passed over because the projection did not know them.
    pub unknown: u64,
    /// Whether the read model is still being built, and of no use to readers.
    pub building: bool,
}

impl Glance {
    /// What the read model in schema `slot` knows of the log.
    pub fn evidence(&self, slot: &str) -> Evidence {
        Evidence::new(witness(slot), Position { seq: self.position, chain: self.chain })
    }
}

/// Looks at the read model in schema `slot`; none if it has never been built.
pub async fn bookmark(pool: &Pool, slot: &str) -> Result<Option<Glance>, WaitError> {
    let client = pool.get().await?;
    // Whoever looks may be of a later release than the bookmark, which then has no goal.
    let question = format!(
        "SELECT seq, chain, unknown, coalesce(seq < (to_jsonb(b)->>'goal')::bigint, false) AS building
         FROM {}.bookmark b",
        quoted(slot)
    );
    match client.query_one(&question, &[]).await {
        Ok(row) => Ok(Some(Glance {
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
    Ok(bookmark(pool, slot).await?.map(|glance| glance.evidence(slot)))
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
