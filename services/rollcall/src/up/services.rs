//! All services in one process.

use std::path::PathBuf;
use std::sync::Arc;

use chassis::projector::{Phase, Reading};
use chassis::{CancellationToken, Database, Gauge, Log};
use events::Digest;
use ingest::{Gateway, Settings};
use tokio::sync::watch;
use tokio::task::JoinSet;
use web::Door;
use web::health::{self, Readiness};
use web::metrics::{self, Metrics};

use super::doors::Doors;
use crate::cli::UpOptions;
use crate::data_dir::Running;
use crate::roles::{self, API_CONNECTIONS, ProjectionName};
use crate::startup::Startup;
use crate::{figures, readiness, revocations, the_log};

/// The running services.
#[derive(Debug)]
pub(super) struct Services {
    log: Log,
    gauges: Vec<Arc<Gauge>>,
    running: JoinSet<anyhow::Result<()>>,
    stop: CancellationToken,
}

impl Services {
    pub(super) async fn start(
        doors: Doors,
        options: &UpOptions,
        place: &Running,
        snapshot: PathBuf,
        stop: CancellationToken,
    ) -> anyhow::Result<Self> {
        let startup = Startup::new("connecting to Postgres and NATS", doors.public.local_addr()?);
        let limits = options.limits.limits(options.rate);
        let proxies = options.proxies.proxies();
        let door = Door { bounds: limits.bounds, certificate: doors.certificate, proxies };
        let mut running = JoinSet::new();
        if let Some(listener) = doors.for_verbs {
            let plain = Door { bounds: limits.bounds, ..Door::default() };
            running.spawn(roles::serve(listener, startup.router(), plain, stop.clone()));
        }
        running.spawn(roles::serve(doors.public, startup.router(), door, stop.clone()));

        let connections = API_CONNECTIONS + 2 * ProjectionName::ALL.len();
        let database = Database::connect(&place.database_url, connections).await?;
        let (all, accept) = (&ProjectionName::ALL, options.accept);
        let log =
            the_log::open_for(&place.nats_url, 1, Some(&snapshot), all, &database, accept).await?;
        startup.step("reading the log");
        let settings = Settings {
            public_url: doors.public_url,
            operator: Some(Digest::of(place.operator_token.as_bytes())),
            consistent_reads: false,
            limits,
            snapshot: Some(snapshot),
        };
        let gateway =
            Gateway::start_showing(log.clone(), settings, &startup.progress, stop.clone()).await?;

        let mut readiness = readiness::of_log(Readiness::default(), &log);
        readiness = readiness::of_gateway(readiness, &gateway);
        let verified = watch::Sender::default();
        let mut figures = figures::of_gateway(Metrics::default(), &gateway);
        figures = figures::of_verification(figures, &verified);
        let mut gauges = Vec::new();
        for name in ProjectionName::ALL {
            let gauge = Arc::new(Gauge::default());
            readiness = readiness::of_projection(readiness, name.as_str(), &gauge);
            figures = figures::of_projection(figures, name.as_str(), &gauge);
            let (log, database) = (log.clone(), database.clone());
            running.spawn(roles::keep(name, log, database, Arc::clone(&gauge), stop.clone()));
            gauges.push(gauge);
        }
        let revocations = revocations::of_gateway(&gateway);
        let (commands, document) = gateway.routes();
        let read_api =
            api::ReadApi::new(database, chassis::fresh::now, options.limits.of_reads(options.rate));
        let read_api = read_api.with_revocations(revocations);
        readiness = readiness::of_postgres(readiness, read_api.probe());
        let both_sides = api::routes(read_api).merge(commands.into());
        let router =
            api::with_document(both_sides, vec![document]).merge(health::routes(readiness));
        startup.done(router.merge(metrics::routes(figures)));
        let (watched, verify, stopping) = (log.clone(), options.verify, stop.clone());
        running.spawn(async move {
            verify.verify(&watched, &verified, &stopping).await;
            Ok(())
        });
        running.spawn(async move {
            gateway.run().await?;
            Ok(())
        });
        Ok(Self { log, gauges, running, stop })
    }

    /// Waits until every read model has seen all that the log holds now; fails when one of them
    /// cannot go on before somebody mends it.
    pub(super) async fn caught_up(&self) -> anyhow::Result<()> {
        let end = self.log.end().await?;
        for (name, gauge) in ProjectionName::ALL.into_iter().zip(&self.gauges) {
            let mut readings = gauge.watch();
            let there = |r: &Reading| r.position >= end && gauge.check().is_ok();
            let stuck = |r: &Reading| matches!(r.phase, Phase::Stuck(_));
            let reached = readings.wait_for(|r| there(r) || stuck(r)).await?.clone();
            if let Phase::Stuck(why) = reached.phase {
                anyhow::bail!("the projection {} has stopped: {why}", name.as_str());
            }
        }
        Ok(())
    }

    /// Waits until all have ended. One that ends with an error takes the others with it.
    pub(super) async fn ended(mut self) -> anyhow::Result<()> {
        let mut outcome = Ok(());
        while let Some(ended) = self.running.join_next().await {
            let ended = ended.map_err(anyhow::Error::from).and_then(|ended| ended);
            if ended.is_err() {
                self.stop.cancel();
                outcome = outcome.and(ended);
            }
        }
        outcome
    }
}
