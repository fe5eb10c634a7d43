//! What a verb works on, as the command line names it: a gateway, a log or read models.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use clap::error::ErrorKind;
use eventlog::{Log, LogOptions};
use projector::Database;

use super::operator::Operator;
use super::ops::Ops;
use super::tls_trust::{TlsTrust, is_secure};
use crate::data_dir::{self, Running};
use crate::log_access::LogAccessArgs;
use crate::option_precedence::{Precedence, Resolved, Sources, UsageError};

/// Under what the help of a verb lists the options that it has in common with others.
pub(crate) const COMMON: &str = "Common options";

/// How long a verb tries to connect to NATS.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A gateway, whose operators' API the verb calls.
pub(crate) type GatewayTarget = Resolved<GatewayTargetArgs>;
/// A log, which the verb reads itself.
pub(crate) type LogTarget = Resolved<LogTargetArgs>;
/// A log and the read models made of it.
pub(crate) type ReadModelsTarget = Resolved<ReadModelsTargetArgs>;

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = COMMON)]
pub(crate) struct GatewayTargetArgs {
    /// The data directory of the running `up`
    #[arg(long, env = "ROLLCALL_DATA_DIR", default_value = data_dir::DEFAULT)]
    data_dir: PathBuf,
    /// The running gateway, if it is no `up` of this machine; needs --operator-token
    #[arg(long, env = "ROLLCALL_URL")]
    url: Option<String>,
    /// The token that opens the operators' API of the gateway at --url
    #[arg(long, env = "ROLLCALL_OPERATOR_TOKEN", hide_env_values = true)]
    operator_token: Option<String>,
    #[command(flatten)]
    pub(crate) trust: TlsTrust,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl Precedence for GatewayTargetArgs {
    fn apply_precedence(&mut self, sources: &Sources<'_>) -> Result<(), clap::Error> {
        sources.beats("data_dir", "url", &mut self.url)?;
        sources.exclusive("data_dir", "operator_token")?;
        if sources.is_explicit("operator_token") && self.url.is_none() {
            let alone = "--operator-token needs --url beside it: a running `up` has its own\n";
            return Err(clap::Error::raw(ErrorKind::MissingRequiredArgument, alone));
        }
        let plain = self.url.as_ref().is_some_and(|url| !is_secure(url));
        if plain && sources.is_explicit("url") && sources.is_from_environment("tls_ca") {
            self.trust.forget();
        }
        Ok(())
    }
}

impl GatewayTargetArgs {
    /// The option that a further verb needs to find the same `up`, with a space before it; nothing, where it is
    /// in the usual place or the gateway is named by its URL.
    pub(crate) fn data_dir_option(&self) -> String {
        match self.data_dir.to_str() {
            Some(data_dir::DEFAULT) | None => String::new(),
            Some(_) if self.url.is_some() => String::new(),
            Some(elsewhere) => format!(" --data-dir '{elsewhere}'"),
        }
    }

    /// `/operator/v1` of the gateway.
    pub(crate) fn operator(&self) -> anyhow::Result<Operator> {
        match self.named()? {
            Some((url, token)) => Operator::new(url, token, self.trust.at(url)?),
            None => Operator::of(&data_dir::running(&self.data_dir)?),
        }
    }

    /// `/ops/v1` of the gateway.
    pub(crate) fn ops(&self) -> anyhow::Result<Ops> {
        match self.named()? {
            Some((url, token)) => Ops::new(url, token, self.trust.at(url)?),
            None => Ops::of(&data_dir::running(&self.data_dir)?),
        }
    }

    /// Where nats-server is, as far as this machine knows, without who comes in as whom.
    pub(crate) fn nats_url(&self) -> Option<String> {
        let running = data_dir::running(&self.data_dir).ok().filter(|_| self.url.is_none())?;
        let mut url = reqwest::Url::parse(&running.nats_url).ok()?;
        // A URL that cannot have them has none.
        let _ = (url.set_username(""), url.set_password(None));
        Some(url.to_string())
    }

    /// The URL and the token, if the command line or the environment names them.
    fn named(&self) -> anyhow::Result<Option<(&str, &str)>> {
        match (&self.url, &self.operator_token) {
            (Some(url), Some(_)) if self.trust.is_wasted_on(url) => {
                anyhow::bail!("--tls-ca is of no use at {url}; say https, or leave it out")
            }
            (Some(url), Some(token)) => Ok(Some((url, token))),
            (Some(_), None) => {
                Err(UsageError("--url needs --operator-token beside it".to_owned()).into())
            }
            (None, _) => Ok(None),
        }
    }
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = COMMON)]
pub(crate) struct LogTargetArgs {
    /// The data directory of the running `up`
    #[arg(long, env = "ROLLCALL_DATA_DIR", default_value = ".rollcall")]
    data_dir: PathBuf,
    /// The log, if it is not the `up`'s
    #[arg(long, env = "NATS_URL", hide_env_values = true)]
    nats_url: Option<String>,
    #[command(flatten)]
    access: LogAccessArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl Precedence for LogTargetArgs {
    fn apply_precedence(&mut self, sources: &Sources<'_>) -> Result<(), clap::Error> {
        sources.beats("data_dir", "nats_url", &mut self.nats_url)
    }
}

impl LogTargetArgs {
    /// The data directory, if nothing names another server than that of its `up`.
    pub(crate) fn of_data_dir(&self) -> Option<&Path> {
        self.nats_url.is_none().then_some(&self.data_dir)
    }

