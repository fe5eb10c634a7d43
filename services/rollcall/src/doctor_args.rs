//! What the doctor is told of how the program runs.

use anyhow::Context as _;
use clap::Args;
use operations::doctor::{Monitor, Surroundings};

use crate::verbs::tls_trust::TlsTrust;

#[derive(Clone, Debug, Args)]
pub(crate) struct DoctorArgs {
    /// The monitoring port of nats-server, where the doctor sees whether it syncs before it
    /// acknowledges, such as `http://127.0.0.1:8222`: a client cannot see it
    #[arg(long, env = "NATS_MONITOR_URL", hide_env_values = true, help_heading = "Servers")]
    nats_monitor: Option<String>,
}

impl DoctorArgs {
    /// The surroundings, with the monitoring port if it was named.
    pub(crate) fn within(&self, surroundings: Surroundings) -> anyhow::Result<Surroundings> {
        let Some(url) = self.nats_monitor.clone() else { return Ok(surroundings) };
        let trust = TlsTrust::of(None).at(&url)?;
        let client = reqwest::Client::builder().no_proxy().tls_backend_preconfigured(trust);
        let client = client.build().context("set up an HTTP client")?;
        Ok(Surroundings { monitor: Some(Monitor { client, url }), ..surroundings })
    }
}
