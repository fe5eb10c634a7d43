//! How every role runs: it takes its place to listen, answers `/health` from the first moment on and everything
//! once it has started, and goes on until its work has ended or it is asked to stop.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use eventlog::Log;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use web::health::{self, Readiness};
use web::metrics::Registry;
use web::{Bounds, Certificate, Position, TrustedProxies};

use crate::exit::ExitStatus;
use crate::startup::Startup;
use crate::write_side::WriteSide;
use crate::{lifecycle, metrics, placement, position, readiness, tenants};

/// Where a role listens, and how connections are taken there.
pub(super) struct Door {
    pub(super) certificate: Option<Arc<Certificate>>,
    pub(super) listener: TcpListener,
    /// The URL under which clients reach it.
    pub(super) url: String,
    pub(super) bounds: Bounds,
    pub(super) proxies: TrustedProxies,
}

impl Door {
    /// The URL under which it is reached with nothing before it.
    pub(super) fn own_url(&self) -> anyhow::Result<String> {
        let scheme = if self.certificate.is_some() { "https" } else { "http" };
        Ok(format!("{scheme}://{}", self.listener.local_addr()?))
    }
}

/// A role that runs.
pub(super) struct Serving {
    /// The URL under which clients reach it.
    pub(super) url: String,
    /// Where it listens.
    pub(super) address: SocketAddr,
    pub(super) startup: Startup,
    /// Is cancelled when the role is asked to stop, or has failed.
    pub(super) stop: CancellationToken,
}

/// Runs a role: `start` gets what it needs, the first step of which is named `step`; `work` opens the role's
/// routes with that, and goes on until the role ends.
pub(super) async fn run<S>(
    door: Door,
    step: &'static str,
    start: impl AsyncFnOnce(&Serving) -> anyhow::Result<S>,
    work: impl AsyncFnOnce(&Serving, S) -> anyhow::Result<()>,
) -> anyhow::Result<ExitStatus> {
    let serve = async |stop: CancellationToken| {
        let Door { certificate, listener, url, bounds, proxies } = door;
        let address = listener.local_addr()?;
        let serving = Serving { url, address, startup: Startup::new(step, address), stop };
        let Serving { startup, stop, .. } = &serving;
        let working = Box::pin(async {
            let Some(started) = stop.run_until_cancelled(start(&serving)).await else {
                return Ok(());
            };
            // Nobody is served without it.
            let ended = work(&serving, started.inspect_err(|_| stop.cancel())?).await;
            stop.cancel();
            ended
        });
        let answering = async {
            let server = startup.server_options(bounds, certificate, proxies);
            web::serve(listener, startup.routes(), server, stop.clone()).await;
            stop.cancel();
        };
        let (worked, ()) = tokio::join!(working, answering);
        worked
    };
    lifecycle::run(serve).await??;
    Ok(ExitStatus::Success)
}

impl Serving {
    /// What a role with a writer is ready by.
    pub(super) fn ready(log: &Log, writes: &WriteSide) -> Readiness {
        readiness::of_writer(readiness::of_log(Readiness::default(), log), writes.access.writer())
    }

    /// What a role with a writer counts.
    pub(super) fn registry(&self, writes: &WriteSide) -> Registry {
        let mut registry = self.startup.registry();
        metrics::of_writes(&mut registry, writes);
        registry
    }

    /// From now on a role with a writer answers all of `router`, and says how it is.
    pub(super) fn open_over(
        &self,
        writes: &WriteSide,
        router: Router,
        (ready, registry): (Readiness, Registry),
    ) {
        self.startup.learn(tenants::of_writes(&writes.access));
        let router = told(router, (ready, registry));
        let router = placement::guard(router, &writes.placement);
        self.opened(router, position::of_writes(writes));
    }

    /// The same for a role without one, as far in the log as `position` says.
    pub(super) fn open(
        &self,
        router: Router,
        (ready, registry): (Readiness, Registry),
        position: Position,
    ) {
        self.opened(told(router, (ready, registry)), position);
    }

    fn opened(&self, router: Router, position: Position) {
        self.startup.done(router, position);
        tracing::info!(address = %self.address, url = self.url, "listening");
    }
}

/// `router`, and how the role is.
fn told(router: Router, (ready, registry): (Readiness, Registry)) -> Router {
    router.merge(health::routes(ready)).merge(web::metrics::routes(registry))
}
