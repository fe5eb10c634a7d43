//! The tables of what waits.

use deadpool_postgres::{ClientWrapper, Transaction};
use events::{Seq, Tenant};
use jiff::Timestamp;
use tokio_postgres::{Error, Row};
use uuid::Uuid;

use super::apart::{Outcome, Recent};
use super::cause::Cause;
use super::item::Item;
use super::keys::Keys;
use crate::database::seq_of;
use crate::order_key::{OrderKey, Ordered};
use crate::sql::{column, run};

/// The tables of what waits, which each slot has.
pub const PARKED_TABLES: &str = include_str!("../../sql/parked.sql");

/// Keeps what waits because of a batch.
pub(crate) async fn park(tx: &Transaction<'_>, outcome: &Outcome<'_, '_>) -> Result<(), Error> {
    let failed = outcome.failed.iter().map(|(item, cause)| (*item, Some(cause)));
    let behind = outcome.behind.iter().map(|item| (*item, None));
    let rows: Vec<(&Item<'_>, Option<&Cause>)> = failed.chain(behind).collect();
    if rows.is_empty() {
        return Ok(());
    }
    run(
        tx,
        include_str!("../../sql/parking/park.sql"),
        &[
            &column(&rows, |(item, _)| item.tenant.as_str()),
            &column(&rows, |(item, _)| position(item.seq)),
            &column(&rows, |(item, _)| item.kind.as_str()),
            &column(&rows, |(item, _)| item.happened_at),
            &column(&rows, |(item, _)| item.first_key()),
            &column(&rows, |(_, cause)| cause.map(|cause| cause.class.as_str())),
            &column(&rows, |(_, cause)| cause.map(|cause| cause.message.as_str())),
        ],
    )
    .await?;
    let keys: Vec<(&OrderKey, Seq)> =
        rows.iter().flat_map(|(item, _)| item.keys.iter().map(|key| (key, item.seq))).collect();
    run(
        tx,
        include_str!("../../sql/parking/park_keys.sql"),
        &[
            &column(&keys, |(key, _)| key.tenant.as_str()),
            &column(&keys, |(key, _)| key.of.columns().0),
            &column(&keys, |(key, _)| key.of.columns().1),
            &column(&keys, |(_, seq)| position(*seq)),
        ],
    )
    .await
}

/// Forgets events that wait no longer.
pub(crate) async fn unpark(tx: &Transaction<'_>, seqs: &[Seq]) -> Result<(), Error> {
    let seqs = column(seqs, |seq| position(*seq));
    run(tx, include_str!("../../sql/parking/unpark.sql"), &[&seqs]).await
}

/// Those of `seqs` that wait.
pub(crate) async fn parked_of(tx: &Transaction<'_>, seqs: &[Seq]) -> Result<Vec<Seq>, Error> {
    let statement = tx.prepare_cached(include_str!("../../sql/parking/parked_of.sql")).await?;
    let seqs = column(seqs, |seq| position(*seq));
    tx.query(&statement, &[&seqs]).await?.iter().map(|row| row.try_get(0).map(seq_of)).collect()
}

/// The keys of all that waits.
pub(crate) async fn keys(client: &ClientWrapper) -> Result<Keys, Error> {
    let statement = client.prepare_cached(include_str!("../../sql/parking/keys.sql")).await?;
    let rows = client.query(&statement, &[]).await?;
    let mut keys = Keys::default();
    for row in rows {
        keys.extend([key(row.try_get("tenant")?, row.try_get("kind")?, row.try_get("id")?)]);
    }
    Ok(keys)
}

/// Whose events failed for the first time within the last minute.
pub(crate) async fn recent(tx: &Transaction<'_>) -> Result<Recent, Error> {
    let statement = tx.prepare_cached(include_str!("../../sql/parking/recent.sql")).await?;
    let mut recent = Recent::default();
    for row in tx.query(&statement, &[]).await? {
        recent.entry(row.try_get("cause")?).or_default().insert(row.try_get("key")?);
    }
    Ok(recent)
}

/// What there is to do, and how much waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// An event that is to be tried again now.
    pub(crate) due: Option<Seq>,
    /// Seconds until the next is.
    pub(crate) pause: Option<f64>,
    /// How many events wait.
    pub(crate) waiting: u64,
    /// How many people, groups and so on have an event that failed.
    pub(crate) keys: u64,
    /// Since when the oldest of these waits.
    pub(crate) since: Option<Timestamp>,
}

/// Looks what there is to do.
pub(crate) async fn look(client: &ClientWrapper) -> Result<Look, Error> {
    let statement = client.prepare_cached(include_str!("../../sql/parking/look.sql")).await?;
    let row = client.query_one(&statement, &[]).await?;
    let number = |name| Ok::<_, Error>(row.try_get::<_, i64>(name)?.cast_unsigned());
    Ok(Look {
        due: row.try_get::<_, Option<i64>>("due")?.map(seq_of),
        pause: row.try_get("pause")?,
        waiting: number("waiting")?,
        keys: number("keys")?,
        since: row.try_get("since")?,
    })
}

/// Whether the event is still to be tried again now; nobody changes that before the transaction ends.
pub(crate) async fn lock_due(tx: &Transaction<'_>, seq: Seq) -> Result<bool, Error> {
    let statement = tx.prepare_cached(include_str!("../../sql/parking/lock_due.sql")).await?;
    Ok(tx.query_opt(&statement, &[&position(seq)]).await?.is_some())
}

/// One event that waits.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) seq: Seq,
    /// Whether it was tried and failed, rather than waits behind one.
    pub(crate) failed: bool,
    pub(crate) keys: Vec<OrderKey>,
}

/// The first thousand events that wait, of those after `after`.
pub(crate) async fn waiting(client: &ClientWrapper, after: Seq) -> Result<Vec<Waiting>, Error> {
    let statement = client.prepare_cached(include_str!("../../sql/parking/waiting.sql")).await?;
    client.query(&statement, &[&position(after)]).await?.iter().map(of_row).collect()
}

fn of_row(row: &Row) -> Result<Waiting, Error> {
    let tenants: Vec<&str> = row.try_get("tenants")?;
    let kinds: Vec<&str> = row.try_get("kinds")?;
    let ids: Vec<Uuid> = row.try_get("ids")?;
    let columns = tenants.into_iter().zip(kinds).zip(ids);
    Ok(Waiting {
        seq: seq_of(row.try_get("seq")?),
        failed: row.try_get("failed")?,
        keys: columns.map(|((tenant, kind), id)| key(tenant, kind, id)).collect(),
    })
}

fn key(tenant: &str, kind: &str, id: Uuid) -> OrderKey {
    let tenant: Tenant = tenant.parse().expect("the slugs are those of the log");
    OrderKey { tenant, of: Ordered::of_columns(kind, id) }
}

/// A position as Postgres keeps it.
pub(crate) fn position(seq: Seq) -> i64 {
    seq.0.cast_signed()
}
