//! The loop behind every read model, and what the tables of projections have in common.

mod bookmark;
pub mod database;
mod gauge;
mod glance;
mod line;
mod outage;
pub mod tables;
pub mod tenancy;

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{ClientWrapper, PoolError, Transaction};
use events::{Digest, Kind, Recorded, Seq, Undecodable};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::database::SqlError;
use eventlog::{Log, ReadError};

use bookmark::Bookmark;
use line::Line;
use outage::Outage;

pub use database::{Database, Probe};
pub use gauge::{Gauge, Phase, Reading};
pub use glance::{Glance, bookmark, discard, evidence};

/// How often a second instance looks whether the first is still there.
const STANDBY: Duration = Duration::from_millis(500);

/// How long Postgres may take to answer a small question, and to take in a batch: longer than its
/// own bound on a statement, which a server that was stopped does not keep.
const ANSWER: Duration = Duration::from_secs(15);
const WRITE: Duration = Duration::from_secs(75);

/// The least time from the start of one transaction to that of the next, unless there is much to
/// write: an event that comes alone is written at once, and those of a busy moment share a commit.
const PACE: Duration = Duration::from_millis(4);
/// How often a projection without events looks whether log and read model are still there.
const LOOK: Duration = Duration::from_secs(2);
/// As many events as make a pause pointless.
const MUCH: usize = 100;

/// A read model: what events mean for its tables.
pub trait Projection: Send + Sync + 'static {
    /// The schema of the live read model.
    const NAME: &'static str;
    /// The statements that make its tables, with unqualified names.
    const TABLES: &'static str;
    /// Names the rules by which events become rows: `rules.rs` makes it of their sources. Rows of
    /// two sets of rules must not stand in one table, so other rules or other tables make another
    /// read model: it is then built anew from the log.
    const RULES: &'static str;
    /// Events that change nothing here and are many: their bodies are not even read. Others may
    /// change nothing too.
    const PASSED_OVER: &'static [Kind];
    /// One change to one row.
    type Change: Send;

    /// What an event changes. Pure.
    fn project(event: &Recorded) -> Vec<Self::Change>;

    /// Writes changes, of which there is at least one, in their order, in as few statements as
    /// can be.
    fn write(
        tx: &Transaction<'_>,
        changes: Vec<Self::Change>,
    ) -> impl Future<Output = Result<(), tokio_postgres::Error>> + Send;
}

/// Why a projection cannot go on, for now or for good.
#[derive(Debug, thiserror::Error)]
pub enum ProjectorError {
    #[error("{0:?} is no name for a read model; use 1 to 63 of a-z, 0-9 and _")]
    BadSlot(String),
    #[error("connect to Postgres")]
    Connect(#[from] PoolError),
    #[error("Postgres has not answered for {} s", .0.as_secs())]
    Silent(Duration),
    #[error("write to Postgres")]
    Write(#[source] SqlError),
    #[error("make the schema {slot}; if another program uses that name, remove it")]
    Schema { slot: String, source: SqlError },
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("the schema {slot} is gone, or a table in it; building the read model again")]
    Dropped { slot: String },
    #[error("event {seq} cannot be read, so nothing after it is applied")]
    Undecodable { seq: Seq, source: Undecodable },
}

impl From<tokio_postgres::Error> for ProjectorError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Write(error.into())
    }
}

/// Keeps the read model in schema `slot` in step with the log until told to stop.
///
/// Rows and bookmark move in one transaction, so an event counts exactly once, whatever crashes.
/// Of several instances one works, and the others stand by. Outages are waited out. An event that
/// cannot be read or applied stops the line: nothing is skipped.
pub async fn project<P: Projection>(
    log: Log,
    database: Database,
    slot: &str,
    gauge: Arc<Gauge>,
    stop: CancellationToken,
) -> Result<(), ProjectorError> {
    check_slot(slot)?;
    let mut outage = Outage::default();
    let work = async {
        loop {
            let failure = Box::pin(shift::<P>(&log, &database, slot, &gauge)).await;
            let worked = matches!(gauge.reading().phase, Phase::Working | Phase::Building { .. });
            let pause = outage.pause(slot, &failure, worked);
            gauge.interrupted(&failure);
            tokio::time::sleep(pause).await;
        }
    };
    // A transaction under way is dropped with its connection: nothing of it remains.
    let _: Option<()> = stop.run_until_cancelled(work).await;
    gauge.stopped();
    Ok(())
}

