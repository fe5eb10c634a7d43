//! The services, each as a process of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use crate::lifecycle;
use anyhow::Context as _;
use clap::Args;
use eventlog::{Log, LogOptions};
use ingest::{Died, Gateway, Settings};
use projector::{Database, Probe, ReadModel, StatusHandle};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use web::health::{self, Readiness};
use web::{Bounds, Problem, TrustedProxies};

use crate::exit::Ended;
use crate::listening::{ApiLimitArgs, LimitArgs, ProxyArgs, TlsArgs};
use crate::startup::Startup;
use crate::the_log::{LogArgs, VerifyArgs};
use crate::{metrics, operator_token, position, projections, readiness, revocations, tenants};

/// Connections that a read API may open to Postgres.
pub(crate) const API_CONNECTIONS: usize = 8;

#[derive(Debug, Args)]
pub(crate) struct DatabaseArgs {
    /// Where the read models are
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
}

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
    #[arg(long, env = "ROLLCALL_RATE", default_value_t = 100, help_heading = "Limits")]
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

pub(crate) async fn ingest(options: IngestOptions) -> anyhow::Result<Ended> {
    let operator = operator_token::digest(options.operator_token.as_deref())?;
    let serve = async |stop: CancellationToken| {
        let certificate = options.tls.certificate()?;
        let public_url = options.public_url.as_deref();
        let (listener, url) = bind(options.listen, public_url, certificate.is_some()).await?;
        let address = listener.local_addr()?;
        let startup = Startup::new("connecting to NATS", address);
        let limits = options.limits.limits(options.rate);
        let settings = Settings {
            public_url: url.clone(),
            operator,
            consistent_reads: options.consistent_reads,
            limits,
            snapshot: options.snapshot,
        };
        let start = Box::pin(async {
            let log = options.log.open(settings.snapshot.as_deref()).await?;
            startup.step("reading the log");
            let gateway =
                Gateway::start_showing(log.clone(), settings, &startup.progress, stop.clone());
            anyhow::Ok((log, gateway.await?))
        });
        let working = Box::pin(async {
            let Some(started) = stop.run_until_cancelled(start).await else { return Ok(()) };
            // Nobody is served without it.
            let (log, gateway) = started.inspect_err(|_| stop.cancel())?;
            let verified = watch::Sender::default();
            let ready = readiness::of_log(Readiness::default(), &log);
            let ready = readiness::of_gateway(ready, &gateway);
            let mut registry = startup.registry();
            metrics::of_gateway(&mut registry, &gateway);
            metrics::of_verification(&mut registry, &verified);
            let router = api::with_document(gateway.routes(), ingest::document());
            let router = router.merge(health::routes(ready)).merge(web::metrics::routes(registry));
            startup.learn(tenants::of_gateway(&gateway));
            startup.done(router, position::of_gateway(&gateway));
            tracing::info!(%address, url, "listening");
            let running = writing(gateway.run(), &stop);
            let verifying = options.verify.verify(&log, &verified, &stop);
            let (ended, ()) = tokio::join!(running, verifying);
            ended
        });
        let answering = async {
            let door = startup.door(limits.bounds, certificate, options.proxies.proxies());
            web::serve(listener, startup.routes(), door, stop.clone()).await;
            stop.cancel();
        };
        let (worked, ()) = tokio::join!(working, answering);
        worked
    };
    lifecycle::run(serve).await??;
    Ok(Ended::Well)
}

/// Waits until the write engine has ended, and stops the rest of the process: nobody can write here
/// any more, and whoever reads has to look elsewhere as well. Fails if the engine died.
pub(crate) async fn writing(
    engine: impl Future<Output = Result<(), Died>>,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let ended = engine.await;
    stop.cancel();
    Ok(ended?)
}

