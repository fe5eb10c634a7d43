//! The role `api`: the reads of the JSON API.

use std::net::SocketAddr;

use clap::Args;
use eventlog::{Log, Placement};
use projector::Database;
use web::health::Readiness;
use web::{PositionCipher, Problem};

use super::serving::{self, Door, Serving};
use super::{DatabaseArgs, bind};
use crate::exit::ExitStatus;
use crate::log_access::LogAccessArgs;
use crate::placement::{self, PlacementArgs};
use crate::server_args::{ApiLimitArgs, ProxyArgs, TlsArgs};
use crate::{position, readiness, revocations};

/// Connections that the reads may open to Postgres.
pub(crate) const CONNECTIONS: usize = 8;

#[derive(Debug, Args)]
pub(crate) struct ApiOptions {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Ask the log whether a token was revoked, so that it stops at once, and where it ends, so that a
    /// token that was just issued is awaited; without it, a token stops when the directory has seen
    /// that it was, and is a wrong one until the directory has seen that it was issued
    #[arg(long)]
    consistent_reads: bool,
    /// Where the log is: a start takes the key of Rollcall-Position from beside it
    #[arg(long, env = "NATS_URL", hide_env_values = true)]
    nats_url: String,
    #[command(flatten)]
    access: LogAccessArgs,
    #[command(flatten)]
    placement: PlacementArgs,
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
    /// Requests a second of one tenant; more are answered 429. 0 means no limit
    #[arg(long, env = "ROLLCALL_RATE", default_value_t = web::Limits::default().rate, help_heading = "Limits")]
    rate: u32,
    #[command(flatten)]
    limits: ApiLimitArgs,
    #[command(flatten)]
    proxies: ProxyArgs,
    #[command(flatten)]
    tls: TlsArgs,
}

pub(crate) async fn api(options: ApiOptions) -> anyhow::Result<ExitStatus> {
    let limits = options.limits.limits(options.rate);
    let start = async |serving: &Serving| {
        let database = &options.database.database_url;
        let database = Database::connect(database, CONNECTIONS).await?;
        serving.startup.step("connecting to NATS");
        let log = Log::open_read_only(&options.nats_url, &options.access.options()).await?;
        let positions = position::cipher_when_made(&log, &serving.startup).await?;
        let placement = options.placement.of_reads(&log).await?;
        Ok(Started { database, log, positions, placement })
    };
    let work = async |serving: &Serving, started: Started| {
        let Started { database, log, positions, placement } = started;
        let now = eventlog::clock::now;
        let mut read_api = api::ReadApi::new(database, positions.clone(), now, limits);
        let mut ready = readiness::of_postgres(Readiness::default(), read_api.probe());
        if options.consistent_reads {
            ready = readiness::of_log(ready, &log);
            read_api = read_api
                .with_log_end(revocations::end_of_log(log.clone()))
                .with_revocations(revocations::of_log(log));
        }
        let position = position::of_reads(read_api.probe(), positions);
        let router = api::with_document(api::reads(read_api), [delivery::pull::openapi()]);
        let router = placement::guard(router.fallback(Problem::no_such_path), &placement);
        serving.open(router, (ready, serving.startup.registry()), position);
        serving.stop.run_until_cancelled(placement.follow()).await;
        serving.stop.cancelled().await;
        Ok(())
    };
    let certificate = options.tls.certificate()?;
    let (listener, url) = bind(options.listen, None, certificate.is_some()).await?;
    let (bounds, proxies) = (limits.bounds, options.proxies.proxies());
    let door = Door { certificate, listener, url, bounds, proxies };
    serving::run(door, "connecting to Postgres", start, work).await
}

/// What the reads are over.
struct Started {
    database: Database,
    log: Log,
    positions: PositionCipher,
    placement: Placement,
}
