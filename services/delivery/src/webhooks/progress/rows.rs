//! What operators see of progress, and what they ask for.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use tokio_postgres::Error;
use uuid::Uuid;

use crate::optional_rows::optional_rows;

/// How a subscriber stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookState {
    /// Which subscriber.
    pub subscriber: Uuid,
    /// Up to here in the feed all is accepted, or waits, or is a dead letter.
    pub position: u64,
    /// `delivering`, `waiting` (the receiver asked for time), `away` or `disabled`.
    pub state: String,
    /// Since when nothing has been accepted, though it was tried.
    pub failing_since: Option<Timestamp>,
    /// When something was accepted last.
    pub accepted_at: Option<Timestamp>,
    /// Since when the oldest event has waited that is not accepted.
    pub oldest_at: Option<Timestamp>,
    /// How many tries failed within the last hour.
    pub failed: u32,
    /// Why the last one failed.
    pub last_failure: Option<String>,
    /// How many events wait because one of their lane was not accepted.
    pub waiting: u64,
    /// How many events were given up.
    pub dead_letters: u64,
    /// Where in the log it was added or reset when it came so far; nothing if nobody kept that.
    pub begun: Option<u64>,
    /// How many events were accepted.
    pub accepted: u64,
}

/// An event that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its position in the feed.
    pub position: u64,
    /// Whom or what it is about.
    pub about: String,
    /// How often it was tried.
    pub tries: u32,
    /// When that failed first.
    pub first_failed_at: Timestamp,
    /// When it was given up.
    pub given_up_at: Timestamp,
    /// Why it was not accepted: a status, or a word.
    pub cause: String,
    /// Whether it is about to be sent again.
    pub resend: bool,
}

/// What somebody should look at, of all subscribers together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Troubles {
    /// How many disabled themselves.
    pub disabled: u64,
    /// How many receivers are away.
    pub away: u64,
    /// How many events were given up.
    pub dead_letters: u64,
}

/// What somebody should look at.
pub async fn troubles(client: &impl GenericClient) -> Result<Troubles, Error> {
    let sql = include_str!("../../../sql/webhooks/troubles.sql");
    let rows = optional_rows(client, sql, &[]).await?;
    let Some(row) = rows.first() else { return Ok(Troubles::default()) };
    let count = |index: usize| Ok::<_, Error>(row.try_get::<_, i64>(index)?.cast_unsigned());
    Ok(Troubles { disabled: count(0)?, away: count(1)?, dead_letters: count(2)? })
}

/// How these subscribers stand. Who has not begun is not among them.
pub async fn states(
    client: &impl GenericClient,
    subscribers: &[Uuid],
) -> Result<Vec<WebhookState>, Error> {
    let rows =
        optional_rows(client, include_str!("../../../sql/webhooks/states.sql"), &[&subscribers])
            .await?;
    let read = rows.iter().map(|row| {
        Ok(WebhookState {
            subscriber: row.try_get(0)?,
            position: row.try_get::<_, i64>(1)?.cast_unsigned(),
            state: row.try_get(2)?,
            failing_since: row.try_get(3)?,
            accepted_at: row.try_get(4)?,
            oldest_at: row.try_get(5)?,
            failed: row.try_get::<_, i32>(6)?.cast_unsigned(),
            last_failure: row.try_get(7)?,
            waiting: row.try_get::<_, i64>(8)?.cast_unsigned(),
            dead_letters: row.try_get::<_, i64>(9)?.cast_unsigned(),
            begun: row.try_get::<_, Option<i64>>(10)?.map(i64::cast_unsigned),
            accepted: row.try_get::<_, Option<i64>>(11)?.unwrap_or_default().cast_unsigned(),
        })
    });
    read.collect()
}

/// A subscriber's dead letters behind a position.
pub async fn dead_letters(
    client: &impl GenericClient,
    subscriber: Uuid,
    after: u64,
    limit: u16,
) -> Result<Vec<DeadLetter>, Error> {
    let sql = include_str!("../../../sql/webhooks/dead_letters.sql");
    let rows =
        optional_rows(client, sql, &[&subscriber, &after.cast_signed(), &i64::from(limit)]).await?;
    let read = rows.iter().map(|row| {
        Ok(DeadLetter {
            position: row.try_get::<_, i64>(0)?.cast_unsigned(),
            about: row.try_get(1)?,
            tries: row.try_get::<_, i32>(2)?.cast_unsigned(),
            first_failed_at: row.try_get(3)?,
            given_up_at: row.try_get(4)?,
            cause: row.try_get(5)?,
            resend: row.try_get(6)?,
        })
    });
    read.collect()
}

/// Asks for dead letters to be sent again: these, or all. Returns how many there are.
pub async fn resend(
    client: &impl GenericClient,
    subscriber: Uuid,
    positions: Option<&[u64]>,
) -> Result<u64, Error> {
    let positions: Option<Vec<_>> =
        positions.map(|some| some.iter().map(|position| position.cast_signed()).collect());
    let sql = include_str!("../../../sql/webhooks/mark_resend.sql");
    Ok(optional_rows(client, sql, &[&subscriber, &positions]).await?.len() as u64)
}
