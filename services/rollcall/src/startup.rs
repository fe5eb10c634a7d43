//! What a process answers while it starts, and how its server is set up.
//!
//! Reading a long log takes minutes. Whoever watches the process must see meanwhile that it lives,
//! and why it is not ready.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::http::{StatusCode, header};
use tokio::sync::watch;
use web::health::{self, Readiness};
use web::metrics::Registry;
use web::{
    Bounds, Certificate, KnownTenants, Position, Problem, ServerMetrics, ServerOptions,
    TrustedProxies,
};
use writer::Progress;

use crate::output::grouped;

/// A start under way, and what the server needs from its first moment on. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Startup {
    step: watch::Sender<&'static str>,
    /// How far the log was read.
    pub(crate) progress: watch::Sender<Progress>,
    /// What is answered before the start is over.
    early: Arc<OnceLock<Router>>,
    whole: Arc<OnceLock<(Router, Position)>>,
    tenants: Arc<OnceLock<KnownTenants>>,
    metrics: ServerMetrics,
}

impl Startup {
    /// A start whose first step is `step`: `connecting to NATS`.
    pub(crate) fn new(step: &'static str, address: SocketAddr) -> Self {
        tracing::info!(health = %address, "answers /health while it starts");
        Self {
            step: watch::Sender::new(step),
            progress: watch::Sender::default(),
            early: Arc::default(),
            whole: Arc::default(),
            tenants: Arc::default(),
            metrics: ServerMetrics::default(),
        }
    }

    /// Says what is being done now.
    pub(crate) fn step(&self, step: &'static str) {
        self.step.send_replace(step);
    }

    /// From now on the process answers these, though the start goes on.
    pub(crate) fn serve_early(&self, router: Router) {
        // There is one such step in a start.
        let _ = self.early.set(router);
    }

    /// From now on the process answers all that it can, and is as far in the log as `position` says.
    pub(crate) fn done(&self, router: Router, position: Position) {
        // A start is over once.
        let _ = self.whole.set((router, position));
    }

    /// From now on the process knows which tenants there are.
    pub(crate) fn learn(&self, tenants: KnownTenants) {
        let _ = self.tenants.set(tenants);
    }

    /// What the process shows under `/metrics`, so far: what its server counts.
    pub(crate) fn registry(&self) -> Registry {
        let mut registry = Registry::default();
        self.metrics.register(&mut registry);
        registry
    }

    /// How connections are taken, for this process while it starts and later.
    pub(crate) fn server_options(
        &self,
        bounds: Bounds,
        certificate: Option<Arc<Certificate>>,
        proxies: TrustedProxies,
    ) -> ServerOptions {
        let (position, tenants) = (self.position(), self.tenants());
        ServerOptions {
            bounds,
            certificate,
            proxies,
            position,
            tenants,
            metrics: self.metrics.clone(),
        }
    }

    /// The tenants that the process knows: none until it is told.
    fn tenants(&self) -> KnownTenants {
        let tenants = Arc::clone(&self.tenants);
        KnownTenants::new(move |slug| tenants.get().is_some_and(|known| known.include(slug)))
    }

    /// How far in the log the process is: while it starts, it says nothing of that.
    fn position(&self) -> Position {
        let whole = Arc::clone(&self.whole);
        Position::later(move || whole.get().map(|(_, position)| position.clone()))
    }

    /// What the process answers: health from the first moment on, and everything once the start is
    /// over.
    pub(crate) fn routes(&self) -> impl Fn() -> Router + Clone + Send + 'static {
        let (step, progress) = (self.step.clone(), self.progress.clone());
        let readiness = Readiness::default()
            .with("start", move || Err(sentence(*step.borrow(), *progress.borrow())));
        let starting = health::routes(readiness).fallback(async || {
            let starting = "the service is starting; try again shortly";
            let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, starting);
            ([(header::RETRY_AFTER, "2")], problem)
        });
        let (early, whole) = (Arc::clone(&self.early), Arc::clone(&self.whole));
        move || match (whole.get(), early.get()) {
            (Some((whole, _)), _) => whole.clone(),
            (None, Some(early)) => early.clone().merge(starting.clone()),
            (None, None) => starting.clone(),
        }
    }
}

/// What a start is doing, and how far it is.
fn sentence(step: &str, Progress { read, end }: Progress) -> String {
    if end.0 == 0 {
        return step.to_owned();
    }
    format!("{step}: {} of {} events", grouped(read.0), grouped(end.0))
}

#[cfg(test)]
mod tests {
    use axum::extract::Request;
    use events::Seq;
    use tower::ServiceExt as _;

    use super::*;

    #[test]
    fn a_start_says_how_far_it_is() {
        let nothing = Progress::default();
        assert_eq!(sentence("connecting to NATS", nothing), "connecting to NATS");
        let some = Progress { read: Seq(412_000), end: Seq(1_000_000) };
        let told = "reading the log: 412,000 of 1,000,000 events";
        assert_eq!(sentence("reading the log", some), told);
    }

    #[tokio::test]
    async fn a_process_that_starts_lives_is_not_ready_and_serves_nobody() {
        let startup = Startup::new("reading the log", ([127, 0, 0, 1], 0).into());
        let routes = startup.routes();
        let asked = async |path: &str| {
            let request = Request::get(path).body(axum::body::Body::empty()).unwrap();
            routes().oneshot(request).await.unwrap().status().as_u16()
        };
        assert_eq!(asked("/health/live").await, 200);
        assert_eq!(asked("/health/ready").await, 503);
        assert_eq!(asked("/anything").await, 503);
        startup.serve_early(Router::new().route("/early", axum::routing::get(async || "yes")));
        assert_eq!(asked("/early").await, 200);
        assert_eq!(asked("/anything").await, 503);
        startup.progress.send_replace(Progress { read: Seq(7), end: Seq(9) });
        startup.done(health::routes(Readiness::default()), Position::default());
        assert_eq!(asked("/health/ready").await, 200);
        assert_eq!(asked("/anything").await, 404);
    }
}
