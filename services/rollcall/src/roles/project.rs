//! The role `project`: keeps one read model in step with the log.

use std::net::SocketAddr;

use axum::Router;
use clap::Args;
use eventlog::Log;
use projector::{Database, Probe, ReadModel, SlotStatuses};
use web::health::Readiness;
use web::{Bounds, Position, Problem, TrustedProxies};

use super::serving::{self, Door, Serving};
use super::{DatabaseArgs, bind};
use crate::exit::ExitStatus;
use crate::log_args::LogArgs;
use crate::slot_args::SlotArgs;
use crate::{acts, metrics, projections, readiness};

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
    let projection = options.projection;
    let start = async |_: &Serving| {
        let database = Database::connect(&options.database.database_url, 2).await?;
        let log = options.log.open_for(&[projection], &database).await?;
        Ok((log, database))
    };
    let work = async |serving: &Serving, (log, database): (Log, Database)| {
        let (name, stop) = (projection.name, &serving.stop);
        let statuses = SlotStatuses::default();
        let status = &statuses.live;
        let ready = readiness::of_log(Readiness::default(), &log);
        let ready = readiness::of_projection(ready, name, status);
        // Its own schema is the projection's matter.
        let ready = readiness::of_postgres(ready, &Probe::start(&database, &[]));
        let mut registry = serving.startup.registry();
        metrics::of_projections(&mut registry, &[(name, status.clone())]);
        let router = Router::new().fallback(Problem::no_such_path);
        serving.open(router, (ready, registry), Position::default());
        let acts = acts::read(&log, stop);
        let worker = options.slots.options(operations::wanted(&acts, name, stop.clone()));
        Ok(projection.keep(log, database, statuses, worker, stop.clone()).await?)
    };
    let (listener, url) = bind(options.listen, None, false).await?;
    let (bounds, proxies) = (Bounds::default(), TrustedProxies::default());
    let door = Door { certificate: None, listener, url, bounds, proxies };
    serving::run(door, "connecting to Postgres and NATS", start, work).await
}