    /// Whether it is the log that an `up` makes on its own servers.
    pub(crate) fn is_of_up(&self) -> bool {
        self.access.options().stream == LogOptions::default().stream
    }

    /// How the log is opened on a private server that is started for it.
    pub(crate) fn private(&self) -> LogOptions {
        let stream = self.access.options().stream;
        LogOptions { stream, patience: CONNECT_TIMEOUT, ..LogOptions::default() }
    }

    /// Where the log is, and how to get in.
    pub(crate) fn server(&self) -> anyhow::Result<(String, LogOptions)> {
        let told = self.access.options();
        let (url, options) = match &self.nats_url {
            Some(url) => (url.clone(), told),
            // A running `up` needs no way in to its own server; which stream is said all the same.
            None => (self.running()?.nats_url, self.private()),
        };
        Ok((url, LogOptions { patience: CONNECT_TIMEOUT, ..options }))
    }

    pub(crate) async fn log(&self) -> anyhow::Result<Log> {
        let (url, options) = self.server()?;
        Log::open_read_only(&url, &options).await.context("open the log")
    }

    fn running(&self) -> anyhow::Result<Running> {
        data_dir::running(&self.data_dir)
    }
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = COMMON)]
pub(crate) struct ReadModelsTargetArgs {
    #[command(flatten)]
    pub(crate) of_log: LogTarget,
    /// The read models, if they are not the `up`'s
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
}

impl Precedence for ReadModelsTargetArgs {
    fn apply_precedence(&mut self, sources: &Sources<'_>) -> Result<(), clap::Error> {
        sources.beats("data_dir", "database_url", &mut self.database_url)
    }
}

impl ReadModelsTargetArgs {
    /// The read models; none if nobody says where they are.
    pub(crate) async fn database_if_told(&self) -> Option<anyhow::Result<Database>> {
        let url = self.database_url.clone().or_else(|| self.of_the_same_up());
        Some(Database::connect(&url?, 1).await.map_err(anyhow::Error::from))
    }

    /// Whether the command line or the environment says where the read models are.
    pub(crate) fn names_database(&self) -> bool {
        self.database_url.is_some()
    }

    pub(crate) async fn database(&self) -> anyhow::Result<Database> {
        match (self.database_if_told().await, &self.of_log.nats_url) {
            (Some(database), _) => database,
            (None, Some(_)) => Err(UsageError(
                "--nats-url (NATS_URL) names a log and nothing says where the read models made of \
                 it are; say --database-url"
                    .to_owned(),
            )
            .into()),
            (None, None) => Ok(Database::connect(&self.of_log.running()?.database_url, 1).await?),
        }
    }

    /// The database of the running `up`, unless its log is another than the one that is looked at, by
    /// its server or by its stream: its read models would say nothing of that.
    fn of_the_same_up(&self) -> Option<String> {
        let running = self.of_log.running().ok().filter(|_| self.of_log.is_of_up())?;
        let same = self.of_log.nats_url.as_ref().is_none_or(|url| *url == running.nats_url);
        same.then_some(running.database_url)
    }
}

/// A running program, or else the log and the read models themselves.
pub(crate) type StatusTarget = Resolved<StatusTargetArgs>;

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = COMMON)]
pub(crate) struct StatusTargetArgs {
    #[command(flatten)]
    pub(crate) read_models: ReadModelsTarget,
    /// The running program, if it is no `up` of this machine; needs --operator-token
    #[arg(long, env = "ROLLCALL_URL")]
    url: Option<String>,
    /// The token that opens the operators' API at --url
    #[arg(long, env = "ROLLCALL_OPERATOR_TOKEN", hide_env_values = true)]
    operator_token: Option<String>,
    #[command(flatten)]
    trust: TlsTrust,
}

impl Precedence for StatusTargetArgs {
    fn apply_precedence(&mut self, sources: &Sources<'_>) -> Result<(), clap::Error> {
        for itself in ["data_dir", "nats_url", "database_url"] {
            sources.beats(itself, "url", &mut self.url)?;
        }
        Ok(())
    }
}

impl StatusTargetArgs {
    /// The program to ask; none where the command line or the environment names a log or read models
    /// and no program.
    pub(crate) fn ops(&self) -> anyhow::Result<Option<Ops>> {
        match (&self.url, &self.operator_token) {
            (Some(url), Some(token)) => Ok(Some(Ops::new(url, token, self.trust.at(url)?)?)),
            (Some(_), None) => {
                Err(UsageError("--url needs --operator-token beside it".to_owned()).into())
            }
            (None, _) if self.names_servers() => Ok(None),
            (None, _) => Ok(Some(Ops::of(&self.read_models.of_log.running()?)?)),
        }
    }

    /// Whether it is known where the log and the read models are, should the program not answer, or be
    /// a service that knows nothing of the others.
    pub(crate) fn may_look_itself(&self) -> bool {
        let of = &self.read_models;
        self.url.is_none() || (of.of_log.nats_url.is_some() && of.database_url.is_some())
    }

    fn names_servers(&self) -> bool {
        self.read_models.of_log.nats_url.is_some() || self.read_models.database_url.is_some()
    }
}
