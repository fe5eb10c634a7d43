//! What an operator asks of the events that wait in a slot. Whatever is decided is done by who works
//! on the slot: here it is only said.

use deadpool_postgres::{Pool, PoolError, Transaction};
use events::{Seq, Tenant};
use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use uuid::Uuid;

use crate::database::{SqlError, quoted, seq_of};
use crate::order_key::Ordered;

const LIST: &str = include_str!("../sql/parked/list.sql");
const BEHIND: &str = include_str!("../sql/parked/behind.sql");
const KEYS_OF: &str = include_str!("../sql/parked/keys_of.sql");
const RETRY: &str = include_str!("../sql/parked/retry.sql");
const HOLD: &str = include_str!("../sql/parked/hold.sql");

/// Why nothing could be said or asked about parked events.
#[derive(Debug, thiserror::Error)]
pub enum ParkedError {
    /// The pool gave no connection.
    #[error("borrow a connection to ask what is parked")]
    Connect(#[from] PoolError),
    /// The question failed.
    #[error("ask what is parked")]
    Ask(#[source] SqlError),
}

impl From<tokio_postgres::Error> for ParkedError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Ask(error.into())
    }
}

/// Which of the events that failed; what is left out stays open.
#[derive(Clone, Debug, Default)]
pub struct Which {
    /// Those of a tenant.
    pub tenant: Option<Tenant>,
    /// Those that failed for this cause.
    pub cause: Option<String>,
    /// This one.
    pub position: Option<Seq>,
    /// Those after this one.
    pub after: Seq,
}

/// An event that failed, and waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedEvent {
    /// Whose it is.
    pub tenant: Tenant,
    /// Where it stands in the log.
    pub position: Seq,
    /// Its type.
    pub event: String,
    /// When it happened.
    pub happened_at: Timestamp,
    /// What it holds up, in the first place: `person …`, `team …`; none if nothing.
    pub key: Option<String>,
    /// What events that failed alike have in common.
    pub cause: String,
    /// What went wrong, in words that hold nothing of a row.
    pub message: String,
    /// How often it was tried.
    pub tries: u32,
    /// When it failed for the first time.
    pub failed_at: Timestamp,
    /// When it failed for the last time.
    pub tried_at: Timestamp,
    /// When it is tried again by itself; none if it waits for an operator.
    pub next_at: Option<Timestamp>,
    /// How many events wait behind it.
    pub behind: u64,
}

/// An event that waits behind one that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BehindEvent {
    /// Where it stands in the log.
    pub position: Seq,
    /// Its type.
    pub event: String,
    /// When it happened.
    pub happened_at: Timestamp,
}

/// The events of `slot` that failed, in the order of the log; none where there is no such slot.
pub async fn list(
    pool: &Pool,
    slot: &str,
    which: &Which,
    limit: u32,
) -> Result<Vec<ParkedEvent>, ParkedError> {
    let Which { tenant, cause, position, after } = which;
    let tenant = tenant.as_ref().map(Tenant::as_str);
    let position = position.map(|seq| seq.0.cast_signed());
    let (after, limit) = (after.0.cast_signed(), i64::from(limit));
    let rows = in_slot(pool, slot, async |tx| {
        tx.query(LIST, &[&tenant, cause, &position, &after, &limit]).await
    });
    Ok(rows.await?.iter().map(parked_event).collect::<Result<_, _>>()?)
}

/// What waits behind the event at `position`.
pub async fn behind(
    pool: &Pool,
    slot: &str,
    position: Seq,
    limit: u32,
) -> Result<Vec<BehindEvent>, ParkedError> {
    let (position, limit) = (position.0.cast_signed(), i64::from(limit));
    let rows = in_slot(pool, slot, async |tx| tx.query(BEHIND, &[&position, &limit]).await);
    let event = |row: &Row| {
        Ok::<_, tokio_postgres::Error>(BehindEvent {
            position: seq_of(row.try_get("seq")?),
            event: row.try_get("event")?,
            happened_at: row.try_get("happened_at")?,
        })
    };
    Ok(rows.await?.iter().map(event).collect::<Result<_, _>>()?)
}

/// What the event at `position` holds up.
pub async fn keys_of(
    pool: &Pool,
    slot: &str,
    position: Seq,
    limit: u32,
) -> Result<Vec<Ordered>, ParkedError> {
    let (position, limit) = (position.0.cast_signed(), i64::from(limit));
    let rows = in_slot(pool, slot, async |tx| tx.query(KEYS_OF, &[&position, &limit]).await);
    let key = |row: &Row| {
        let (kind, id): (&str, Uuid) = (row.try_get("kind")?, row.try_get("id")?);
        Ok::<_, tokio_postgres::Error>(Ordered::of_columns(kind, id))
    };
    Ok(rows.await?.iter().map(key).collect::<Result<_, _>>()?)
}

/// Has events that failed tried again now, `limit` at most, and what waits behind each after it.
/// Says which.
pub async fn retry(
    pool: &Pool,
    slot: &str,
    which: &Which,
    limit: u32,
) -> Result<Vec<Seq>, ParkedError> {
    let Which { tenant, cause, position, after } = which;
    let tenant = tenant.as_ref().map(Tenant::as_str);
    let position = position.map(|seq| seq.0.cast_signed());
    let (after, limit) = (after.0.cast_signed(), i64::from(limit));
    let rows = in_slot(pool, slot, async |tx| {
        tx.query(RETRY, &[&tenant, cause, &position, &after, &limit]).await
    });
    let mut asked: Vec<Seq> =
        rows.await?.iter().map(|row| row.try_get(0).map(seq_of)).collect::<Result<_, _>>()?;
    asked.sort();
    Ok(asked)
}

/// Lets the event at `position` wait until an operator decides; `false` if it does not wait any more.
pub async fn hold(pool: &Pool, slot: &str, position: Seq) -> Result<bool, ParkedError> {
    let position = position.0.cast_signed();
    let rows = in_slot(pool, slot, async |tx| tx.query(HOLD, &[&position]).await);
    Ok(!rows.await?.is_empty())
}

/// Asks in a slot; nothing where there is none, or one of a release that parked nothing.
async fn in_slot(
    pool: &Pool,
    slot: &str,
    ask: impl AsyncFnOnce(&Transaction<'_>) -> Result<Vec<Row>, tokio_postgres::Error>,
) -> Result<Vec<Row>, ParkedError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    // Of this transaction alone: the connection goes back to the pool.
    let slot = format!("SET LOCAL search_path TO {}", quoted(slot));
    tx.batch_execute(&slot).await?;
    match ask(&tx).await {
        Ok(rows) => {
            tx.commit().await?;
            Ok(rows)
        }
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Ok(vec![]),
        Err(error) => Err(error.into()),
    }
}

fn parked_event(row: &Row) -> Result<ParkedEvent, tokio_postgres::Error> {
    let tenant: &str = row.try_get("tenant")?;
    Ok(ParkedEvent {
        tenant: tenant.parse().expect("the slugs are those of the log"),
        position: seq_of(row.try_get("seq")?),
        event: row.try_get("event")?,
        happened_at: row.try_get("happened_at")?,
        key: row.try_get("first_key")?,
        cause: row.try_get("cause")?,
        message: row.try_get("message")?,
        tries: row.try_get::<_, i32>("tries")?.cast_unsigned(),
        failed_at: row.try_get("failed_at")?,
        tried_at: row.try_get("tried_at")?,
        next_at: row.try_get("next_at")?,
        behind: row.try_get::<_, i64>("behind")?.cast_unsigned(),
    })
}
