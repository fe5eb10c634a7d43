//! What the roles that listen are told about it: limits and TLS.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use ingest::Limits;
use web::{Bounds, Certificate, CertificateFiles};

/// How long things may take, in seconds, and how many there may be.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct ApiLimitArgs {
    /// Wrong tokens a minute, from one address or for one tenant, that are answered 401; more are
    /// answered 429. 0 means no limit
    #[arg(long, env = "ROLLCALL_MAX_GUESSES", default_value_t = 30)]
    max_guesses: u32,
    /// Connections at a time
    #[arg(long, env = "ROLLCALL_MAX_CONNECTIONS", default_value_t = Bounds::default().connections)]
    max_connections: usize,
    /// Requests that are being answered at a time; more are answered 429
    #[arg(long, env = "ROLLCALL_MAX_IN_FLIGHT", default_value_t = Bounds::default().in_flight)]
    max_in_flight: usize,
    /// Bytes of a request's headers; more are answered 431
    #[arg(long, env = "ROLLCALL_MAX_HEADERS", default_value_t = Bounds::default().header_bytes)]
    max_headers: usize,
    /// Bytes of a URL; more are answered 414
    #[arg(long, env = "ROLLCALL_MAX_URL", default_value_t = Bounds::default().url_bytes)]
    max_url: usize,
    /// Seconds that a connection may idle, or take to send headers
    #[arg(long, env = "ROLLCALL_HEADER_TIME", default_value_t = Bounds::default().header_time.as_secs())]
    header_time: u64,
    /// Seconds that a body may take to arrive; more are answered 408
    #[arg(long, env = "ROLLCALL_BODY_TIME", default_value_t = Bounds::default().body_time.as_secs())]
    body_time: u64,
    /// Seconds that an answer may take; more are answered 503
    #[arg(long, env = "ROLLCALL_ANSWER_TIME", default_value_t = Bounds::default().answer_time.as_secs())]
    answer_time: u64,
}

impl ApiLimitArgs {
    pub(crate) fn limits(self, rate: u32) -> api::Limits {
        api::Limits { rate, guesses: self.max_guesses, bounds: self.bounds() }
    }

    fn bounds(self) -> Bounds {
        Bounds {
            connections: self.max_connections,
            in_flight: self.max_in_flight,
            header_bytes: self.max_headers,
            url_bytes: self.max_url,
            header_time: Duration::from_secs(self.header_time),
            body_time: Duration::from_secs(self.body_time),
            answer_time: Duration::from_secs(self.answer_time),
        }
    }
}

/// The same, and what a body may ask for.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArgs {
    #[command(flatten)]
    edge: ApiLimitArgs,
    /// Bytes of a body; more are answered 413
    #[arg(long, env = "ROLLCALL_MAX_BODY", default_value_t = Limits::default().body)]
    max_body: usize,
    /// Bytes of a user or a group without its members; more are answered 413
    #[arg(long, env = "ROLLCALL_MAX_RESOURCE", default_value_t = Limits::default().resource)]
    max_resource: usize,
    /// Operations in one PATCH; more are answered 413
    #[arg(long, env = "ROLLCALL_MAX_OPERATIONS", default_value_t = Limits::default().operations)]
    max_operations: usize,
    /// Members that one request may name; more are answered 413
    #[arg(long, env = "ROLLCALL_MAX_MEMBERS", default_value_t = Limits::default().members)]
    max_members: usize,
}

impl LimitArgs {
    pub(crate) fn limits(self, rate: u32) -> Limits {
        Limits {
            body: self.max_body,
            resource: self.max_resource,
            operations: self.max_operations,
            members: self.max_members,
            rate,
            guesses: self.edge.max_guesses,
            bounds: self.edge.bounds(),
        }
    }

    /// Those of them that reading knows.
    pub(crate) fn of_reads(self, rate: u32) -> api::Limits {
        self.edge.limits(rate)
    }
}

/// The certificate to show.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "TLS")]
pub(crate) struct TlsArgs {
    /// The certificate in PEM, with those that it was signed with; a new one is shown as soon as
    /// it is there
    #[arg(long, env = "ROLLCALL_TLS_CERT", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its private key in PEM
    #[arg(long, env = "ROLLCALL_TLS_KEY", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

impl TlsArgs {
    /// The certificate; none for plain HTTP.
    pub(crate) fn certificate(&self) -> anyhow::Result<Option<Arc<Certificate>>> {
        let Some((chain, key)) = self.tls_cert.clone().zip(self.tls_key.clone()) else {
            return Ok(None);
        };
        let certificate = Certificate::load(CertificateFiles { chain, key })?;
        Ok(Some(Arc::new(certificate)))
    }
}
