//! Where it is kept how far subscribers have come: by webhooks, readers and receipts alike.

use std::time::Duration;

use eventlog::sentence;
use projector::Database;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Connections that the delivery may open to Postgres.
pub(crate) const CONNECTIONS: usize = 8;
/// How long to wait until Postgres is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// The database, once it is connected to; none ever, and nobody who would tell, if there is no URL.
pub(crate) type DeliveryDatabase = watch::Receiver<Option<Database>>;

/// A database that is connected to.
pub(crate) fn connected(database: Database) -> DeliveryDatabase {
    watch::channel(Some(database)).1
}

/// The database at `url`, which may be away.
pub(crate) fn connect(url: Option<String>, stop: &CancellationToken) -> DeliveryDatabase {
    let (found, database) = watch::channel(None);
    match url {
        Some(url) => {
            let (stop, found) = (stop.clone(), found);
            tokio::spawn(async move {
                if let Some(database) = stop.run_until_cancelled(until_there(&url)).await {
                    found.send_replace(Some(database));
                    found.closed().await;
                }
            });
        }
        None => tracing::info!(
            "there is no DATABASE_URL: no webhooks are sent, and no places of readers kept"
        ),
    }
    database
}

async fn until_there(url: &str) -> Database {
    let mut told = false;
    loop {
        match Database::connect(url, CONNECTIONS).await {
            Ok(database) => return database,
            Err(error) => {
                if !std::mem::replace(&mut told, true) {
                    let error = sentence(&error);
                    tracing::warn!(error, "no webhooks are sent until Postgres answers");
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
