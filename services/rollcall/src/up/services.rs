//! All services in one process.

use std::path::PathBuf;
use std::sync::Arc;

use chassis::{CancellationToken, Database, Gauge, Log, LogOptions};
use events::Digest;
use ingest::{Gateway, Settings};
use tokio::task::JoinSet;
use web::Door;
use web::health::{self, Readiness};
use web::metrics::{self, Metrics};

use super::doors::Doors;
use crate::cli::UpOptions;
use crate::data_dir::Running;
use crate::roles::{self, API_CONNECTIONS, ProjectionName};
use crate::{figures, readiness, revocations};

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
        let log = Log::open(&place.nats_url, LogOptions::default()).await?;
        let connections = API_CONNECTIONS + 2 * ProjectionName::ALL.len();
        let database = Database::connect(&place.database_url, connections).await?;
        let limits = options.limits.limits(options.rate);
        let settings = Settings {
            public_url: doors.public_url,
            operator: Some(Digest::of(place.operator_token.as_bytes())),
            consistent_reads: false,
            limits,
            snapshot: Some(snapshot),
        };
        let gateway = Gateway::start(log.clone(), settings, stop.clone()).await?;

        let mut running = JoinSet::new();
        let mut readiness = readiness::of_log(Readiness::default(), &log);
        readiness = readiness::of_gateway(readiness, &gateway);
        let mut figures = figures::of_gateway(Metrics::default(), &gateway);
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
        let router = router.merge(metrics::routes(figures));
        let proxies = options.proxies.proxies();
        let door = Door { bounds: limits.bounds, certificate: doors.certificate, proxies };
        if let Some(listener) = doors.for_verbs {
            let plain = Door { bounds: limits.bounds, ..Door::default() };
            running.spawn(roles::serve(listener, router.clone(), plain, stop.clone()));
        }
        running.spawn(roles::serve(doors.public, router, door, stop.clone()));
        running.spawn(async move {
            gateway.run().await?;
            Ok(())
        });
        Ok(Self { log, gauges, running, stop })
    }

    /// Waits until every read model has seen all that the log holds now.
    pub(super) async fn caught_up(&self) -> anyhow::Result<()> {
        let end = self.log.end().await?;
        for gauge in &self.gauges {
            let mut readings = gauge.watch();
            readings.wait_for(|r| r.position >= end && gauge.check().is_ok()).await?;
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
