//! What the roles with a writer are told alike: `ingest`, `operate`, `deliver` and `portal`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use eventlog::Log;
use events::Digest;
use operations::ActLog;
use web::Limits;

use super::bind;
use super::serving::{Door, Serving};
use crate::log_args::LogArgs;
use crate::operator_token;
use crate::placement::PlacementArgs;
use crate::server_args::{LimitArgs, ProxyArgs, TlsArgs};
use crate::webhook_args::ReachArgs;
use crate::write_side::{WriteSettings, WriteSide};

/// The options of a role that decides and appends.
#[derive(Debug, Args)]
pub(crate) struct WriterArgs {
    #[command(flatten)]
    pub(crate) log: LogArgs,
    #[command(flatten)]
    pub(crate) placement: PlacementArgs,
    /// Where clients reach SCIM and the JSON API, if not where this listens
    #[arg(long, env = "ROLLCALL_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,
    /// Where browsers reach the portal, if not there as well: links to sign in begin with it
    #[arg(long, env = "ROLLCALL_PORTAL_URL")]
    pub(crate) portal_url: Option<String>,
    /// The token that opens everything to operators; unset or empty, only tokens that it has made
    /// before (`rollcall operator add`) open anything
    ///
    /// It must hold 128 bits: make one with `openssl rand -hex 32`. Bits are counted as letters and
    /// digits times log2 of the smallest set they come from: 10 digits, 16 hexadecimal digits, 36
    /// (digits and letters of one case) or 62. Without a digit they are taken for words: 2 bits a
    /// letter, 3 if both cases occur. A token of fewer than 10 different characters, with 6
    /// characters that are in it twice or that follow each other in the alphabet, or with anything
    /// but visible ASCII, is refused.
    #[arg(long, env = "ROLLCALL_OPERATOR_TOKEN", hide_env_values = true)]
    operator_token: Option<String>,
    /// A file in which the roster is saved, so that the next start need not read the whole log
    #[arg(long, env = "ROLLCALL_SNAPSHOT")]
    snapshot: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) proxies: ProxyArgs,
    #[command(flatten)]
    pub(super) reach: ReachArgs,
    #[command(flatten)]
    tls: TlsArgs,
}

impl WriterArgs {
    /// The digest of the operators' token.
    pub(crate) fn operator(&self) -> anyhow::Result<Option<Digest>> {
        Ok(operator_token::digest(self.operator_token.as_deref())?)
    }

    /// Takes the place to listen.
    pub(super) async fn door(&self, address: SocketAddr, limits: Limits) -> anyhow::Result<Door> {
        let certificate = self.tls.certificate()?;
        let public_url = self.public_url.as_deref();
        let (listener, url) = bind(address, public_url, certificate.is_some()).await?;
        let (bounds, proxies) = (limits.bounds, self.proxies.proxies());
        Ok(Door { certificate, listener, url, bounds, proxies })
    }

    /// Opens the log, which is held against what the snapshot knows.
    pub(crate) async fn open_log(&self) -> anyhow::Result<Log> {
        self.log.open(self.snapshot.as_deref()).await
    }

    /// How the writer is run, and the APIs over it.
    pub(crate) fn settings(
        &self,
        public_url: &str,
        operator: Option<Digest>,
        acts: ActLog,
        (consistent_reads, limits): (bool, Limits),
    ) -> WriteSettings {
        WriteSettings {
            public_url: public_url.to_owned(),
            portal_url: self.portal_url.clone().unwrap_or_else(|| public_url.to_owned()),
            operator,
            acts,
            access: access::Settings { consistent_reads, body: self.limits.body(), limits },
            limits: self.limits.resources(),
            record: None,
            snapshot: self.snapshot.clone(),
            reach: self.reach.reach(),
        }
    }

    /// Reads the log into a writer.
    pub(super) async fn writes(
        &self,
        log: &Log,
        settings: WriteSettings,
        serving: &Serving,
    ) -> anyhow::Result<WriteSide> {
        let Serving { startup, stop, .. } = serving;
        startup.step("reading the log");
        let writes = WriteSide::start(log, settings, &startup.progress, stop).await?;
        self.placement.of_writes(log, writes).await
    }
}
