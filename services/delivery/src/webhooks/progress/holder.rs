//! Who sends webhooks: one process, so that of each person one event is under way.
//!
//! A lock of the session says who, and goes with its connection. One who sleeps past the lease is ended by
//! the next, and what it still writes bears an old token.

use std::time::Duration;

use deadpool_postgres::{ClientWrapper, Object};
use projector::Database;
use tokio_util::sync::CancellationToken;

use super::ProgressError;

/// The lock. Nobody else uses this number.
const LOCK: i64 = 0x526f_6c6c_7765_6268;
/// How often a process that stands by looks whether the holder is still there.
const STANDBY: Duration = Duration::from_millis(500);
/// How often the holder says that it is there.
const RENEWAL: Duration = Duration::from_secs(2);
/// A holder who has not been heard of for so many seconds is replaced.
const LEASE_SECONDS: f64 = 15.0;

/// The lease of the one process that sends webhooks.
#[derive(Debug)]
pub(in crate::webhooks) struct Holder {
    client: ClientWrapper,
    /// What this holder's writes bear.
    pub(in crate::webhooks) token: i64,
}

impl Holder {
    /// Waits until nobody else sends webhooks, and makes the tables if they are not there.
    pub(in crate::webhooks) async fn wait(
        database: &Database,
        standing_by: impl Fn(),
    ) -> Result<Self, ProgressError> {
        let client = Object::take(database.pool().get().await?);
        loop {
            if client.query_one("SELECT pg_try_advisory_lock($1)", &[&LOCK]).await?.try_get(0)? {
                client.batch_execute(include_str!("../../../sql/webhooks/schema.sql")).await?;
                let sql = include_str!("../../../sql/webhooks/take_over.sql");
                let token = client.query_one(sql, &[]).await?.try_get(0)?;
                return Ok(Self { client, token });
            }
            standing_by();
            end_silent(&client).await?;
            tokio::time::sleep(STANDBY).await;
        }
    }

    /// Says that the holder is there, until it is the holder no more.
    pub(in crate::webhooks) async fn keep(
        &self,
        stop: &CancellationToken,
    ) -> Result<(), ProgressError> {
        let renew = include_str!("../../../sql/webhooks/renew.sql");
        loop {
            let renewed = async { self.client.execute(renew, &[&self.token]).await };
            match tokio::time::timeout(RENEWAL * 2, renewed).await {
                Ok(Ok(1)) => {}
                Ok(Ok(_)) | Err(_) => return Err(ProgressError::Replaced),
                Ok(Err(error)) => return Err(error.into()),
            }
            if stop.run_until_cancelled(tokio::time::sleep(RENEWAL)).await.is_none() {
                return Ok(());
            }
        }
    }
}

async fn end_silent(client: &ClientWrapper) -> Result<(), ProgressError> {
    let question = include_str!("../../../sql/webhooks/holder_silent_seconds.sql");
    // The first holder of all may just be making the tables.
    let Ok(Some(row)) = client.query_opt(question, &[]).await else { return Ok(()) };
    if row.try_get::<_, f64>(0)? > LEASE_SECONDS {
        tracing::warn!("who sends webhooks has not been heard of, and is ended");
        client
            .execute(include_str!("../../../sql/webhooks/end_silent_holder.sql"), &[&LOCK])
            .await?;
    }
    Ok(())
}