/// Works on the read model until something fails.
async fn shift<P: Projection>(
    log: &Log,
    database: &Database,
    slot: &str,
    gauge: &Gauge,
) -> ProjectorError {
    let mut client = match own_client(database, slot, gauge).await {
        Ok(client) => client,
        Err(error) => return error,
    };
    let outcome: Result<Never, ProjectorError> = async {
        let end = log.end().await?;
        let mut bookmark = Bookmark::open::<P>(&mut client, slot, end).await?;
        gauge.working(&bookmark);
        let mut line = Line::new(log.follow(bookmark.position), P::PASSED_OVER);
        loop {
            let Ok(batch) = tokio::time::timeout(LOOK, line.next()).await else {
                log.end().await?;
                within(ANSWER, bookmark::check(&client, slot)).await?;
                continue;
            };
            let batch = match batch {
                Err(error @ ProjectorError::Read(ReadError::Broken(_))) => {
                    tell(log, slot, &bookmark).await;
                    return Err(error);
                }
                batch => batch?,
            };
            let pause = (batch.read < MUCH).then(|| Instant::now() + PACE);
            match within(WRITE, Box::pin(bookmark.advance::<P>(&mut client, &batch))).await? {
                Some(next) => bookmark = next,
                // Somebody else moved the bookmark: what we hold is of the past.
                None => {
                    bookmark = Bookmark::open::<P>(&mut client, slot, end).await?;
                    line = Line::new(log.follow(bookmark.position), P::PASSED_OVER);
                }
            }
            gauge.working(&bookmark);
            if let Some(end) = pause {
                tokio::time::sleep_until(end).await;
            }
        }
    }
    .await;
    match outcome {
        // A statement that failed may have failed because the whole schema is gone.
        Err(error @ ProjectorError::Write(_)) => within(ANSWER, bookmark::check(&client, slot))
            .await
            .err()
            .filter(ProjectorError::is_dropped)
            .unwrap_or(error),
        Err(error) => error,
    }
}

/// A connection for one shift, once no other instance works on the read model.
async fn own_client(
    database: &Database,
    slot: &str,
    gauge: &Gauge,
) -> Result<ClientWrapper, ProjectorError> {
    let client = within(ANSWER, async {
        let client = database.own_connection().await?;
        client.batch_execute(include_str!("../sql/session.sql")).await?;
        Ok(client)
    })
    .await?;
    take_over(&client, slot, gauge).await?;
    Ok(client)
}

/// Leaves word of what the read model knows, beside a log that does not hold it any more: whoever
/// writes to the log compares, and knows no database.
async fn tell(log: &Log, slot: &str, bookmark: &Bookmark) {
    let word = log.leave_word(witness(slot), bookmark.position, true);
    if let Ok(Err(error)) = tokio::time::timeout(LOOK, word).await {
        let error = &*error as &dyn std::error::Error;
        tracing::warn!(slot, error, "cannot leave word of what the read model knows");
    }
}

/// How a read model is called as a witness of what was in the log.
pub fn witness(slot: &str) -> String {
    format!("the bookmark of read model {slot}")
}

enum Never {}

/// Waits until no other instance works on the read model. The lock goes with the connection.
async fn take_over(
    client: &ClientWrapper,
    slot: &str,
    gauge: &Gauge,
) -> Result<(), ProjectorError> {
    let key = Digest::of(format!("rollcall projection {slot}").as_bytes()).0;
    let key = i64::from_be_bytes(key[..8].try_into().expect("a digest has eight bytes"));
    loop {
        let asked = async {
            let row = client.query_one(include_str!("../sql/take_over.sql"), &[&key]).await?;
            Ok(row.try_get(0)?)
        };
        if within(ANSWER, asked).await? {
            return Ok(());
        }
        gauge.standing_by();
        tokio::time::sleep(STANDBY).await;
    }
}

/// Waits for Postgres no longer than this.
async fn within<T>(
    bound: Duration,
    work: impl Future<Output = Result<T, ProjectorError>>,
) -> Result<T, ProjectorError> {
    tokio::time::timeout(bound, work).await.unwrap_or(Err(ProjectorError::Silent(bound)))
}

fn check_slot(slot: &str) -> Result<(), ProjectorError> {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
    if (1..=63).contains(&slot.len()) && slot.bytes().all(plain) {
        Ok(())
    } else {
        Err(ProjectorError::BadSlot(slot.to_owned()))
    }
}
