//! The role `ingest`: SCIM, the token endpoint, the commands of the JSON API and the operators' API,
//! over one writer.

use std::net::SocketAddr;

use clap::Args;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use web::health::{self, Readiness};

use super::writer_args::WriterArgs;
use super::writing;
use crate::exit::ExitStatus;
use crate::log_args::VerifyArgs;
use crate::record_args::RecordArgs;
use crate::startup::Startup;
use crate::write_side::{WriteSettings, WriteSide};
use crate::{acts, lifecycle, metrics, placement, position, readiness, tenants};

#[derive(Debug, Args)]
pub(crate) struct IngestOptions {
    #[command(flatten)]
    writer: WriterArgs,
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Let a read wait for what other replicas acknowledged; for more than one replica
    #[arg(long)]
    consistent_reads: bool,
    /// Requests a second of one tenant; more are answered 429. 0 means no limit
    #[arg(long, env = "ROLLCALL_RATE", default_value_t = web::Limits::default().rate, help_heading = "Limits")]
    rate: u32,
    #[command(flatten)]
    verify: VerifyArgs,
    #[command(flatten)]
    record: RecordArgs,
}

pub(crate) async fn ingest(options: IngestOptions) -> anyhow::Result<ExitStatus> {
    let told = &options.writer;
    let operator = told.operator()?;
    let serve = async |stop: CancellationToken| {
        let (certificate, listener, url) = told.bind(options.listen).await?;
        let address = listener.local_addr()?;
        let startup = Startup::new("connecting to NATS", address);
        let limits = told.limits.limits(options.rate);
        let start = Box::pin(async {
            let log = told.open_log().await?;
            let acts = acts::open(&log, &stop).await?;
            let settings = told.settings(&url, operator, acts, (options.consistent_reads, limits));
            let settings = WriteSettings { record: options.record.max_age(), ..settings };
            startup.step("reading the log");
            let writes = WriteSide::start(&log, settings, &startup.progress, &stop).await?;
            let writes = told.placement.of_writes(&log, writes).await?;
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
            let router = api::with_document(writes.routes(), [delivery::pull::openapi()]);
            let router = router.merge(health::routes(ready)).merge(web::metrics::routes(registry));
            startup.learn(tenants::of_writes(&writes.access));
            let router = placement::guard(router, &writes.placement);
            startup.done(router, position::of_writes(&writes));
            tracing::info!(%address, url, "listening");
            let running = writing(writes.run(), &stop);
            let verifying = options.verify.verify(&log, &verified, &stop);
            let (ended, ()) = tokio::join!(running, verifying);
            ended
        });
        let answering = async {
            let server = startup.server_options(limits.bounds, certificate, told.proxies.proxies());
            web::serve(listener, startup.routes(), server, stop.clone()).await;
            stop.cancel();
        };
        let (worked, ()) = tokio::join!(working, answering);
        worked
    };
    lifecycle::run(serve).await??;
    Ok(ExitStatus::Success)
}
