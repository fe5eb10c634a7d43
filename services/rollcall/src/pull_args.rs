//! The options of the pull door.

use std::time::Duration;

use clap::Args;
use delivery::Delivery;
use delivery::pull::{NoDoor, PullDoor, PullSettings};
use eventlog::Log;
use tokio_util::sync::CancellationToken;
use web::Bounds;

use crate::delivery_database::DeliveryDatabase;
use crate::write_side::WriteSide;

/// What streams of events may be at most.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Streams of events")]
pub(crate) struct PullArgs {
    /// Seconds that the reader of a stream may take over a part of it; then it is told to come again
    #[arg(
        long,
        env = "ROLLCALL_STREAM_PATIENCE",
        default_value_t = PullSettings::default().patience.as_secs(),
        value_parser = clap::value_parser!(u64).range(1..=600)
    )]
    stream_patience: u64,
    /// Streams at a time
    #[arg(long, env = "ROLLCALL_STREAMS", default_value_t = PullSettings::default().streams)]
    streams: usize,
    /// Streams at a time of one tenant
    #[arg(
        long,
        env = "ROLLCALL_STREAMS_PER_TENANT",
        default_value_t = PullSettings::default().streams_per_tenant
    )]
    streams_per_tenant: usize,
}

impl PullArgs {
    /// The door to the feed beside `log`, until `stop`, for those whom the writer knows.
    pub(crate) async fn door(
        self,
        of: (&Log, &Delivery),
        writes: &WriteSide,
        database: &DeliveryDatabase,
        bounds: Bounds,
        stop: &CancellationToken,
    ) -> Result<PullDoor, NoDoor> {
        let Self { stream_patience, streams, streams_per_tenant } = self;
        let patience = Duration::from_secs(stream_patience);
        let settings = PullSettings { patience, streams, streams_per_tenant };
        let access = writes.access.clone();
        Box::pin(PullDoor::open(of, access, database.clone(), bounds, settings, stop.clone())).await
    }
}
