//! The rows of receipts.

use deadpool_postgres::{Pool, Transaction};
use events::{EmployeeId, Seq, SubscriberId, SubscriberName, Tenant};
use jiff::Timestamp;
use projector::sql::column;
use roster::Subscriber;
use tokio_postgres::Row;
use uuid::Uuid;

use super::ReceiptsError;
use super::departures::{Said, What};

/// How far the feed was looked through.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) feed: i64,
    pub(super) position: u64,
}

/// A receipt that is opened.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    pub(super) log: u64,
    pub(super) left_at: Timestamp,
    pub(super) due_at: Timestamp,
    pub(super) subscribers: Vec<Subscriber>,
}

/// What is watched now.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Watched {
    pub(super) open: i64,
    pub(super) overdue: i64,
    /// When the last of them left.
    pub(super) last_left: Option<Timestamp>,
}

/// Somebody who fetches from NATS and is waited for.
#[derive(Clone, Debug)]
pub(super) struct Fetching {
    pub(super) tenant: Tenant,
    pub(super) subscriber: SubscriberId,
    pub(super) name: SubscriberName,
}

/// Makes the tables if they are not there, and those that are looked into.
pub(super) async fn make(pool: &Pool) -> Result<(), ReceiptsError> {
    let client = pool.get().await?;
    client.batch_execute(include_str!("../../sql/receipts/schema.sql")).await?;
    client.batch_execute(include_str!("../../sql/readers/schema.sql")).await?;
    client.batch_execute(include_str!("../../sql/webhooks/schema.sql")).await?;
    Ok(())
}

pub(super) async fn place(pool: &Pool) -> Result<Option<Place>, ReceiptsError> {
    let sql = include_str!("../../sql/receipts/place.sql");
    let row = pool.get().await?.query_opt(sql, &[]).await?;
    let place = row.map(|row| {
        let position = row.try_get::<_, i64>(1)?.cast_unsigned();
        Ok::<_, tokio_postgres::Error>(Place { feed: row.try_get(0)?, position })
    });
    Ok(place.transpose()?)
}

pub(super) async fn save_place(pool: &Pool, feed: i64, position: u64) -> Result<(), ReceiptsError> {
    let sql = include_str!("../../sql/receipts/save_place.sql");
    pool.get().await?.execute(sql, &[&feed, &position.cast_signed()]).await?;
    Ok(())
}

/// Takes in what messages say, and that the feed was looked through up to `last`.
pub(super) async fn take_in(
    pool: &Pool,
    feed: i64,
    said: &[Said],
    opened: &[Option<Opened>],
    last: u64,
    now: Timestamp,
) -> Result<(), ReceiptsError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    for (said, opened) in said.iter().zip(opened) {
        let (tenant, employee) = (said.tenant.as_str(), said.employee.0);
        match said.what {
            What::Left { .. } => {
                if let Some(opened) = opened {
                    open(&tx, feed, said, opened).await?;
                }
            }
            What::Returned => {
                let position = said.position.cast_signed();
                let sql = include_str!("../../sql/receipts/supersede.sql");
                tx.execute(sql, &[&tenant, &employee, &feed, &position, &now]).await?;
            }
            What::Erased => {
                let sql = include_str!("../../sql/receipts/erase.sql");
                tx.execute(sql, &[&tenant, &employee]).await?;
            }
        }
    }
    let sql = include_str!("../../sql/receipts/save_place.sql");
    tx.execute(sql, &[&feed, &last.cast_signed()]).await?;
    tx.commit().await?;
    Ok(())
}

async fn open(
    tx: &Transaction<'_>,
    feed: i64,
    said: &Said,
    opened: &Opened,
) -> Result<(), ReceiptsError> {
    let row = tx
        .query_one(
            include_str!("../../sql/receipts/open.sql"),
            &[
                &said.tenant.as_str(),
                &said.employee.0,
                &opened.log.cast_signed(),
                &opened.left_at,
                &feed,
                &said.position.cast_signed(),
                &opened.due_at,
            ],
        )
        .await?;
    let (id, is_new): (i64, bool) = (row.try_get(0)?, row.try_get(1)?);
    if is_new {
        let sql = include_str!("../../sql/receipts/open_subscribers.sql");
        let ids = column(&opened.subscribers, |one| one.id.0);
        let names = column(&opened.subscribers, |one| one.name.as_str());
        let doors = column(&opened.subscribers, |one| one.door.as_str());
        tx.execute(sql, &[&id, &ids, &names, &doors]).await?;
    }
    Ok(())
}

