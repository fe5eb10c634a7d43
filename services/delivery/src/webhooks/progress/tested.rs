//! What came of test events.

use deadpool_postgres::{GenericClient, Pool};
use jiff::Timestamp;
use tokio_postgres::Error;
use uuid::Uuid;

use super::ProgressError;
use crate::optional_rows::optional_rows;

/// What came of the last test of a subscriber.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentTest {
    /// Which one.
    pub test: Uuid,
    /// `accepted`, or why it was not: a status, or a word.
    pub outcome: String,
    /// How long the receiver took, in milliseconds.
    pub took: u32,
    /// When.
    pub at: Timestamp,
}

/// What came of the last test of a subscriber, if one was sent.
pub async fn sent_test(
    client: &impl GenericClient,
    subscriber: Uuid,
) -> Result<Option<SentTest>, Error> {
    let rows =
        optional_rows(client, include_str!("../../../sql/webhooks/load_test.sql"), &[&subscriber])
            .await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(SentTest {
        test: row.try_get(0)?,
        outcome: row.try_get(1)?,
        took: row.try_get::<_, i32>(2)?.cast_unsigned(),
        at: row.try_get(3)?,
    }))
}

pub(in crate::webhooks) async fn kept_test(
    pool: &Pool,
    subscriber: Uuid,
) -> Result<Option<SentTest>, ProgressError> {
    Ok(sent_test(&pool.get().await?, subscriber).await?)
}

/// Keeps what came of a test. Who is not the holder any more keeps nothing.
pub(in crate::webhooks) async fn keep_test(
    pool: &Pool,
    token: i64,
    subscriber: Uuid,
    test: Uuid,
    outcome: &str,
    took: i32,
) -> Result<(), ProgressError> {
    let sql = include_str!("../../../sql/webhooks/save_test.sql");
    let client = pool.get().await?;
    client.execute(sql, &[&subscriber, &test, &outcome, &took, &token]).await?;
    Ok(())
}
