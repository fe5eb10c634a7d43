//! Reads what was kept, to go on from it.

use std::collections::HashSet;

use deadpool_postgres::Pool;
use events::Seq;
use jiff::Timestamp;
use uuid::Uuid;

use super::ProgressError;
use crate::webhooks::lanes::{Kept, Lane, Retry};

/// What was kept of one subscriber.
#[derive(Debug)]
pub(in crate::webhooks) struct Loaded {
    pub(in crate::webhooks) kept: Kept,
    pub(in crate::webhooks) failing_since: Option<Timestamp>,
    /// How many events were accepted.
    pub(in crate::webhooks) accepted: u64,
    /// The place of the last event, if it is a replay.
    pub(in crate::webhooks) until: Option<u64>,
}

impl Loaded {
    /// Nothing yet, behind a place.
    pub(in crate::webhooks) fn at(settled: u64) -> Self {
        let kept = Kept { settled, ..Kept::default() };
        Self { kept, failing_since: None, accepted: 0, until: None }
    }
}

/// A dead letter that somebody wants to be sent again.
#[derive(Debug)]
pub(in crate::webhooks) struct Resend {
    pub(in crate::webhooks) subscriber: Uuid,
    pub(in crate::webhooks) position: u64,
    pub(in crate::webhooks) lane: Lane,
}

/// What was kept of a course, and where in the log that began; nothing if it is new. Who kept it before it
/// was known that a course can begin anew did not say where.
pub(in crate::webhooks) async fn load(
    pool: &Pool,
    subscriber: Uuid,
) -> Result<Option<(Loaded, Option<Seq>)>, ProgressError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let webhook = include_str!("../../../sql/webhooks/load_webhook.sql");
    let Some(row) = tx.query_opt(webhook, &[&subscriber]).await? else { return Ok(None) };
    let mut kept = Kept { settled: position(row.try_get(0)?), ..Kept::default() };
    for row in
        tx.query(include_str!("../../../sql/webhooks/load_waiting.sql"), &[&subscriber]).await?
    {
        kept.positions.push((position(row.try_get(0)?), lane(row.try_get(1)?)));
    }
    for row in
        tx.query(include_str!("../../../sql/webhooks/load_lanes.sql"), &[&subscriber]).await?
    {
        let retry = Retry {
            tries: row.try_get::<_, i32>(1)?.cast_unsigned(),
            first_failed_at: row.try_get(2)?,
            next_at: row.try_get(3)?,
        };
        kept.retries.push((lane(row.try_get(0)?), retry));
    }
    let begun = row.try_get::<_, Option<i64>>(2)?.map(|seq| Seq(seq.cast_unsigned()));
    let accepted = row.try_get::<_, Option<i64>>(3)?.unwrap_or_default().cast_unsigned();
    Ok(Some((Loaded { kept, failing_since: row.try_get(1)?, accepted, until: None }, begun)))
}

/// Forgets how far a course has come, which begins anew behind a place. Only the holder may.
pub(in crate::webhooks) async fn begin_anew(
    pool: &Pool,
    token: i64,
    course: Uuid,
    (place, begun): (u64, Seq),
) -> Result<(), ProgressError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let holder = include_str!("../../../sql/webhooks/check_holder.sql");
    tx.query_opt(holder, &[&token]).await?.ok_or(ProgressError::Replaced)?;
    let sql = include_str!("../../../sql/webhooks/begin_anew.sql");
    tx.execute(sql, &[&course, &place.cast_signed(), &begun.0.cast_signed()]).await?;
    tx.commit().await?;
    Ok(())
}

/// What somebody wants to be sent again.
pub(in crate::webhooks) async fn resends(pool: &Pool) -> Result<Vec<Resend>, ProgressError> {
    let client = pool.get().await?;
    let asked =
        client.prepare_cached(include_str!("../../../sql/webhooks/load_resends.sql")).await?;
    let rows = client.query(&asked, &[]).await?;
    let read = rows.iter().map(|row| {
        Ok(Resend {
            subscriber: row.try_get(0)?,
            position: position(row.try_get(1)?),
            lane: lane(row.try_get(2)?),
        })
    });
    read.collect()
}

/// Lets a subscriber begin its tries anew, once it is enabled again.
pub(in crate::webhooks) async fn forgive(
    pool: &Pool,
    subscriber: Uuid,
) -> Result<(), ProgressError> {
    let sql = include_str!("../../../sql/webhooks/forgive.sql");
    pool.get().await?.execute(sql, &[&subscriber]).await?;
    Ok(())
}

/// Forgets whoever is a subscriber no more.
pub(in crate::webhooks) async fn forget_all_but(
    pool: &Pool,
    subscribers: &HashSet<Uuid>,
) -> Result<(), ProgressError> {
    let client = pool.get().await?;
    let known = client.query(include_str!("../../../sql/webhooks/known.sql"), &[]).await?;
    let known = known.iter().map(|row| row.try_get(0)).collect::<Result<Vec<Uuid>, _>>()?;
    let gone: Vec<_> = known.into_iter().filter(|known| !subscribers.contains(known)).collect();
    if !gone.is_empty() {
        client.execute(include_str!("../../../sql/webhooks/forget.sql"), &[&gone]).await?;
    }
    Ok(())
}

fn position(column: i64) -> u64 {
    column.cast_unsigned()
}

fn lane(column: &str) -> Lane {
    column.into()
}
