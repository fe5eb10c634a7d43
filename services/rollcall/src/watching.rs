//! What whoever operates sees of the whole: samples for `/metrics`, and the deep look at health.

use axum::Router;
use eventlog::Log;
use operations::ActLog;
use operations::deep_health::{self, DeepHealth};
use operations::scrape::{Sample, keep_sampling};
use projector::Database;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use web::metrics::Registry;

use crate::write_side::WriteSide;
use crate::{metrics, projections};

/// Begins to sample until `stop`, and shows the samples.
pub(crate) fn sample(
    registry: &mut Registry,
    log: &Log,
    database: &Database,
    acts: &ActLog,
    stop: &CancellationToken,
) {
    let shown = watch::Sender::new(Sample::default());
    metrics::of_sample(registry, &shown);
    let (log, database, stop) = (log.clone(), database.clone(), stop.clone());
    let state = acts.watch();
    tokio::spawn(keep_sampling(log, database, &projections::ALL, state, shown, stop));
}

/// `GET /health/deep`.
pub(crate) fn deep_health(log: &Log, database: &Database, writes: &WriteSide) -> Router {
    let (log, database) = (log.clone(), database.clone());
    let health = DeepHealth::new(log, database, &projections::ALL, writes.access.clone());
    deep_health::routes(health)
}
