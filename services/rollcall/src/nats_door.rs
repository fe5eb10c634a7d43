//! Letting subscribers in to NATS, by whoever runs the deliveries.

use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use delivery::{Delivery, NatsDoor};
use eventlog::{Issuer, Log};
use tokio_util::sync::CancellationToken;

use crate::write_side::WriteSide;

/// The key with which subscribers are vouched for.
#[derive(Clone, Args)]
pub(crate) struct IssuerArgs {
    /// The seed of the key that vouches for subscribers on NATS (`rollcall subscriber issuer` makes
    /// one); without it none is let in there
    #[arg(
        long,
        help_heading = "Servers",
        env = "ROLLCALL_SUBSCRIBER_ISSUER",
        hide_env_values = true,
        value_name = "SEED"
    )]
    subscriber_issuer: Option<String>,
}

impl std::fmt::Debug for IssuerArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IssuerArgs")
    }
}

impl IssuerArgs {
    pub(crate) fn issuer(&self) -> anyhow::Result<Option<Arc<Issuer>>> {
        let Some(seed) = &self.subscriber_issuer else { return Ok(None) };
        let issuer = Issuer::from_seed(seed);
        let issuer =
            issuer.context("understand --subscriber-issuer (ROLLCALL_SUBSCRIBER_ISSUER)")?;
        Ok(Some(Arc::new(issuer)))
    }
}

/// Keeps the door to NATS until `stop`, if there is a key for it.
pub(crate) async fn keep(
    log: &Log,
    writes: &WriteSide,
    delivery: &Delivery,
    issuer: Option<Arc<Issuer>>,
    stop: &CancellationToken,
) {
    let Some(issuer) = issuer else { return };
    let (log, feed, access) = (log.clone(), delivery.feed().clone(), writes.access.clone());
    let placement = writes.placement.clone();
    NatsDoor { log, feed, access, placement, issuer }.run(stop).await;
}
