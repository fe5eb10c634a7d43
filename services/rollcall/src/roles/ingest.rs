//! The role `ingest`: SCIM, the token endpoint, the commands of the JSON API and the operators' API,
//! over one writer.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use web::health::{self, Readiness};

use super::{bind, writing};
use crate::exit::ExitStatus;
use crate::log_args::{LogArgs, VerifyArgs};
use crate::server_args::{LimitArgs, ProxyArgs, TlsArgs};
use crate::startup::Startup;
use crate::write_side::{WriteSettings, WriteSide};
use crate::{acts, lifecycle, metrics, operator_token, position, readiness, tenants};

#[derive(Debug, Args)]
pub(crate) struct IngestOptions {
    #[command(flatten)]
    log: LogArgs,
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where clients reach this service, if not where it listens
    #[arg(long, env = "ROLLCALL_PUBLIC_URL")]
    public_url: Option<String>,
    /// The token that opens the operators' API; unset or empty, it is closed
    ///
    /// It must hold 128 bits: make one with `openssl rand -hex 32`. Bits are counted as letters and
    /// digits times log2 of the smallest set they come from: 10 digits, 16 hexadecimal digits, 36
    /// (digits and letters of one case) or 62. Without a digit they are taken for words: 2 bits a
    /// letter, 3 if both cases occur. A token of fewer than 10 different characters, with 6
    /// characters that are in it twice or that follow each other in the alphabet, or with anything
    /// but visible ASCII, is refused.
    #[arg(long, env = "ROLLCALL_OPERATOR_TOKEN", hide_env_values = true)]
    operator_token: Option<String>,
    /// Let a read wait for what other replicas acknowledged; for more than one replica
    #[arg(long)]
    consistent_reads: bool,
    /// A file in which the roster is saved, so that the next start need not read the whole log
    #[arg(long, env = "ROLLCALL_SNAPSHOT")]
    snapshot: Option<PathBuf>,
    /// Requests a second of one tenant; more are answered 429. 0 means no limit
    #[arg(long, env = "ROLLCALL_RATE", default_value_t = web::Limits::default().rate, help_heading = "Limits")]
    rate: u32,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    proxies: ProxyArgs,
    #[command(flatten)]
    verify: VerifyArgs,
    #[command(flatten)]
    tls: TlsArgs,
}

pub(crate) async fn ingest(options: IngestOptions) -> anyhow::Result<ExitStatus> {
    let operator = operator_token::digest(options.operator_token.as_deref())?;
    let serve = async |stop: CancellationToken| {
        let certificate = options.tls.certificate()?;
        let public_url = options.public_url.as_deref();
        let (listener, url) = bind(options.listen, public_url, certificate.is_some()).await?;
        let address = listener.local_addr()?;
        let startup = Startup::new("connecting to NATS", address);
        let limits = options.limits.limits(options.rate);
        let start = Box::pin(async {
            let log = options.log.open(options.snapshot.as_deref()).await?;
            let settings = WriteSettings {
                public_url: url.clone(),
                operator,
                acts: acts::open(&log, &stop).await?,
                access: access::Settings {
                    consistent_reads: options.consistent_reads,
                    body: options.limits.body(),
                    limits,
                },
                limits: options.limits.resources(),
                snapshot: options.snapshot,
            };
            startup.step("reading the log");
            let writes = WriteSide::start(&log, settings, &startup.progress, &stop).await?;
            anyhow::Ok((log, writes))
        });
        let working = Box::pin(async {
            let Some(started) = stop.run_until_cancelled(start).await else { return Ok(()) };
            // Nobody is served without it.
            let (log, writes) = started.inspect_err(|_| stop.cancel())?;
            let verified = watch::Sender::default();
            let ready = readiness::of_log(Readiness::default(), &log);
            let ready = readiness::of_writer(ready, writes.access.writer());
            let mut registry = startup.registry();
            metrics::of_writes(&mut registry, &writes);
            metrics::of_directories(&mut registry, &writes);
            metrics::of_verification(&mut registry, &verified);
            let router = api::with_document(writes.routes());
            let router = router.merge(health::routes(ready)).merge(web::metrics::routes(registry));
            startup.learn(tenants::of_writes(&writes.access));
            startup.done(router, position::of_writes(&writes.access));
            tracing::info!(%address, url, "listening");
            let running = writing(writes.run(), &stop);
            let verifying = options.verify.verify(&log, &verified, &stop);
            let (ended, ()) = tokio::join!(running, verifying);
            ended
        });
        let answering = async {
            let server =
                startup.server_options(limits.bounds, certificate, options.proxies.proxies());
            web::serve(listener, startup.routes(), server, stop.clone()).await;
            stop.cancel();
        };
        let (worked, ()) = tokio::join!(working, answering);
        worked
    };
    lifecycle::run(serve).await??;
    Ok(ExitStatus::Success)
}
