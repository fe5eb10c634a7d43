//! Replay: read models from nothing.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chassis::{CancellationToken, Database, Gauge, Log, LogOptions, Projection};
use directory::Directory;
use events::{Position, Seq};
use futures_util::StreamExt as _;
use retention::Retention;
use teams::Teams;
use tokio_postgres::NoTls;

use crate::program::Place;

/// How long each took over all the events of the log.
pub(crate) struct Replays {
    pub(crate) events: u64,
    /// The limit: to read the log and check its chain.
    pub(crate) reading: Duration,
    pub(crate) building: Vec<(&'static str, Duration)>,
}

/// Builds each read model anew, one after the other, in a database of its own.
pub(crate) async fn replays(place: &Place) -> anyhow::Result<Replays> {
    let log = Log::open(&place.nats_url, LogOptions::default()).await?;
    let end = log.end().await?;
    let asked = Instant::now();
    let mut entries = pin!(log.follow(Position::START));
    while let Some(entry) = entries.next().await {
        if entry?.seq >= end {
            break;
        }
    }
    let reading = asked.elapsed();
    let database = Database::connect(&empty_database(&place.database_url).await?, 4).await?;
    let building = vec![
        (Directory::NAME, build::<Directory>(&log, &database, end).await?),
        (Teams::NAME, build::<Teams>(&log, &database, end).await?),
        (Retention::NAME, build::<Retention>(&log, &database, end).await?),
    ];
    Ok(Replays { events: end.0, reading, building })
}

async fn build<P: Projection>(
    log: &Log,
    database: &Database,
    end: Seq,
) -> anyhow::Result<Duration> {
    let gauge = Arc::new(Gauge::default());
    let stop = CancellationToken::new();
    let asked = Instant::now();
    let projector = {
        let (log, database) = (log.clone(), database.clone());
        let (gauge, stop) = (Arc::clone(&gauge), stop.clone());
        tokio::spawn(
            async move { chassis::project::<P>(log, database, P::NAME, gauge, stop).await },
        )
    };
    gauge.watch().wait_for(|reading| reading.position >= end).await?;
    let took = asked.elapsed();
    stop.cancel();
    projector.await??;
    Ok(took)
}

/// The URL of a new database beside the one at `url`.
async fn empty_database(url: &str) -> anyhow::Result<String> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    client.batch_execute("CREATE DATABASE replay").await.context("make a database")?;
    let (server, _) = url.rsplit_once('/').context("a database URL with a database")?;
    Ok(format!("{server}/replay"))
}
