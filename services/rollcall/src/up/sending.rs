//! What becomes of the feed beside telling it: webhooks, receipts, and the places of readers.

use delivery::Delivery;
use delivery::pull::PullDoor;
use eventlog::Log;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use web::metrics::Registry;

use super::options::UpOptions;
use crate::delivery_database::DeliveryDatabase;
use crate::write_side::WriteSide;

/// Sends webhooks, and keeps receipts of departures, until `stop`.
pub(super) fn begin_sending(
    running: &mut JoinSet<anyhow::Result<()>>,
    options: &UpOptions,
    (log, writes, delivery): (&Log, &WriteSide, &Delivery),
    database: &DeliveryDatabase,
    registry: &mut Registry,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let of = (log, writes, delivery);
    running.spawn(options.webhooks.begin(
        of,
        options.reach.reach(),
        database.clone(),
        registry,
        stop.clone(),
    )?);
    let of = (writes, delivery);
    running.spawn(options.receipts.begin(of, database.clone(), registry, stop.clone()));
    Ok(())
}

/// Keeps how far readers are, until the door is closed.
pub(super) async fn keeping_places(door: PullDoor) -> anyhow::Result<()> {
    door.keep_places().await;
    Ok(())
}
