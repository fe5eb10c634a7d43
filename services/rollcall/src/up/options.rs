//! The options of `rollcall up`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use eventlog::LogOptions;
use events::Digest;
use operations::ActLog;
use web::Limits;

use crate::doctor_args::DoctorArgs;
use crate::log_access::LogAccessArgs;
use crate::log_args::{AcceptArgs, VerifyArgs};
use crate::nats_door::IssuerArgs;
use crate::oidc_args::OidcArgs;
use crate::option_precedence::{Precedence, Resolved, Sources};
use crate::pull_args::PullArgs;
use crate::receipt_args::ReceiptArgs;
use crate::record_args::RecordArgs;
use crate::sample_args::SampleArgs;
use crate::server_args::{LimitArgs, ProxyArgs, TlsArgs};
use crate::slot_args::SlotArgs;
use crate::webhook_args::{ReachArgs, WebhookArgs};
use crate::write_side::WriteSettings;

/// What `rollcall up` can be told.
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
    pub(crate) record: RecordArgs,
    #[command(flatten)]
    pub(crate) doctor: DoctorArgs,
    #[command(flatten)]
    pub(crate) slots: SlotArgs,
    #[command(flatten)]
    pub(crate) sample: SampleArgs,
    #[command(flatten)]
    pub(crate) streams: PullArgs,
    #[command(flatten)]
    pub(crate) reach: ReachArgs,
    #[command(flatten)]
    pub(crate) webhooks: WebhookArgs,
    #[command(flatten)]
    pub(crate) receipts: ReceiptArgs,
    #[command(flatten)]
    pub(crate) tls: TlsArgs,
    #[command(flatten)]
    pub(crate) nats: Resolved<NatsArgs>,
    #[command(flatten)]
    pub(crate) oidc: OidcArgs,
    #[command(flatten)]
    pub(crate) issuer: IssuerArgs,
    /// Your own Postgres, instead of a private one
    #[arg(long, help_heading = "Servers", env = "DATABASE_URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
}

impl UpOptions {
    /// How the writer and the APIs over it are run.
    pub(crate) fn write_settings(
        &self,
        (public_url, operator, acts): (String, Option<Digest>, ActLog),
        limits: Limits,
        snapshot: PathBuf,
    ) -> WriteSettings {
        WriteSettings {
            portal_url: public_url.clone(),
            public_url,
            operator,
            acts,
            access: access::Settings { consistent_reads: false, body: self.limits.body(), limits },
            limits: self.limits.resources(),
            record: self.record.max_age(),
            snapshot: Some(snapshot),
            reach: self.reach.reach(),
        }
    }
}

/// The log's server.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Servers")]
pub(crate) struct NatsArgs {
    /// Your own NATS, instead of a private one
    #[arg(long, env = "NATS_URL", hide_env_values = true)]
    pub(crate) nats_url: Option<String>,
    #[command(flatten)]
    access: LogAccessArgs,
    /// Where the private nats-server listens: a port of 127.0.0.1, since it speaks no
    /// TLS. Without it, where it listened last, and a free port the first time
    #[arg(long, value_name = "127.0.0.1:PORT", value_parser = loopback)]
    pub(crate) nats_listen: Option<u16>,
}

impl NatsArgs {
    /// How the log is opened. What lets in to the private server is in its URL.
    pub(crate) fn log_options(&self) -> LogOptions {
        if self.nats_url.is_some() { self.access.options() } else { LogOptions::default() }
    }
}

impl Precedence for NatsArgs {
    fn apply_precedence(&mut self, sources: &Sources<'_>) -> Result<(), clap::Error> {
        sources.exclusive("nats_url", "nats_listen")?;
        if sources.is_explicit("nats_listen") {
            self.nats_url = None;
        }
        Ok(())
    }
}

/// Reads the address of a private server: a port of 127.0.0.1.
fn loopback(text: &str) -> Result<u16, String> {
    let bad = || "write 127.0.0.1 and a port, such as 127.0.0.1:4222".to_owned();
    let address: SocketAddr = text.parse().map_err(|_| bad())?;
    let fits = address.ip() == Ipv4Addr::LOCALHOST && address.port() != 0;
    if fits { Ok(address.port()) } else { Err(bad()) }
}
