//! The rows of readers.

use deadpool_postgres::{GenericClient, Pool};
use events::SubscriberId;
use jiff::Timestamp;
use projector::sql::{column, run};
use tokio_postgres::Error;
use uuid::Uuid;

use super::{Acknowledged, ReadersError};
use crate::optional_rows::optional_rows;

/// How far a subscriber that asks over HTTP is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderState {
    /// Which subscriber.
    pub subscriber: Uuid,
    /// Up to here in the feed it has acknowledged all.
    pub position: u64,
    /// When it did.
    pub acknowledged_at: Timestamp,
}

/// How far these subscribers are. Who has acknowledged nothing is not among them.
pub async fn states(
    client: &impl GenericClient,
    subscribers: &[Uuid],
) -> Result<Vec<ReaderState>, Error> {
    let sql = include_str!("../../sql/readers/states.sql");
    let rows = optional_rows(client, sql, &[&subscribers]).await?;
    let read = rows.iter().map(|row| {
        Ok(ReaderState {
            subscriber: row.try_get(0)?,
            position: row.try_get::<_, i64>(1)?.cast_unsigned(),
            acknowledged_at: row.try_get(2)?,
        })
    });
    read.collect()
}

/// Up to where a subscriber has acknowledged in this feed.
pub(super) async fn place(
    pool: &Pool,
    subscriber: SubscriberId,
    feed: i64,
) -> Result<Option<u64>, ReadersError> {
    let sql = include_str!("../../sql/readers/place.sql");
    let rows = optional_rows(&pool.get().await?, sql, &[&subscriber.0, &feed]).await?;
    let place = rows.first().map(|row| row.try_get::<_, i64>(0)).transpose()?;
    Ok(place.map(i64::cast_unsigned))
}

/// Makes the table if it is not there, and leaves in it nobody but these.
pub(super) async fn make(pool: &Pool, subscribers: &[SubscriberId]) -> Result<(), ReadersError> {
    let client = pool.get().await?;
    client.batch_execute(include_str!("../../sql/readers/schema.sql")).await?;
    let stay = column(subscribers, |id| id.0);
    client.execute(include_str!("../../sql/readers/forget.sql"), &[&stay]).await?;
    Ok(())
}

/// Keeps these places, but none that is behind what is kept.
pub(super) async fn save(
    pool: &Pool,
    feed: i64,
    places: &[(SubscriberId, Acknowledged)],
) -> Result<(), ReadersError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    run(
        &tx,
        include_str!("../../sql/readers/save.sql"),
        &[
            &feed,
            &column(places, |(id, _)| id.0),
            &column(places, |(_, place)| place.position.cast_signed()),
            &column(places, |(_, place)| place.at),
        ],
    )
    .await?;
    tx.commit().await?;
    Ok(())
}
