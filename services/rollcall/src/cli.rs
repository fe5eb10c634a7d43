//! The command line.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use crate::telemetry::{LevelFilter, LogFormat};
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

use crate::listening::{LimitArgs, ProxyArgs, TlsArgs};
use crate::roles::{ApiOptions, IngestOptions, ProjectOptions};
use crate::said::{Ranked, Said, Sources, without_empty_variables};
use crate::the_log::{AcceptArgs, VerifyArgs};
use crate::verbs::alerts::AlertsVerb;
use crate::verbs::consumer::ConsumerVerb;
use crate::verbs::events::EventsVerb;
use crate::verbs::extension::ExtensionVerb;
use crate::verbs::guard::GuardVerb;
use crate::verbs::integration::IntegrationVerb;
use crate::verbs::log::LogVerb;
use crate::verbs::simulate::SimulateVerb;
use crate::verbs::status::StatusOptions;
use crate::verbs::tenant::TenantVerb;
use crate::verbs::token::TokenVerb;

/// Event-sourced provisioning: Entra's SCIM calls become events, events become read models.
#[derive(Debug, Parser)]
#[command(name = "rollcall", version, propagate_version = true)]
pub struct Cli {
    /// How logs are written to standard error; `RUST_LOG` chooses which
    #[arg(long, global = true, env = "ROLLCALL_LOG", value_enum, default_value_t = Logs::Text)]
    pub(crate) log_format: Logs,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

impl Cli {
    /// Reads the command line and the environment; ends the program if they make no sense.
    pub fn read() -> Self {
        let mut command = without_empty_variables(Self::command());
        let mut matches = command.get_matches_mut();
        Self::from_arg_matches_mut(&mut matches)
            .unwrap_or_else(|error| error.format(&mut command).exit())
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Logs {
    Text,
    Json,
}

impl From<Logs> for LogFormat {
    fn from(logs: Logs) -> Self {
        match logs {
            Logs::Text => Self::Text,
            Logs::Json => Self::Json,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Start everything: private servers unless you name your own, and all services
    Up(UpOptions),
    /// Run the gateway: SCIM in, events out
    Ingest(IngestOptions),
    /// Run a projection: events in, read model out
    Project(ProjectOptions),
    /// Run the read API
    Api(ApiOptions),
    /// Create and list tenants
    #[command(subcommand)]
    Tenant(TenantVerb),
    /// Activate a tenant's SCIM integration, and manage its secrets
    #[command(subcommand)]
    Integration(IntegrationVerb),
    /// Declare what a tenant adds to SCIM's schemas
    #[command(subcommand)]
    Extension(ExtensionVerb),
    /// Issue and revoke API tokens
    #[command(subcommand)]
    Token(TokenVerb),
    /// Set a tenant's mass-change guard
    #[command(subcommand)]
    Guard(GuardVerb),
    /// List and decide the alerts of the mass-change guard
    #[command(subcommand)]
    Alerts(AlertsVerb),
    /// Show how far the log and the projections are, and which alerts are open
    Status(StatusOptions),
    /// Look at the events
    #[command(subcommand)]
    Events(EventsVerb),
    /// Make and list the consumers through which applications read events
    #[command(subcommand)]
    Consumer(ConsumerVerb),
    /// Check the log
    #[command(subcommand)]
    Log(LogVerb),
    /// Play an identity provider
    #[command(subcommand)]
    Simulate(SimulateVerb),
}

impl Verb {
    /// From where on a verb logs: services tell what they do, the others only what goes wrong.
    pub(crate) fn log_level(&self) -> LevelFilter {
        match self {
            Self::Up(_) | Self::Ingest(_) | Self::Project(_) | Self::Api(_) => LevelFilter::INFO,
            Self::Tenant(_)
            | Self::Integration(_)
            | Self::Extension(_)
            | Self::Token(_)
            | Self::Guard(_)
            | Self::Alerts(_)
            | Self::Status(_)
            | Self::Events(_)
            | Self::Consumer(_)
            | Self::Log(_)
            | Self::Simulate(_) => LevelFilter::WARN,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct UpOptions {
    /// Where servers, logs and credentials are kept
    #[arg(long, env = "ROLLCALL_DATA_DIR", default_value = ".rollcall")]
    pub(crate) data_dir: PathBuf,
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Where clients reach this program, if not where it listens
    #[arg(long, env = "ROLLCALL_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,
    /// Have a simulated Entra provision a demo tenant
    #[arg(long)]
    pub(crate) demo: bool,
    /// Print one line of JSON on standard output when all is ready
    #[arg(long)]
    pub(crate) json: bool,
    /// Requests a second of one tenant; more are answered 429. 0 means no limit, since a laptop
    /// has one user
    #[arg(long, env = "ROLLCALL_RATE", default_value_t = 0, help_heading = "Limits")]
    pub(crate) rate: u32,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) proxies: ProxyArgs,
    #[command(flatten)]
    pub(crate) accept: AcceptArgs,
    #[command(flatten)]
    pub(crate) verify: VerifyArgs,
    #[command(flatten)]
    pub(crate) tls: TlsArgs,
    #[command(flatten)]
    pub(crate) nats: Said<NatsArgs>,
    /// Your own Postgres, instead of a private one
    #[arg(long, help_heading = "Servers", env = "DATABASE_URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
}

/// The log's server.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Servers")]
pub(crate) struct NatsArgs {
    /// Your own NATS, instead of a private one
    #[arg(long, env = "NATS_URL", hide_env_values = true)]
    pub(crate) nats_url: Option<String>,
    /// Where the private nats-server listens: a port of 127.0.0.1, since it asks nobody for a
    /// password. Without it, where it listened last, and a free port the first time
    #[arg(long, value_name = "127.0.0.1:PORT", value_parser = loopback)]
    pub(crate) nats_listen: Option<u16>,
}

impl Ranked for NatsArgs {
    fn rank(&mut self, sources: &Sources<'_>) -> Result<(), clap::Error> {
        sources.one_of("nats_url", "nats_listen")?;
        if sources.is_explicit("nats_listen") {
            self.nats_url = None;
        }
        Ok(())
    }
}

fn loopback(text: &str) -> Result<u16, String> {
    let bad = || "write 127.0.0.1 and a port, such as 127.0.0.1:4222".to_owned();
    let address: SocketAddr = text.parse().map_err(|_| bad())?;
    let fits = address.ip() == Ipv4Addr::LOCALHOST && address.port() != 0;
    if fits { Ok(address.port()) } else { Err(bad()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
