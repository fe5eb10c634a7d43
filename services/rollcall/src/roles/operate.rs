//! The role `operate`: the operators' API. `/ops/v1` answers as soon as log, journal and Postgres are
//! there; `/operator/v1` needs a writer, which reads the log first.

use std::net::SocketAddr;

use clap::Args;
use operations::doctor::Surroundings;
use operations::{DeletingUser, Operations};
use projector::{Database, Probe};
use tokio_util::sync::CancellationToken;
use web::health::{self, Readiness};

use super::writer_args::WriterArgs;
use super::{DatabaseArgs, writing};
use crate::doctor_args::DoctorArgs;
use crate::exit::ExitStatus;
use crate::sample_args::SampleArgs;
use crate::startup::Startup;
use crate::write_side::WriteSide;
use crate::{
    acts, lifecycle, metrics, placement, position, projections, readiness, tenants, watching,
};

/// Connections that operators' questions may open to Postgres.
const CONNECTIONS: usize = 6;

#[derive(Debug, Args)]
pub(crate) struct OperateOptions {
    #[command(flatten)]
    writer: WriterArgs,
    #[command(flatten)]
    database: DatabaseArgs,
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8082")]
    listen: SocketAddr,
    /// Where NATS is, with the user and the password who may delete events, for erasures
    /// (`nats://erase:PASSWORD@HOST`); without it, the log's own user deletes, who needs to be allowed to
    #[arg(long, env = "ROLLCALL_ERASURE_NATS_URL", hide_env_values = true)]
    erasure_nats_url: Option<String>,
    #[command(flatten)]
    sample: SampleArgs,
    #[command(flatten)]
    doctor: DoctorArgs,
}

pub(crate) async fn operate(options: OperateOptions) -> anyhow::Result<ExitStatus> {
    let told = &options.writer;
    let operator = told.operator()?;
    let serve = async |stop: CancellationToken| {
        let (certificate, listener, url) = told.bind(options.listen).await?;
        let address = listener.local_addr()?;
        let startup = Startup::new("connecting to Postgres and NATS", address);
        let limits = told.limits.limits(0);
        let start = Box::pin(async {
            let database = Database::connect(&options.database.database_url, CONNECTIONS).await?;
            let log = told.open_log().await?;
            let acts = acts::open(&log, &stop).await?;
            let all = &projections::ALL;
            let ops =
                Operations::new(log.clone(), database.clone(), acts.clone(), all, operator, limits);
            tokio::spawn(operations::watch_jobs(ops.clone(), stop.clone()));
            options.sample.begin(&ops, &stop);
            let surroundings = Surroundings {
                public_url: told.public_url.clone(),
                token: operator.is_some(),
                ..Surroundings::default()
            };
            let ops = ops.in_surroundings(options.doctor.within(surroundings)?);
            let erasing = ops.clone();
            let ops = operations::ops_routes(ops);
            startup.serve_early(ops.clone());
            startup.step("reading the log");
            let known = acts.clone();
            // Gateways write too, and an operator shall see what they wrote.
            let consistent_reads = true;
            let settings = told.settings(&url, operator, acts, (consistent_reads, limits));
            let writes = WriteSide::start(&log, settings, &startup.progress, &stop).await?;
            let writes = told.placement.of_writes(&log, writes).await?;
            let deleting =
                DeletingUser { url: options.erasure_nats_url, access: told.log.access() };
            let erasures = operations::erasure_routes(erasing, writes.eraser(deleting));
            anyhow::Ok((log, database, ops.merge(erasures), writes, known))
        });
        let working = Box::pin(async {
            let Some(started) = stop.run_until_cancelled(start).await else { return Ok(()) };
            let (log, database, ops, writes, known) = started.inspect_err(|_| stop.cancel())?;
            let ready = readiness::of_log(Readiness::default(), &log);
            let ready = readiness::of_writer(ready, writes.access.writer());
            let ready = readiness::of_postgres(ready, &Probe::start(&database, &[]));
            let mut registry = startup.registry();
            metrics::of_writes(&mut registry, &writes);
            metrics::of_sampled(&mut registry, &known);
            watching::sample(&mut registry, &log, &database, &known, &stop);
            let router = writes.operator_routes().merge(ops);
            let router = router.merge(watching::deep_health(&log, &database, &writes));
            let router = router.merge(health::routes(ready)).merge(web::metrics::routes(registry));
            startup.learn(tenants::of_writes(&writes.access));
            let router = placement::guard(router, &writes.placement);
            startup.done(router, position::of_writes(&writes));
            tracing::info!(%address, url, "listening");
            writing(writes.run(), &stop).await
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
