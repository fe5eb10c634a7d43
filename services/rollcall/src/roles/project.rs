//! The role `project`: keeps one read model in step with the log.

use std::net::SocketAddr;

use clap::Args;
use projector::{Database, Probe, ReadModel, SlotStatuses};
use tokio_util::sync::CancellationToken;
use web::health::{self, Readiness};
use web::{Bounds, Position, Problem, TrustedProxies};

use super::{DatabaseArgs, bind};
use crate::exit::ExitStatus;
use crate::log_args::LogArgs;
use crate::slot_args::SlotArgs;
use crate::startup::Startup;
use crate::{acts, lifecycle, metrics, projections, readiness};

#[derive(Debug, Args)]
pub(crate) struct ProjectOptions {
    /// Which read model to keep
    #[arg(value_parser = projections::parser())]
    projection: ReadModel,
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    slots: SlotArgs,
    /// Where to answer /health; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

pub(crate) async fn project(options: ProjectOptions) -> anyhow::Result<ExitStatus> {
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
            let statuses = SlotStatuses::default();
            let status = &statuses.live;
            let ready = readiness::of_log(Readiness::default(), &log);
            let ready = readiness::of_projection(ready, name, status);
            // Its own schema is the projection's matter.
            let ready = readiness::of_postgres(ready, &Probe::start(&database, &[]));
            let mut registry = startup.registry();
            metrics::of_projections(&mut registry, &[(name, status.clone())]);
            let router = health::routes(ready).merge(web::metrics::routes(registry));
            let router = router.fallback(Problem::no_such_path);
            startup.done(router, Position::default());
            tracing::info!(%address, url, "listening");
            let acts = acts::read(&log, &stop);
            let worker = options.slots.options(operations::wanted(&acts, name, stop.clone()));
            let kept = projection.keep(log, database, statuses, worker, stop.clone()).await;
            stop.cancel();
            anyhow::Ok(kept?)
        });
        let answering = async {
            let server = startup.server_options(Bounds::default(), None, TrustedProxies::default());
            web::serve(listener, startup.routes(), server, stop.clone()).await;
            stop.cancel();
        };
        let (worked, ()) = tokio::join!(working, answering);
        worked
    };
    lifecycle::run(serve).await??;
    Ok(ExitStatus::Success)
}
