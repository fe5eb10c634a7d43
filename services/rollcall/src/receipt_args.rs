//! How receipts of departures are kept.

use std::time::Duration;

use clap::Args;
use delivery::Delivery;
use delivery::receipts::{ReceiptMetrics, Receipts};
use tokio_util::sync::CancellationToken;
use web::metrics::Registry;

use crate::delivery_database::DeliveryDatabase;
use crate::write_side::WriteSide;

#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Receipts")]
pub(crate) struct ReceiptArgs {
    /// After how many hours a departure is overdue that a subscriber has not acknowledged
    #[arg(long, value_name = "HOURS", env = "ROLLCALL_RECEIPT_HOURS", default_value_t = 24.0)]
    #[arg(value_parser = hours)]
    receipt_hours: f64,
}

impl ReceiptArgs {
    /// What keeps receipts of a feed until `stop`, and is counted.
    pub(crate) fn begin(
        self,
        (writing, delivery): (&WriteSide, &Delivery),
        mut database: DeliveryDatabase,
        registry: &mut Registry,
        stop: CancellationToken,
    ) -> impl Future<Output = anyhow::Result<()>> + Send + use<> {
        let metrics = ReceiptMetrics::default();
        metrics.register(registry);
        let (writer, feed) = (writing.access.writer().clone(), delivery.feed().clone());
        let due_after = Duration::from_secs_f64(self.receipt_hours * 3600.0);
        async move {
            let there = stop.run_until_cancelled(database.wait_for(Option::is_some)).await;
            let there = there.and_then(|there| there.ok()?.clone());
            let Some(database) = there else { return Ok(()) };
            let receipts = Receipts { writer, feed, database, due_after, metrics };
            Box::pin(receipts.keep(stop)).await;
            Ok(())
        }
    }
}

fn hours(text: &str) -> Result<f64, String> {
    let hours = text.parse::<f64>().ok().filter(|hours| *hours > 0.0 && *hours <= 8760.0);
    hours.ok_or_else(|| "write a number of hours above 0, up to 8760 (a year)".to_owned())
}
