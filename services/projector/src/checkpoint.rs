//! The checkpoint: how far a read model is, kept beside its rows.

use deadpool_postgres::{ClientWrapper, Transaction};
use events::{Digest, Event, Position, Seq};
use jiff::Timestamp;

use tokio_postgres::{GenericClient, Row};

use crate::batch_reader::Batch;
use crate::contract::Projection;
use crate::database::{chain_of, quoted, seq_of};
use crate::error::ProjectorError;
use crate::tenancy;
use eventlog::clock;

/// The position of a read model in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    pub(crate) position: Position,
    /// When the last event happened.
    pub(crate) event_at: Option<Timestamp>,
    /// How many events were passed over because this release does not know them.
    pub(crate) unknown: u64,
    /// The end of the log when the read model was made: until it gets there, it is not read.
    pub(crate) goal: Seq,
}

impl Checkpoint {
    /// Finds the checkpoint of the read model in `slot`, and makes the read model when it is missing
    /// or was made by other statements or rules: from a log that ends at `end`.
    pub(crate) async fn open<P: Projection>(
        client: &mut ClientWrapper,
        slot: &str,
        end: Seq,
    ) -> Result<Self, ProjectorError> {
        let made_by = Digest::of([CHECKPOINT, P::TABLES, P::RULES].concat().as_bytes());
        let tx = client.transaction().await?;
        // Dropping a large read model can take longer than any other statement may.
        tx.batch_execute("SET LOCAL statement_timeout = 0").await?;
        if !exists(&*tx, slot, TABLE).await? {
            if is_of_older_release(&*tx, slot).await? {
                tracing::warn!(slot, why = "was made by an older release", "{BUILT_ANEW}");
                drop_schema(&tx, slot).await?;
            } else {
                tracing::info!(slot, "building a read model from the log");
            }
            make::<P>(&tx, slot, made_by, end).await?;
        }
        tx.batch_execute(&format!("SET search_path TO {}", quoted(slot))).await?;
        // Another release's checkpoint may have other columns, but always this one.
        let row = tx.query_one(MADE_BY, &[]).await?;
        let same = row.try_get::<_, &[u8]>("tables")? == made_by.0;
        if !same || !is_whole(&*tx, slot).await? {
            let why = if same { "lacks a table" } else { "was made by other rules or tables" };
            tracing::warn!(slot, why, "{BUILT_ANEW}");
            drop_schema(&tx, slot).await?;
            make::<P>(&tx, slot, made_by, end).await?;
        }
        tenancy::separate(&tx).await?;
        let checkpoint = Self::of(&tx.query_one(READ, &[]).await?)?;
        tx.commit().await?;
        Ok(checkpoint)
    }

    fn of(row: &Row) -> Result<Self, tokio_postgres::Error> {
        let chain = chain_of(row.try_get("chain")?);
        Ok(Self {
            position: Position { seq: seq_of(row.try_get("seq")?), chain },
            event_at: row.try_get("event_at")?,
            unknown: u64::try_from(row.try_get::<_, i64>("unknown")?).unwrap_or_default(),
            goal: seq_of(row.try_get("goal")?),
        })
    }

    /// Writes what `batch` changes, and moves the checkpoint behind it, in one transaction.
    /// `None`, with nothing written, if another instance has moved the checkpoint.
    pub(crate) async fn advance<P: Projection>(
        &self,
        client: &mut ClientWrapper,
        batch: &Batch,
    ) -> Result<Option<Self>, ProjectorError> {
        let events = &batch.events;
        let changes: Vec<P::Change> = events.iter().flat_map(P::project).collect();
        let unknown = events.iter().filter(|e| matches!(e.event, Event::Unknown { .. })).count();
        let next = Self {
            position: batch.end,
            event_at: Some(batch.ended_at),
            unknown: self.unknown + unknown as u64,
            goal: self.goal,
        };
        let tx = client.transaction().await?;
        // Both are sent at once, which saves a round trip.
        let (written, moved) = tokio::try_join!(
            async { if changes.is_empty() { Ok(()) } else { P::write(&tx, changes).await } },
            next.replace(self, &tx),
        )?;
        let () = written;
        if !moved {
            tx.rollback().await?;
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(next))
    }

