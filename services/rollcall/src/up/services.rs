//! All services in one process.

use std::path::PathBuf;
use std::sync::Arc;

use access::{Shown, WriteAccess, shown_by_secret};
use axum::Router;
use delivery::Delivery;
use delivery::pull;
use eventlog::{Issuer, Log, LogOptions, Verification, clock};
use events::Digest;
use operations::doctor::Surroundings;
use operations::{DeletingUser, Operations};
use projector::{Database, Phase, Probe, ProjectionStatus, SlotStatuses, StatusHandle};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use web::health::{self, Readiness};
use web::{ServerOptions, TrustedProxies};

use super::listeners::Listeners;
use super::options::UpOptions;
use super::sending::{begin_sending, keeping_places};
use crate::data_dir::Running;
use crate::log_args::VerifyArgs;
use crate::roles::{self, API_CONNECTIONS};
use crate::startup::Startup;
use crate::write_side::WriteSide;
use crate::{
    acts, delivery_database, log_args, metrics, nats_door, portal_pages, position, projections,
    readiness, revocations, tenants, watching,
};

/// The running services.
#[derive(Debug)]
pub(super) struct Services {
    log: Log,
    statuses: Vec<(&'static str, Arc<StatusHandle>)>,
    postgres: Probe,
    access: WriteAccess,
    running: JoinSet<anyhow::Result<()>>,
    stop: CancellationToken,
}

impl Services {
    pub(super) async fn start(
        listeners: Listeners,
        options: &UpOptions,
        servers: &Running,
        (snapshot, told, issuer): (PathBuf, PathBuf, Option<Arc<Issuer>>),
        stop: CancellationToken,
    ) -> anyhow::Result<Self> {
        let startup =
            Startup::new("connecting to Postgres and NATS", listeners.public.local_addr()?);
        let limits = options.limits.limits(options.rate);
        let (bounds, proxies) = (limits.bounds, options.proxies.proxies());
        let server = startup.server_options(bounds, listeners.certificate, proxies);
        let mut running = JoinSet::new();
        if let Some(listener) = listeners.for_verbs {
            let plain = startup.server_options(bounds, None, TrustedProxies::default());
            running.spawn(serving(listener, startup.routes(), plain, stop.clone()));
        }
        running.spawn(serving(listeners.public, startup.routes(), server, stop.clone()));

        let connections = API_CONNECTIONS
            + delivery_database::CONNECTIONS
            + portal_pages::CONNECTIONS
            + 2 * projections::ALL.len();
        let database = Database::connect(&servers.database_url, connections).await?;
        let all = &projections::ALL;
        let log = LogOptions { lost: options.accept.of_writer(), ..options.nats.log_options() };
        let log =
            log_args::open_for(&servers.nats_url, log, Some(&snapshot), all, &database).await?;
        let operator = Some(Digest::of(servers.operator_token.as_bytes()));
        let acts = acts::open(&log, &stop).await?;
        let (of_log, of_tables) = (log.clone(), database.clone());
        let ops = Operations::new(of_log, of_tables, acts.clone(), all, operator, limits);
        tokio::spawn(operations::watch_jobs(ops.clone(), stop.clone()));
        options.sample.begin(&ops, &stop);
        let surroundings = surroundings(options, listeners.public_url.clone());
        let ops = ops.in_surroundings(options.doctor.within(surroundings)?);
        let erasing = ops.clone();
        let ops = operations::ops_routes(ops);
        startup.serve_early(ops.clone());
        startup.step("reading the log");
        let known = acts.clone();
        let of = (listeners.public_url, operator, acts.clone());
        let settings = options.write_settings(of, limits, snapshot);
        let writes = WriteSide::start(&log, settings, &startup.progress, &stop).await?;
        let eraser = writes.eraser(DeletingUser::default());
        let ops = ops.merge(operations::erasure_routes(erasing, eraser));

        let delivery = Delivery::open(&log, options.accept.accept_lost_events).await?;
        let mut readiness = readiness::of_log(Readiness::default(), &log);
        readiness = readiness::of_writer(readiness, writes.access.writer());
        readiness = readiness::of_delivery(readiness, &delivery);
        let verified = watch::Sender::default();
        let mut registry = startup.registry();
        metrics::of_writes(&mut registry, &writes);
        metrics::of_directories(&mut registry, &writes);
        metrics::of_delivery(&mut registry, &delivery);
        metrics::of_verification(&mut registry, &verified);
        metrics::of_sampled(&mut registry, &known);
        let mut statuses = Vec::new();
        for projection in projections::ALL {
            let slots = SlotStatuses::default();
            statuses.push((projection.name, slots.live.clone()));
            readiness = readiness::of_projection(readiness, projection.name, &slots.live);
            let (log, database, stop) = (log.clone(), database.clone(), stop.clone());
            let wanted = operations::wanted(&acts, projection.name, stop.clone());
            let worker = options.slots.options(wanted);
            running.spawn(
                async move { Ok(projection.keep(log, database, slots, worker, stop).await?) },
            );
        }
        metrics::of_projections(&mut registry, &statuses);
        watching::sample(&mut registry, &log, &database, &acts, &stop);
        let deep = watching::deep_health(&log, &database, &writes);
        let revocations = revocations::of_writes(&writes.access);
        let (positions, now) = (writes.positions.clone(), eventlog::clock::now);
        let kept_in = delivery_database::connected(database.clone());
        let of = (&log, &writes, &delivery);
        begin_sending(&mut running, options, of, &kept_in, &mut registry, &stop)?;
        let (tables, oidc) = (database.clone(), options.oidc.settings(&log).await?);
        let read_api = api::ReadApi::new(database, positions, now, limits);
        let read_api = read_api.with_revocations(revocations);
        let read_api = read_api.with_log_end(revocations::end_of_writes(&writes.access));
        let postgres = read_api.probe().clone();
        readiness = readiness::of_postgres(readiness, &postgres);
        let of = (&log, &delivery);
        let door = options.streams.door(of, &writes, &kept_in, bounds, &stop).await?;
        running.spawn(keeping_places(door.clone()));
        let router = api::reads(read_api).merge(writes.routes()).merge(pull::routes(door));
        let router = api::with_document(router, [pull::openapi()]).merge(ops);
        let of = (&writes, &stop);
        let pages = portal_pages::pages(of, tables, oidc, router.clone()).await?;
        let router = router
            .merge(pages)
            .merge(health::routes(readiness))
            .merge(web::metrics::routes(registry));
        let router = router.merge(deep);
        startup.learn(tenants::of_writes(&writes.access));
        startup.done(router, position::of_writes(&writes));
        let access = writes.access.clone();
        let door = (log.clone(), writes.clone(), issuer);
        running.spawn(telling(delivery, told, door, stop.clone()));
        running.spawn(verifying(options.verify, log.clone(), verified, stop.clone()));
        let stopping = stop.clone();
        running.spawn(async move { roles::writing(writes.run(), &stopping).await });
        Ok(Self { log, statuses, postgres, access, running, stop })
    }