#[derive(Debug, Args)]
pub(crate) struct ProjectOptions {
    /// Which read model to keep
    #[arg(value_parser = projections::parser())]
    projection: ReadModel,
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    database: DatabaseArgs,
    /// Where to answer /health; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

pub(crate) async fn project(options: ProjectOptions) -> anyhow::Result<Ended> {
    let serve = async |stop: CancellationToken| {
        let (listener, url) = bind(options.listen, None, false).await?;
        let address = listener.local_addr()?;
        let projection = options.projection;
        let name = projection.name;
        let startup = Startup::new("connecting to Postgres and NATS", address);
        let start = Box::pin(async {
            let database = Database::connect(&options.database.database_url, 2).await?;
            let log = options.log.open_for(&[projection], &database).await?;
            anyhow::Ok((log, database))
        });
        let working = Box::pin(async {
            let Some(started) = stop.run_until_cancelled(start).await else { return Ok(()) };
            let (log, database) = started.inspect_err(|_| stop.cancel())?;
            let status = Arc::new(StatusHandle::default());
            let ready = readiness::of_log(Readiness::default(), &log);
            let ready = readiness::of_projection(ready, name, &status);
            // Its own schema is the projection's matter.
            let ready = readiness::of_postgres(ready, &Probe::start(&database, &[]));
            let mut registry = startup.registry();
            metrics::of_projections(&mut registry, &[(name, Arc::clone(&status))]);
            let router = health::routes(ready).merge(web::metrics::routes(registry));
            let router = router.fallback(Problem::no_such_path);
            startup.done(router, position::of_projection(&status));
            tracing::info!(%address, url, "listening");
            let kept = projection.keep(log, database, status, stop.clone()).await;
            stop.cancel();
            anyhow::Ok(kept?)
        });
        let answering = async {
            let door = startup.door(Bounds::default(), None, TrustedProxies::default());
            web::serve(listener, startup.routes(), door, stop.clone()).await;
            stop.cancel();
        };
        let (worked, ()) = tokio::join!(working, answering);
        worked
    };
    lifecycle::run(serve).await??;
    Ok(Ended::Well)
}

#[derive(Debug, Args)]
pub(crate) struct ApiOptions {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Ask the log whether a token was revoked, so that it stops at once; without it, a token stops
    /// when the directory has seen that it was
    #[arg(long, requires = "nats_url")]
    consistent_reads: bool,
    /// Where the log is, for --consistent-reads
    #[arg(long, env = "NATS_URL", hide_env_values = true)]
    nats_url: Option<String>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
    /// Requests a second of one tenant; more are answered 429. 0 means no limit
    #[arg(long, env = "ROLLCALL_RATE", default_value_t = 100, help_heading = "Limits")]
    rate: u32,
    #[command(flatten)]
    limits: ApiLimitArgs,
    #[command(flatten)]
    proxies: ProxyArgs,
    #[command(flatten)]
    tls: TlsArgs,
}

pub(crate) async fn api(options: ApiOptions) -> anyhow::Result<Ended> {
    let serve = async |stop: CancellationToken| {
        let certificate = options.tls.certificate()?;
        let (listener, url) = bind(options.listen, None, certificate.is_some()).await?;
        let address = listener.local_addr()?;
        let startup = Startup::new("connecting to Postgres", address);
        let limits = options.limits.limits(options.rate);
        let start = Box::pin(async {
            let database = &options.database.database_url;
            let database = Database::connect(database, API_CONNECTIONS).await?;
            let log = match &options.nats_url {
                Some(url) if options.consistent_reads => {
                    startup.step("connecting to NATS");
                    Some(Log::open_to_look(url, LogOptions::default().patience).await?)
                }
                Some(_) | None => None,
            };
            anyhow::Ok((database, log))
        });
        let working = async {
            let Some(started) = stop.run_until_cancelled(start).await else { return Ok(()) };
            let (database, log) = started.inspect_err(|_| stop.cancel())?;
            let mut read_api = api::ReadApi::new(database, eventlog::clock::now, limits);
            let mut ready = readiness::of_postgres(Readiness::default(), read_api.probe());
            if let Some(log) = log {
                ready = readiness::of_log(ready, &log);
                read_api = read_api.with_revocations(revocations::of_log(log));
            }
            let position = position::of_reads(read_api.probe());
            let router = api::with_document(api::routes(read_api), ingest::document());
            let router = router.merge(web::metrics::routes(startup.registry()));
            let router = router.merge(health::routes(ready)).fallback(Problem::no_such_path);
            startup.done(router, position);
            tracing::info!(%address, url, "listening");
            anyhow::Ok(())
        };
        let answering = async {
            let door = startup.door(limits.bounds, certificate, options.proxies.proxies());
            web::serve(listener, startup.routes(), door, stop.clone()).await;
        };
        let (worked, ()) = tokio::join!(working, answering);
        worked
    };
    lifecycle::run(serve).await??;
    Ok(Ended::Well)
}

/// Takes a place to listen, and tells the URL under which clients reach it.
pub(crate) async fn listen(
    address: SocketAddr,
    public_url: Option<&str>,
    secure: bool,
) -> anyhow::Result<(TcpListener, String)> {
    let (listener, url) = bind(address, public_url, secure).await?;
    tracing::info!(address = %listener.local_addr()?, url, "listening");
    Ok((listener, url))
}

/// The same, for a process that still has to start: it says that it listens once it serves.
async fn bind(
    address: SocketAddr,
    public_url: Option<&str>,
    secure: bool,
) -> anyhow::Result<(TcpListener, String)> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("listen on {address}; is another program there? (--listen)"))?;
    let address = listener.local_addr()?;
    let scheme = if secure { "https" } else { "http" };
    let url = match public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("{scheme}://{address}"),
    };
    Ok((listener, url))
}

#[cfg(test)]
mod tests {
    use std::process::ExitCode;

    use super::*;
    use crate::exit;

    #[tokio::test]
    async fn a_write_engine_that_died_ends_the_process_with_exit_code_1() {
        let stop = CancellationToken::new();
        let ended = writing(async { Err(Died) }, &stop).await;
        assert!(stop.is_cancelled(), "the rest of the process goes on");
        assert_eq!(exit::code(ended.map(|()| Ended::Well)), ExitCode::FAILURE);
    }

    #[tokio::test]
    async fn a_write_engine_that_was_stopped_ends_the_process_well() {
        let ended = writing(async { Ok(()) }, &CancellationToken::new()).await;
        assert_eq!(exit::code(ended.map(|()| Ended::Well)), ExitCode::SUCCESS);
    }
}
