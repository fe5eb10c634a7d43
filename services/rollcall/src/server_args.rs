//! The options of roles that serve HTTP: limits, trusted proxies and TLS.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use ingest::ResourceLimits;
use web::{Bounds, Certificate, CertificateFiles, Limits, ProxyNetwork, TrustedProxies};

/// The request limits of any role that serves HTTP. Times are in seconds.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct ApiLimitArgs {
    /// Wrong tokens a minute, from one address or for one tenant, that are answered 401; more are
    /// answered 429. 0 means no limit
    #[arg(long, env = "ROLLCALL_MAX_GUESSES", default_value_t = Limits::default().guesses)]
    max_guesses: u32,
    /// Connections at a time; a new one takes the place of that which has waited longest without a
    /// request
    #[arg(long, env = "ROLLCALL_MAX_CONNECTIONS", default_value_t = Bounds::default().connections)]
    max_connections: usize,
    /// Connections at a time from one address that is no trusted proxy's
    #[arg(
        long,
        env = "ROLLCALL_MAX_CONNECTIONS_PER_ADDRESS",
        default_value_t = Bounds::default().connections_per_address
    )]
    max_connections_per_address: usize,
    /// Requests that are being answered at a time, until their answers were sent; more are answered
    /// 429
    #[arg(long, env = "ROLLCALL_MAX_IN_FLIGHT", default_value_t = Bounds::default().in_flight)]
    max_in_flight: usize,
    /// The same, of one tenant: this many, and half of those in all at most
    #[arg(
        long,
        env = "ROLLCALL_MAX_IN_FLIGHT_PER_TENANT",
        default_value_t = Bounds::default().in_flight_per_tenant
    )]
    max_in_flight_per_tenant: usize,
    /// Requests whose bodies are awaited at a time; more are answered 429
    #[arg(long, env = "ROLLCALL_MAX_ARRIVING", default_value_t = Bounds::default().arriving)]
    max_arriving: usize,
    /// The same, of one tenant: this many, and half of those in all at most
    #[arg(
        long,
        env = "ROLLCALL_MAX_ARRIVING_PER_TENANT",
        default_value_t = Bounds::default().arriving_per_tenant
    )]
    max_arriving_per_tenant: usize,
    /// Bytes of a request's headers; more are answered 431
    #[arg(long, env = "ROLLCALL_MAX_HEADERS", default_value_t = Bounds::default().header_bytes)]
    max_headers: usize,
    /// Bytes of a URL; more are answered 414
    #[arg(long, env = "ROLLCALL_MAX_URL", default_value_t = Bounds::default().url_bytes)]
    max_url: usize,
    /// Seconds that a new connection may take to send the headers of its first request, TLS included
    #[arg(
        long,
        env = "ROLLCALL_FIRST_HEADER_TIME",
        default_value_t = Bounds::default().first_header_time.as_secs()
    )]
    first_header_time: u64,
    /// Seconds that a connection may idle, or take to send the headers of a later request
    #[arg(long, env = "ROLLCALL_HEADER_TIME", default_value_t = Bounds::default().header_time.as_secs())]
    header_time: u64,
    /// Seconds that a body may take to arrive; more are answered 408
    #[arg(long, env = "ROLLCALL_BODY_TIME", default_value_t = Bounds::default().body_time.as_secs())]
    body_time: u64,
    /// Seconds that an answer may take until it begins; more are answered 503
    #[arg(long, env = "ROLLCALL_ANSWER_TIME", default_value_t = Bounds::default().answer_time.as_secs())]
    answer_time: u64,
    /// Seconds that a client may read nothing of its answer; then it is cut off
    #[arg(long, env = "ROLLCALL_STALL_TIME", default_value_t = Bounds::default().stall_time.as_secs())]
    stall_time: u64,
    /// Seconds that a client may take to read a whole answer; then it is cut off
    #[arg(long, env = "ROLLCALL_SEND_TIME", default_value_t = Bounds::default().send_time.as_secs())]
    send_time: u64,
}

impl ApiLimitArgs {
    pub(crate) fn limits(self, rate: u32) -> Limits {
        Limits { rate, guesses: self.max_guesses, bounds: self.bounds() }
    }

    fn bounds(self) -> Bounds {
        Bounds {
            connections: self.max_connections,
            connections_per_address: self.max_connections_per_address,
            in_flight: self.max_in_flight,
            in_flight_per_tenant: self.max_in_flight_per_tenant,
            arriving: self.max_arriving,
            arriving_per_tenant: self.max_arriving_per_tenant,
            header_bytes: self.max_headers,
            url_bytes: self.max_url,
            first_header_time: Duration::from_secs(self.first_header_time),
            header_time: Duration::from_secs(self.header_time),
            body_time: Duration::from_secs(self.body_time),
            answer_time: Duration::from_secs(self.answer_time),
            stall_time: Duration::from_secs(self.stall_time),
            send_time: Duration::from_secs(self.send_time),
        }
    }
}

/// The request limits of roles that take bodies.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArgs {
    #[command(flatten)]
    edge: ApiLimitArgs,
    /// Bytes of a body; more are answered 413
    #[arg(long, env = "ROLLCALL_MAX_BODY", default_value_t = access::Settings::default().body)]
    max_body: usize,
    /// Bytes of a user or a group without its members; more are answered 413
    #[arg(long, env = "ROLLCALL_MAX_RESOURCE", default_value_t = ResourceLimits::default().resource)]
    max_resource: usize,
    /// Operations in one PATCH; more are answered 413
    #[arg(long, env = "ROLLCALL_MAX_OPERATIONS", default_value_t = ResourceLimits::default().operations)]
    max_operations: usize,
    /// Members that one request may name; more are answered 413
    #[arg(long, env = "ROLLCALL_MAX_MEMBERS", default_value_t = ResourceLimits::default().members)]
    max_members: usize,
    /// Bytes of events that one bulk request may store; further operations are answered 413
    #[arg(long, env = "ROLLCALL_MAX_STORED", default_value_t = ResourceLimits::default().stored)]
    max_stored: usize,
}

impl LimitArgs {
    /// Those that reads and commands share.
    pub(crate) fn limits(self, rate: u32) -> Limits {
        self.edge.limits(rate)
    }

    /// How many bytes a body may have.
    pub(crate) fn body(self) -> usize {
        self.max_body
    }

    /// Those of what SCIM makes and changes.
    pub(crate) fn resources(self) -> ResourceLimits {
        ResourceLimits {
            resource: self.max_resource,
            operations: self.max_operations,
            members: self.max_members,
            stored: self.max_stored,
        }
    }
}

/// The proxies in front of this service.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct ProxyArgs {
    /// An address or network of proxies that are believed when they name a client in
    /// `X-Forwarded-For`; may be given several times. Without it, all clients behind a proxy count
    /// as one
    #[arg(
        long = "trusted-proxy",
        env = "ROLLCALL_TRUSTED_PROXIES",
        value_name = "ADDRESS",
        value_delimiter = ','
    )]
    trusted_proxies: Vec<ProxyNetwork>,
}

impl ProxyArgs {
    pub(crate) fn proxies(&self) -> TrustedProxies {
        TrustedProxies::new(self.trusted_proxies.iter().copied())
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