    /// Waits until every read model has seen all that the log holds now; fails when one of them
    /// cannot go on before somebody mends it.
    pub(super) async fn caught_up(&self) -> anyhow::Result<()> {
        let end = self.log.end().await?;
        for (name, status) in &self.statuses {
            let mut changes = status.watch();
            let held = |r: &ProjectionStatus| r.phase == Phase::Held;
            let there = |r: &ProjectionStatus| held(r) || r.position >= end && r.check().is_ok();
            let stuck = |r: &ProjectionStatus| matches!(r.phase, Phase::Stuck(_));
            let reached = changes.wait_for(|r| there(r) || stuck(r)).await?.clone();
            if let Phase::Stuck(why) = reached.phase {
                anyhow::bail!("the projection {name} has stopped: {why}");
            }
        }
        // Who is told that all is there may ask at once.
        self.postgres.well().await;
        Ok(())
    }

    /// Whether a secret opens something, or gets tokens.
    pub(super) fn opens(&self, secret: &str) -> bool {
        let (roster, digest) = (self.access.writer().roster(), Digest::of(secret.as_bytes()));
        matches!(shown_by_secret(&roster, &digest, clock::now()), Some(Shown::Live(_)))
    }

    /// Waits until all have ended. One that ends with an error takes the others with it.
    pub(super) async fn ended(self) -> anyhow::Result<()> {
        all_ended(self.running, &self.stop).await
    }
}

/// What the doctor has to know that no server tells.
fn surroundings(options: &UpOptions, public_url: String) -> Surroundings {
    let private_nats = options.nats.nats_url.is_none();
    Surroundings {
        private_nats,
        private_postgres: options.database_url.is_none(),
        store: private_nats.then(|| options.data_dir.clone()),
        public_url: Some(public_url),
        token: true,
        monitor: None,
    }
}

/// Tells applications what the log comes to, and lets them in, until `stop`.
async fn telling(
    delivery: Delivery,
    told: PathBuf,
    (log, writes, issuer): (Log, WriteSide, Option<Arc<Issuer>>),
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let telling = Box::pin(delivery.run(Some(told), stop.clone()));
    let door = Box::pin(nats_door::keep(&log, &writes, &delivery, issuer, &stop));
    tokio::join!(telling, door);
    Ok(())
}

/// Walks the log until `stop`, as often as it is wanted.
async fn verifying(
    verify: VerifyArgs,
    log: Log,
    verified: watch::Sender<Verification>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    verify.verify(&log, &verified, &stop).await;
    Ok(())
}

/// Answers until `stop`, as one of the services that a process may run.
async fn serving(
    listener: TcpListener,
    routes: impl Fn() -> Router + Clone + Send + 'static,
    options: ServerOptions,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    web::serve(listener, routes, options, stop).await;
    Ok(())
}

async fn all_ended(
    mut running: JoinSet<anyhow::Result<()>>,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let mut outcome = Ok(());
    while let Some(ended) = running.join_next().await {
        // What a panic says may hold what a client sent, so it is not repeated.
        let fault = |_| anyhow::anyhow!("a service has failed by a fault of ours; report it");
        let ended = ended.map_err(fault).and_then(|ended| ended);
        if ended.is_err() {
            stop.cancel();
            outcome = outcome.and(ended);
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use std::process::ExitCode;

    use writer::Died;

    use super::*;
    use crate::exit::{self, ExitStatus};

    /// How it ends if one service does this and the others run until they are stopped.
    async fn with(
        one: impl Future<Output = anyhow::Result<()>> + Send + 'static,
    ) -> anyhow::Result<ExitStatus> {
        let (mut running, stop) = (JoinSet::new(), CancellationToken::new());
        for _ in 0..3 {
            let stop = stop.clone();
            running.spawn(async move {
                stop.cancelled().await;
                Ok(())
            });
        }
        running.spawn(one);
        all_ended(running, &stop).await.map(|()| ExitStatus::Success)
    }

    #[tokio::test]
    async fn a_write_engine_that_died_ends_all_services_with_exit_code_1() {
        let engine = async {
            // Here it is the error that stops the others.
            roles::writing(async { Err(Died) }, &CancellationToken::new()).await
        };
        assert_eq!(exit::code(with(engine).await), ExitCode::FAILURE);
    }

    #[tokio::test]
    async fn a_service_that_panics_ends_all_with_exit_code_1_and_what_it_says_is_not_told() {
        let ended = with(async { panic!("ada@example.com") }).await;
        let told = format!("{:?}", ended.as_ref().expect_err("an error"));
        assert!(!told.contains("ada"), "{told}");
        assert_eq!(exit::code(ended), ExitCode::FAILURE);
    }
}
