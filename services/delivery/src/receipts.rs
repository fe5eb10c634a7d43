//! Receipts: of each departure, which subscribers have acknowledged it, and after how long.
//!
//! All that is written is written once, however often it is said: so several processes may do this at the
//! same time, and one that was killed goes on.

mod close;
mod departures;
mod follow;
mod last;
mod metrics;
mod overdue;
mod rows;
mod settle;

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::PoolError;
use eventlog::{Feed, ReadError, sentence};
use projector::Database;
use projector::database::SqlError;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use writer::{Outage, Writer};

pub use last::{ReceiptState, ReceiptSubscriber, last_of};
pub use metrics::ReceiptMetrics;
pub use overdue::{OverdueReceipt, overdue_of};

/// How long until it is tried again what failed.
const PAUSE: Duration = Duration::from_secs(1);
/// For so long an outage is the business of whoever tells of outages.
const PASSING: Duration = Duration::from_mins(1);

/// Keeps the receipts of departures.
#[derive(Clone, Debug)]
pub struct Receipts {
    /// Who says in the log that a receipt is closed, and knows who is a subscriber.
    pub writer: Writer,
    /// The feed.
    pub feed: Feed,
    /// Where receipts are kept.
    pub database: Database,
    /// How long a departure may take to be acknowledged by all.
    pub due_after: Duration,
    /// What is counted.
    pub metrics: ReceiptMetrics,
}

/// Why receipts cannot be kept just now.
#[derive(Debug, thiserror::Error)]
enum ReceiptsError {
    #[error("borrow a connection to keep receipts")]
    Connect(#[from] PoolError),
    #[error("keep receipts")]
    Ask(#[source] SqlError),
    #[error(transparent)]
    Feed(#[from] ReadError),
    #[error("ask a subscriber's consumer how far it is")]
    Consumer(#[source] eventlog::Cause),
    #[error(transparent)]
    Log(#[from] Outage),
}

impl From<tokio_postgres::Error> for ReceiptsError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Ask(error.into())
    }
}

impl Receipts {
    /// Keeps them until `stop`; waits out outages.
    pub async fn keep(self, stop: CancellationToken) {
        let mut failing: Option<Instant> = None;
        let mut is_told = false;
        loop {
            let begun = Instant::now();
            let kept = stop.run_until_cancelled(Box::pin(self.keep_on())).await;
            let Some(Err(error)) = kept else { return };
            if begun.elapsed() > PASSING {
                (failing, is_told) = (None, false);
            }
            let since = *failing.get_or_insert_with(Instant::now);
            let error = sentence(&error);
            if since.elapsed() > PASSING && !std::mem::replace(&mut is_told, true) {
                tracing::warn!(error, "no receipts of departures are kept");
            } else {
                tracing::debug!(error, "receipts of departures wait");
            }
            if stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_none() {
                return;
            }
        }
    }

    /// Keeps them until something fails.
    async fn keep_on(&self) -> Result<std::convert::Infallible, ReceiptsError> {
        let end = self.feed.end().await?;
        let feed = i64::try_from(end.created.as_nanosecond()).unwrap_or(i64::MAX);
        rows::make(self.database.pool()).await?;
        let after = match rows::place(self.database.pool()).await? {
            Some(place) if place.feed == feed => place.position,
            // All is told anew.
            Some(_) => 0,
            // What was before nobody kept receipts of.
            None => {
                rows::save_place(self.database.pool(), feed, end.seq).await?;
                end.seq
            }
        };
        let news = Arc::new(Notify::new());
        let following = self.follow(feed, after, &news);
        let settling = self.settle(feed, &news);
        tokio::select! {
            ended = following => ended,
            ended = settling => ended,
        }
    }
}
