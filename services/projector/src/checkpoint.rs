//! The checkpoint: how far a read model is, kept beside its rows.

use deadpool_postgres::Transaction;
use events::{Position, Seq};
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::{chain_of, seq_of};
use crate::scope::Scope;

/// The position of a read model in the log, as who holds the lease knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// Names the read model, whatever its schema is called.
    pub(crate) slot_id: Uuid,
    /// What says that we hold the lease: without it nothing is written.
    pub(crate) token: i64,
    /// Whose events are in it.
    pub(crate) scope: Scope,
    pub(crate) position: Position,
    /// When the last event happened.
    pub(crate) event_at: Option<Timestamp>,
    /// How many events were passed over because this release does not know them.
    pub(crate) unknown: u64,
    /// The end of the log when the read model was made: until it gets there, it is not read.
    pub(crate) goal: Seq,
}

const MOVE: &str = include_str!("../sql/move_checkpoint.sql");

impl Checkpoint {
    pub(crate) fn of(row: &Row) -> Result<Self, tokio_postgres::Error> {
        let chain = chain_of(row.try_get("chain")?);
        Ok(Self {
            slot_id: row.try_get("slot_id")?,
            token: row.try_get("token")?,
            scope: Scope::of_columns(row.try_get("of_tenant")?, row.try_get("of_person")?),
            position: Position { seq: seq_of(row.try_get("seq")?), chain },
            event_at: row.try_get("event_at")?,
            unknown: u64::try_from(row.try_get::<_, i64>("unknown")?).unwrap_or_default(),
            goal: seq_of(row.try_get("goal")?),
        })
    }

    /// Moves the checkpoint from `before` to this one; `false` if it was not at `before`.
    pub(crate) async fn replace(
        &self,
        before: &Self,
        tx: &Transaction<'_>,
    ) -> Result<bool, tokio_postgres::Error> {
        let statement = tx.prepare_cached(MOVE).await?;
        let rows = tx
            .execute(
                &statement,
                &[
                    &column(self.position.seq.0),
                    &self.position.chain.0.as_slice(),
                    &self.event_at,
                    &column(self.unknown),
                    &column(before.position.seq.0),
                    &before.position.chain.0.as_slice(),
                    &before.slot_id,
                    &before.token,
                ],
            )
            .await?;
        Ok(rows == 1)
    }
}

/// A number as Postgres keeps it.
fn column(number: u64) -> i64 {
    i64::try_from(number).expect("no log has so many events")
}
