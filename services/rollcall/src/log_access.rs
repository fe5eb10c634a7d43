//! Which stream holds the log, and what is needed to get into its server.

use std::path::PathBuf;

use clap::Args;
use eventlog::{Access, LogOptions, StreamName};

/// What is told of the log beside its server's URL.
#[derive(Clone, Debug, Args)]
pub(crate) struct LogAccessArgs {
    /// A NATS user's credentials file (.creds: JWT and seed), in place of user and password in the
    /// URL
    #[arg(long, env = "NATS_CREDENTIALS", value_name = "FILE", help_heading = "The log's server")]
    nats_credentials: Option<PathBuf>,
    /// Certificate authorities in PEM that NATS is trusted by, beside this machine's; the connection
    /// is then TLS, as with tls:// in the URL
    #[arg(long, env = "NATS_CA", value_name = "FILE", help_heading = "The log's server")]
    nats_ca: Option<PathBuf>,
    /// The stream that holds the log
    #[arg(
        long,
        env = "ROLLCALL_STREAM",
        value_name = "NAME",
        default_value_t,
        help_heading = "The log's server"
    )]
    stream: StreamName,
}

impl LogAccessArgs {
    /// How the log is opened with these.
    pub(crate) fn options(&self) -> LogOptions {
        let access =
            Access { credentials: self.nats_credentials.clone(), ca: self.nats_ca.clone() };
        LogOptions { stream: self.stream.clone(), access, ..LogOptions::default() }
    }
}
