//! From the 2xx to the live slot's checkpoint.

use std::sync::mpsc::Receiver;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio_postgres::NoTls;

use super::Took;

/// Between two looks at the checkpoint. It shares the machine with what it measures, and what it
/// looks for is some seconds.
const LOOK: Duration = Duration::from_millis(3);
/// What takes so long will not come.
const GIVE_UP: Duration = Duration::from_mins(2);

/// What a writer was told is in the log.
#[derive(Clone, Copy)]
pub(super) struct Promise {
    pub(super) position: u64,
    pub(super) answered_at: Instant,
}

/// Looks at the checkpoint of the live slot until it has seen all that was promised.
#[tokio::main(flavor = "current_thread")]
pub(super) async fn watch(
    database_url: &str,
    model: &str,
    promised: &Receiver<Promise>,
) -> anyhow::Result<Vec<Took>> {
    let (client, connection) = tokio_postgres::connect(database_url, NoTls).await?;
    // It ends with the client, and a connection that breaks fails the statement that is on it.
    tokio::spawn(connection);
    let look = client.prepare(&format!("SELECT seq FROM {model}.checkpoint")).await?;
    let mut lags = Vec::new();
    let mut missing: Vec<Promise> = Vec::new();
    loop {
        if missing.is_empty() {
            let Ok(promise) = promised.recv() else { return Ok(lags) };
            missing.push(promise);
        }
        missing.extend(promised.try_iter());
        let position: i64 = client.query_one(&look, &[]).await?.try_get(0)?;
        let seen_at = Instant::now();
        let there = missing.extract_if(.., |promise| promise.position <= position.cast_unsigned());
        lags.extend(there.map(|Promise { answered_at, .. }| {
            (answered_at, seen_at.saturating_duration_since(answered_at))
        }));
        if let Some(first) = missing.first() {
            ensure!(first.answered_at.elapsed() < GIVE_UP, "{model} is behind {}", first.position);
            thread::sleep(LOOK);
        }
    }
}
