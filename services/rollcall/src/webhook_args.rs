//! How webhooks are sent.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use cipher::{Cipher, SUBSCRIBER_SECRET};
use clap::Args;
use delivery::Delivery;
use delivery::webhooks::{Client, Reach, Schedule, WebhookMetrics, Webhooks};
use eventlog::Log;
use tokio_util::sync::CancellationToken;
use web::metrics::Registry;

use crate::delivery_database::DeliveryDatabase;
use crate::verbs::tls_trust::{self, TlsTrust};
use crate::write_side::WriteSide;

/// Where webhooks may be sent: asked when a receiver is added, and when it is sent to.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Webhooks")]
pub(crate) struct ReachArgs {
    /// Send webhooks by http as well, and to addresses that are not public, but for link-local ones: on a
    /// laptop, or where all receivers are your own
    #[arg(long, env = "ROLLCALL_ALLOW_PRIVATE_WEBHOOKS")]
    allow_private_webhooks: bool,
}

impl ReachArgs {
    pub(crate) fn reach(self) -> Reach {
        if self.allow_private_webhooks { Reach::Anywhere } else { Reach::Public }
    }
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Webhooks")]
pub(crate) struct WebhookArgs {
    /// For how many hours an event is tried that its receiver does not accept, and a receiver that accepts
    /// nothing; with 0, an event is given up when it fails once
    #[arg(long, value_name = "HOURS", env = "ROLLCALL_WEBHOOK_HOURS", default_value_t = 72.0)]
    #[arg(value_parser = hours)]
    webhook_hours: f64,
    /// For how many seconds a receiver's answer is waited for
    #[arg(long, value_name = "SECONDS", env = "ROLLCALL_WEBHOOK_TIMEOUT", default_value_t = 15)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=60))]
    webhook_timeout: u64,
    /// The authorities of receivers' certificates, to trust instead of this machine's; PEM
    #[arg(long, value_name = "FILE", env = "ROLLCALL_WEBHOOK_CA")]
    webhook_ca: Option<PathBuf>,
}

impl WebhookArgs {
    /// What sends webhooks of a feed until `stop`, and is counted.
    pub(crate) fn begin(
        &self,
        (log, writing, delivery): (&Log, &WriteSide, &Delivery),
        reach: Reach,
        mut database: DeliveryDatabase,
        registry: &mut Registry,
        stop: CancellationToken,
    ) -> anyhow::Result<impl Future<Output = anyhow::Result<()>> + Send + use<>> {
        let (client, schedule) = (self.client(reach)?, self.schedule());
        let (log, writer) = (log.clone(), writing.access.writer().clone());
        let feed = delivery.feed().clone();
        let metrics = WebhookMetrics::default();
        metrics.register(registry);
        Ok(async move {
            let there = stop.run_until_cancelled(database.wait_for(Option::is_some)).await;
            let there = there.and_then(|there| there.ok()?.clone());
            let Some(database) = there else { return Ok(()) };
            let key = log.shared_key(SUBSCRIBER_SECRET).await;
            let cipher = Cipher::new(&key.context("get the key of subscribers' secrets")?);
            let webhooks = Webhooks { writer, feed, database, cipher, client, schedule, metrics };
            Box::pin(webhooks.send(stop)).await;
            Ok(())
        })
    }

    fn client(&self, reach: Reach) -> anyhow::Result<Client> {
        let trust = TlsTrust::of(self.webhook_ca.clone()).at("https:");
        // A machine without authorities still reaches receivers without TLS, if it may.
        let trust = match (trust, &self.webhook_ca) {
            (Err(_), None) => tls_trust::nobody()?,
            (trust, _) => trust?,
        };
        let timeout = Duration::from_secs(self.webhook_timeout);
        Client::new(reach, trust, timeout).context("set up the client of webhooks")
    }

    fn schedule(&self) -> Schedule {
        Schedule { give_up_after: Duration::from_secs_f64(self.webhook_hours * 3600.0) }
    }
}

fn hours(text: &str) -> Result<f64, String> {
    let hours = text.parse::<f64>().ok().filter(|hours| (0.0..=8760.0).contains(hours));
    hours.ok_or_else(|| "write a number of hours, up to 8760 (a year)".to_owned())
}
