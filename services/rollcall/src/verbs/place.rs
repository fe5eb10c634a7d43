//! Where the verbs find what they look at.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use chassis::{Database, Log};
use clap::Args;

use super::operator::Operator;
use super::trust::Trust;
use crate::data_dir::{self, Running};

/// How long a verb waits for NATS.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone, Debug, Args)]
pub(crate) struct Place {
    /// The data directory of the running `up`
    #[arg(long, env = "ROLLCALL_DATA_DIR", default_value = ".rollcall")]
    data_dir: PathBuf,
    /// The running gateway, if it is no `up` of this machine
    #[arg(long, env = "ROLLCALL_URL")]
    url: Option<String>,
    /// The token that opens its operators' API
    #[arg(long, env = "ROLLCALL_OPERATOR_TOKEN", hide_env_values = true)]
    operator_token: Option<String>,
    #[command(flatten)]
    pub(crate) trust: Trust,
    /// The log, if it is not the `up`'s
    #[arg(long, env = "NATS_URL", hide_env_values = true)]
    nats_url: Option<String>,
    /// The read models, if they are not the `up`'s
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl Place {
    fn running(&self) -> anyhow::Result<Running> {
        data_dir::running(&self.data_dir)
    }

    /// The operators' API of the gateway.
    pub(crate) fn operator(&self) -> anyhow::Result<Operator> {
        match (&self.url, &self.operator_token) {
            (Some(url), Some(_)) if self.trust.is_wasted_on(url) => {
                anyhow::bail!("--tls-ca is of no use at {url}; say https, or leave it out")
            }
            (Some(url), Some(token)) => Operator::new(url, token, self.trust.at(url)?),
            (Some(_), None) => anyhow::bail!("--url needs --operator-token beside it"),
            (None, _) => Operator::of(&self.running()?),
        }
    }

    pub(crate) async fn log(&self) -> anyhow::Result<Log> {
        let url = match &self.nats_url {
            Some(url) => url.clone(),
            None => self.running()?.nats_url,
        };
        Log::open_to_look(&url, PATIENCE).await.context("open the log")
    }

    pub(crate) async fn database(&self) -> anyhow::Result<Database> {
        let url = match &self.database_url {
            Some(url) => url.clone(),
            None => self.running()?.database_url,
        };
        Ok(Database::connect(&url, 1).await?)
    }

    /// The read models, if anybody says where they are.
    pub(crate) async fn database_if_told(&self) -> Option<anyhow::Result<Database>> {
        if self.database_url.is_none() && self.running().is_err() {
            return None;
        }
        Some(self.database().await)
    }
}
