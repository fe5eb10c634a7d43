//! Keeps what changed, of many subscribers in one transaction.

use deadpool_postgres::{Pool, Transaction};
use events::Seq;
use jiff::Timestamp;
use projector::sql::{column, run};
use tokio_postgres::Error;
use uuid::Uuid;

use super::ProgressError;
use crate::webhooks::lanes::{Changes, Lane};

/// What changed of one subscriber.
#[derive(Clone, Debug)]
pub(in crate::webhooks) struct Save {
    /// Of which course it is: the subscriber's id, or that of a replay.
    pub(in crate::webhooks) key: Uuid,
    /// Whose it is, and its dead letters.
    pub(in crate::webhooks) subscriber: Uuid,
    /// Where in the log the course began.
    pub(in crate::webhooks) begun: Seq,
    /// How many events were accepted.
    pub(in crate::webhooks) accepted: u64,
    pub(in crate::webhooks) changes: Changes,
    pub(in crate::webhooks) given_up: Vec<GivenUp>,
    /// Dead letters that wait in their lanes again.
    pub(in crate::webhooks) resent: Vec<u64>,
    /// Departures that were accepted, and when, for their receipts.
    pub(in crate::webhooks) departures: Vec<(u64, Timestamp)>,
    pub(in crate::webhooks) state: &'static str,
    pub(in crate::webhooks) failing_since: Option<Timestamp>,
    pub(in crate::webhooks) accepted_at: Option<Timestamp>,
    pub(in crate::webhooks) oldest_at: Option<Timestamp>,
    pub(in crate::webhooks) failed: u32,
    /// Why the last try failed, if it did.
    pub(in crate::webhooks) last_failure: Option<String>,
}

/// An event that was given up.
#[derive(Clone, Debug)]
pub(in crate::webhooks) struct GivenUp {
    pub(in crate::webhooks) position: u64,
    pub(in crate::webhooks) lane: Lane,
    pub(in crate::webhooks) tries: u32,
    pub(in crate::webhooks) first_failed_at: Timestamp,
    pub(in crate::webhooks) given_up_at: Timestamp,
    pub(in crate::webhooks) cause: String,
}

/// Keeps all of these, or nothing. Who is not the holder any more keeps nothing.
pub(in crate::webhooks) async fn save(
    pool: &Pool,
    token: i64,
    saves: &[Save],
) -> Result<(), ProgressError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let holder = tx.prepare_cached(include_str!("../../../sql/webhooks/check_holder.sql")).await?;
    tx.query_opt(&holder, &[&token]).await?.ok_or(ProgressError::Replaced)?;
    let saves = &current(&tx, saves).await?;
    positions(&tx, saves).await?;
    waiting(&tx, saves).await?;
    lanes(&tx, saves).await?;
    dead_letters(&tx, saves).await?;
    departures(&tx, saves).await?;
    tx.commit().await?;
    Ok(())
}

/// Those that are not of a course from before a reset, which has had its last word too late.
async fn current(tx: &Transaction<'_>, saves: &[Save]) -> Result<Vec<Save>, Error> {
    let sql = tx.prepare_cached(include_str!("../../../sql/webhooks/begun_anew.sql")).await?;
    let (keys, begun) =
        (column(saves, |save| save.key), column(saves, |save| save.begun.0.cast_signed()));
    let rows = tx.query(&sql, &[&keys, &begun]).await?;
    let late = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<Uuid>, _>>()?;
    Ok(saves.iter().filter(|save| !late.contains(&save.key)).cloned().collect())
}

async fn positions(tx: &Transaction<'_>, saves: &[Save]) -> Result<(), Error> {
    run(
        tx,
        include_str!("../../../sql/webhooks/save_webhooks.sql"),
        &[
            &column(saves, |save| save.key),
            &column(saves, |save| save.changes.settled.cast_signed()),
            &column(saves, |save| save.state),
            &column(saves, |save| save.failing_since),
            &column(saves, |save| save.accepted_at),
            &column(saves, |save| save.oldest_at),
            &column(saves, |save| save.failed.cast_signed()),
            &column(saves, |save| save.last_failure.as_deref()),
            &column(saves, |save| save.begun.0.cast_signed()),
            &column(saves, |save| save.accepted.cast_signed()),
        ],
    )
    .await
}