pub(super) async fn watched(pool: &Pool) -> Result<Watched, ReceiptsError> {
    let sql = include_str!("../../sql/receipts/watched.sql");
    let row = pool.get().await?.query_one(sql, &[]).await?;
    let (open, overdue) = (row.try_get(0)?, row.try_get(1)?);
    Ok(Watched { open, overdue, last_left: row.try_get(2)? })
}

pub(super) async fn fetching(pool: &Pool, feed: i64) -> Result<Vec<Fetching>, ReceiptsError> {
    let sql = include_str!("../../sql/receipts/fetching.sql");
    let rows = pool.get().await?.query(sql, &[&feed]).await?;
    Ok(rows.iter().filter_map(read_fetching).collect())
}

/// What we wrote ourselves can be read.
fn read_fetching(row: &Row) -> Option<Fetching> {
    let (tenant, subscriber): (&str, Uuid) = (row.try_get(0).ok()?, row.try_get(1).ok()?);
    let name = row.try_get::<_, &str>(2).ok()?.parse().ok()?;
    Some(Fetching { tenant: tenant.parse().ok()?, subscriber: SubscriberId(subscriber), name })
}

/// Whether there is a receipt of a departure.
pub(super) async fn is_there(pool: &Pool, said: &Said, log: u64) -> Result<bool, ReceiptsError> {
    let sql = include_str!("../../sql/receipts/is_there.sql");
    let values = (said.tenant.as_str(), said.employee.0, log.cast_signed());
    let row = pool.get().await?.query_one(sql, &[&values.0, &values.1, &values.2]).await?;
    Ok(row.try_get(0)?)
}

/// Nobody is waited for but these, as far as the log is known up to `seq`.
pub(super) async fn removed(
    pool: &Pool,
    subscribers: &[Uuid],
    seq: Seq,
    now: Timestamp,
) -> Result<(), ReceiptsError> {
    let sql = include_str!("../../sql/receipts/removed.sql");
    let known = seq.0.cast_signed();
    pool.get().await?.execute(sql, &[&subscribers, &known, &now]).await?;
    Ok(())
}

/// Forgets receipts that were closed before, and what webhooks accepted before.
pub(super) async fn tidy(
    pool: &Pool,
    closed_before: Timestamp,
    accepted_before: Timestamp,
) -> Result<(), ReceiptsError> {
    let sql = include_str!("../../sql/receipts/tidy.sql");
    pool.get().await?.execute(sql, &[&closed_before, &accepted_before]).await?;
    Ok(())
}

/// A receipt that is to be closed, and one of its subscribers.
#[derive(Clone, Debug)]
pub(super) struct Closing {
    pub(super) id: i64,
    pub(super) tenant: Tenant,
    pub(super) employee: EmployeeId,
    pub(super) log: Seq,
    pub(super) left_at: Timestamp,
    pub(super) subscriber: SubscriberId,
    pub(super) name: SubscriberName,
    pub(super) is_removed: bool,
    /// After how long it acknowledged.
    pub(super) milliseconds: Option<u64>,
}

pub(super) async fn to_be_closed(
    pool: &Pool,
    now: Timestamp,
) -> Result<Vec<Closing>, ReceiptsError> {
    let sql = include_str!("../../sql/receipts/to_be_closed.sql");
    let rows = pool.get().await?.query(sql, &[&now]).await?;
    Ok(rows.iter().filter_map(read_closing).collect())
}

/// What we wrote ourselves can be read.
fn read_closing(row: &Row) -> Option<Closing> {
    let milliseconds: Option<f64> = row.try_get(8).ok()?;
    Some(Closing {
        id: row.try_get(0).ok()?,
        tenant: row.try_get::<_, &str>(1).ok()?.parse().ok()?,
        employee: EmployeeId(row.try_get(2).ok()?),
        log: Seq(row.try_get::<_, i64>(3).ok()?.cast_unsigned()),
        left_at: row.try_get(4).ok()?,
        subscriber: SubscriberId(row.try_get(5).ok()?),
        name: row.try_get::<_, &str>(6).ok()?.parse().ok()?,
        is_removed: row.try_get(7).ok()?,
        milliseconds: milliseconds.map(whole),
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds between two times of ours, which are not negative"
)]
fn whole(milliseconds: f64) -> u64 {
    milliseconds.max(0.0).round() as u64
}

pub(super) async fn closed(
    pool: &Pool,
    id: i64,
    now: Timestamp,
    outcome: &str,
) -> Result<(), ReceiptsError> {
    let sql = include_str!("../../sql/receipts/close.sql");
    pool.get().await?.execute(sql, &[&id, &now, &outcome]).await?;
    Ok(())
}
