//! The role `operate`: the operators' API. `/ops/v1` answers as soon as log, journal and Postgres are
//! there; `/operator/v1` needs a writer, which reads the log first.

use std::net::SocketAddr;

use axum::Router;
use clap::Args;
use eventlog::Log;
use operations::doctor::Surroundings;
use operations::{ActLog, DeletingUser, Operations};
use projector::{Database, Probe};

use super::serving::{self, Serving};
use super::writer_args::WriterArgs;
use super::{DatabaseArgs, writing};
use crate::doctor_args::DoctorArgs;
use crate::exit::ExitStatus;
use crate::sample_args::SampleArgs;
use crate::write_side::WriteSide;
use crate::{acts, metrics, projections, readiness, watching};

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
    let limits = told.limits.limits(0);
    let start = async |serving: &Serving| {
        let Serving { startup, stop, url, .. } = serving;
        let database = Database::connect(&options.database.database_url, CONNECTIONS).await?;
        let log = told.open_log().await?;
        let acts = acts::open(&log, stop).await?;
        let all = &projections::ALL;
        let ops =
            Operations::new(log.clone(), database.clone(), acts.clone(), all, operator, limits);
        tokio::spawn(operations::watch_jobs(ops.clone(), stop.clone()));
        options.sample.begin(&ops, stop);
        let surroundings = Surroundings {
            public_url: told.public_url.clone(),
            token: operator.is_some(),
            ..Surroundings::default()
        };
        let ops = ops.in_surroundings(options.doctor.within(surroundings)?);
        let erasing = ops.clone();
        let ops = operations::ops_routes(ops);
        startup.serve_early(ops.clone());
        // Gateways write too, and an operator shall see what they wrote.
        let settings = told.settings(url, operator, acts.clone(), (true, limits));
        let writes = told.writes(&log, settings, serving).await?;
        let deleting = DeletingUser { url: options.erasure_nats_url, access: told.log.access() };
        let erasures = operations::erasure_routes(erasing, writes.eraser(deleting));
        Ok(Started { log, database, ops: ops.merge(erasures), writes, acts })
    };
    let work = async |serving: &Serving, started: Started| {
        let Started { log, database, ops, writes, acts } = started;
        let ready = Serving::ready(&log, &writes);
        let ready = readiness::of_postgres(ready, &Probe::start(&database, &[]));
        let mut registry = serving.registry(&writes);
        metrics::of_sampled(&mut registry, &acts);
        watching::sample(&mut registry, &log, &database, &acts, &serving.stop);
        let router = writes.operator_routes().merge(ops);
        let router = router.merge(watching::deep_health(&log, &database, &writes));
        serving.open_over(&writes, router, (ready, registry));
        writing(writes.run(), &serving.stop).await
    };
    let door = told.door(options.listen, limits).await?;
    serving::run(door, "connecting to Postgres and NATS", start, work).await
}

/// What the operators' API is over.
struct Started {
    log: Log,
    database: Database,
    ops: Router,
    writes: WriteSide,
    acts: ActLog,
}