async fn waiting(tx: &Transaction<'_>, saves: &[Save]) -> Result<(), Error> {
    let rows = of_each(saves, |save| save.key, |save| &save.changes.waiting);
    if !rows.is_empty() {
        let sql = include_str!("../../../sql/webhooks/save_waiting.sql");
        let positions = column(&rows, |(_, (position, _))| position.cast_signed());
        let lanes = column(&rows, |(_, (_, lane))| lane.as_ref());
        run(tx, sql, &[&column(&rows, |(subscriber, _)| *subscriber), &positions, &lanes]).await?;
    }
    let rows = of_each(saves, |save| save.key, |save| &save.changes.done);
    if !rows.is_empty() {
        let sql = include_str!("../../../sql/webhooks/delete_waiting.sql");
        let positions = column(&rows, |(_, position)| position.cast_signed());
        run(tx, sql, &[&column(&rows, |(subscriber, _)| *subscriber), &positions]).await?;
    }
    Ok(())
}

async fn lanes(tx: &Transaction<'_>, saves: &[Save]) -> Result<(), Error> {
    let rows = of_each(saves, |save| save.key, |save| &save.changes.retries);
    if !rows.is_empty() {
        run(
            tx,
            include_str!("../../../sql/webhooks/save_lanes.sql"),
            &[
                &column(&rows, |(subscriber, _)| *subscriber),
                &column(&rows, |(_, (lane, _))| lane.as_ref()),
                &column(&rows, |(_, (_, retry))| retry.tries.cast_signed()),
                &column(&rows, |(_, (_, retry))| retry.first_failed_at),
                &column(&rows, |(_, (_, retry))| retry.next_at),
            ],
        )
        .await?;
    }
    let rows = of_each(saves, |save| save.key, |save| &save.changes.recovered);
    if !rows.is_empty() {
        let sql = include_str!("../../../sql/webhooks/delete_lanes.sql");
        let lanes = column(&rows, |(_, lane)| lane.as_ref());
        run(tx, sql, &[&column(&rows, |(subscriber, _)| *subscriber), &lanes]).await?;
    }
    Ok(())
}

async fn dead_letters(tx: &Transaction<'_>, saves: &[Save]) -> Result<(), Error> {
    let rows = of_each(saves, |save| save.subscriber, |save| &save.resent);
    if !rows.is_empty() {
        let sql = include_str!("../../../sql/webhooks/delete_resent.sql");
        let positions = column(&rows, |(_, position)| position.cast_signed());
        run(tx, sql, &[&column(&rows, |(subscriber, _)| *subscriber), &positions]).await?;
    }
    let rows = of_each(saves, |save| save.subscriber, |save| &save.given_up);
    if rows.is_empty() {
        return Ok(());
    }
    run(
        tx,
        include_str!("../../../sql/webhooks/save_dead_letters.sql"),
        &[
            &column(&rows, |(subscriber, _)| *subscriber),
            &column(&rows, |(_, letter)| letter.position.cast_signed()),
            &column(&rows, |(_, letter)| letter.lane.as_ref()),
            &column(&rows, |(_, letter)| letter.tries.cast_signed()),
            &column(&rows, |(_, letter)| letter.first_failed_at),
            &column(&rows, |(_, letter)| letter.given_up_at),
            &column(&rows, |(_, letter)| letter.cause.as_str()),
        ],
    )
    .await
}

async fn departures(tx: &Transaction<'_>, saves: &[Save]) -> Result<(), Error> {
    let rows = of_each(saves, |save| save.subscriber, |save| &save.departures);
    if rows.is_empty() {
        return Ok(());
    }
    run(
        tx,
        include_str!("../../../sql/webhooks/save_departures.sql"),
        &[
            &column(&rows, |(subscriber, _)| *subscriber),
            &column(&rows, |(_, (position, _))| position.cast_signed()),
            &column(&rows, |(_, (_, at))| *at),
        ],
    )
    .await
}

/// The rows of all, each with whose it is.
fn of_each<'s, R>(
    saves: &'s [Save],
    whose: impl Fn(&Save) -> Uuid,
    rows: impl Fn(&'s Save) -> &'s Vec<R>,
) -> Vec<(Uuid, &'s R)> {
    let of = |save| {
        let whose = whose(save);
        rows(save).iter().map(move |row| (whose, row))
    };
    saves.iter().flat_map(of).collect()
}