    /// Moves the checkpoint from `before` to this one; `false` if it was not at `before`.
    async fn replace(
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
                    &clock::now(),
                    &column(before.position.seq.0),
                    &before.position.chain.0.as_slice(),
                ],
            )
            .await?;
        Ok(rows == 1)
    }
}

/// Fails when the read model, or a part of it, is gone.
pub(crate) async fn check(client: &ClientWrapper, slot: &str) -> Result<(), ProjectorError> {
    if exists(&**client, slot, TABLE).await? && is_whole(&**client, slot).await? {
        Ok(())
    } else {
        Err(ProjectorError::Dropped { slot: slot.to_owned() })
    }
}

async fn exists(
    client: &impl GenericClient,
    slot: &str,
    table: &str,
) -> Result<bool, tokio_postgres::Error> {
    let table = format!("{}.{table}", quoted(slot));
    client.query_one(FIND, &[&table]).await?.try_get(0)
}

/// Whether the schema holds a read model of a release that gave the checkpoint's table another name.
/// A table of that name without the checkpoint's columns is not one of ours, and is left alone.
async fn is_of_older_release(
    client: &impl GenericClient,
    slot: &str,
) -> Result<bool, tokio_postgres::Error> {
    let table = format!("{}.{OLDER_TABLE}", quoted(slot));
    client.query_one(OLDER, &[&table]).await?.try_get(0)
}

async fn drop_schema(tx: &Transaction<'_>, slot: &str) -> Result<(), tokio_postgres::Error> {
    tx.batch_execute(&format!("DROP SCHEMA {} CASCADE", quoted(slot))).await
}

/// Whether all tables and views that were made with the checkpoint still exist. The checkpoint must
/// exist, and be of this release.
async fn is_whole(client: &impl GenericClient, slot: &str) -> Result<bool, tokio_postgres::Error> {
    let question = format!("{WHOLE}{}.checkpoint", quoted(slot));
    client.query_one(&question, &[&quoted(slot)]).await?.try_get(0)
}

/// The checkpoint's table.
pub(crate) const TABLE: &str = "checkpoint";
/// The name of that table in older releases.
pub(crate) const OLDER_TABLE: &str = "bookmark";
/// What is logged when a read model is made anew.
const BUILT_ANEW: &str = "the read model is built anew from the log, and reads of it are answered \
                          503 until it has seen what there is";
const CHECKPOINT: &str = include_str!("../sql/checkpoint.sql");
const FIND: &str = include_str!("../sql/find_checkpoint.sql");
const OLDER: &str = include_str!("../sql/is_older_checkpoint.sql");
const WHOLE: &str = include_str!("../sql/is_whole.sql");
const START: &str = include_str!("../sql/start_checkpoint.sql");
const MADE_BY: &str = "SELECT tables FROM checkpoint";
const READ: &str = include_str!("../sql/read_checkpoint.sql");
const MOVE: &str = include_str!("../sql/move_checkpoint.sql");

/// Makes the schema with its tables and a checkpoint at the start of the log.
async fn make<P: Projection>(
    tx: &Transaction<'_>,
    slot: &str,
    made_by: Digest,
    end: Seq,
) -> Result<(), ProjectorError> {
    let made: Result<(), tokio_postgres::Error> = async {
        let name = quoted(slot);
        tx.batch_execute(&format!("CREATE SCHEMA {name}; SET search_path TO {name}")).await?;
        tx.batch_execute(CHECKPOINT).await?;
        tx.batch_execute(P::TABLES).await?;
        let chain = Position::START.chain;
        let (chain, made_by) = (chain.0.as_slice(), made_by.0.as_slice());
        tx.execute(START, &[&chain, &made_by, &column(end.0), &clock::now()]).await?;
        Ok(())
    }
    .await;
    let failed = |source: tokio_postgres::Error| ProjectorError::Schema {
        slot: slot.to_owned(),
        source: source.into(),
    };
    made.map_err(failed)
}

/// A number as Postgres keeps it.
fn column(number: u64) -> i64 {
    i64::try_from(number).expect("no log has so many events")
}
