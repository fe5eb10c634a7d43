//! SCIM in, events out.
//!
//! The ingest service answers Entra's calls from a roster in memory, which is the fold of the log,
//! and turns each change into events that are durable before anybody gets a 2xx. Booking intake,
//! local team edits and the operators' commands take the same way through the [`writer`].

mod access_token;
mod bearer;
mod commands;
mod encoding;
mod gateway;
mod input;
mod limits;
mod loggable;
mod oauth;
mod operator;
mod problem;
mod request_id;
mod unkept;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::Method;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use eventlog::{Continuity, Log};
use events::{CredentialId, Digest, Seq, Tenant};
use roster::{Roster, TenantRoster, Watch};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use web::workers::Workers;
use web::{Counts, RequestId, RequestLimits};
use writer::Writer;
pub use writer::{Died, Outage, Progress, StartError, snapshot_evidence};

use access_token::Signer;
pub use limits::Limits;
use loggable::loggable;
use problem::Problem;
use unkept::UnkeptCounts;

/// How the gateway is run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where clients reach this service: `https://provisioning.example.com`.
    pub public_url: String,
    /// The digest of the token that opens the operators' API; none closes it.
    pub operator: Option<Digest>,
    /// Whether a read waits for what other replicas acknowledged. Off for a single replica, whose
    /// reads see all its own writes anyway.
    pub consistent_reads: bool,
    pub limits: Limits,
    /// Where the roster is saved, so that the next start need not read the whole log.
    pub snapshot: Option<PathBuf>,
}

/// The running service, as its handlers see it: cheap to clone, which happens for each request.
#[derive(Clone, Debug)]
pub struct Gateway(Arc<Parts>);

/// What a running service is made of.
pub struct Parts {
    writer: Writer,
    signer: Signer,
    public_url: String,
    operator: Option<Digest>,
    consistent_reads: bool,
    limits: Limits,
    counts: Counts,
    unkept: Arc<UnkeptCounts>,
    /// To tell what is unkept, until the stop.
    log: Log,
    stop: CancellationToken,
    workers: Workers,
    memory: gateway::BodyMemory,
    snapshot: Option<PathBuf>,
}

/// How much waits for somebody to decide.
#[derive(Clone, Copy, Debug)]
pub struct Guarded {
    pub open_alerts: usize,
    /// People who count as Active until then.
    pub held: usize,
}

/// Why the service could not start.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    #[error("read the roster out of the log")]
    Roster(#[from] StartError),
    #[error("fetch the key that signs access tokens")]
    Key(#[source] eventlog::KeyError),
    #[error("start the threads for large requests")]
    Workers(#[source] std::io::Error),
}

impl std::ops::Deref for Gateway {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Gateway {
    /// Reads the log, and serves until `stop`.
    pub async fn start(
        log: Log,
        settings: Settings,
        stop: CancellationToken,
    ) -> Result<Self, GatewayError> {
        Self::start_showing(log, settings, &watch::Sender::default(), stop).await
    }

    /// The same, and shows how far the reading is.
    pub async fn start_showing(
        log: Log,
        settings: Settings,
        progress: &watch::Sender<Progress>,
        stop: CancellationToken,
    ) -> Result<Self, GatewayError> {
        let key = log.shared_key("access-tokens").await.map_err(GatewayError::Key)?;
        let snapshot = settings.snapshot.as_deref();
        let consistent = settings.consistent_reads;
        let writer =
            Writer::start(log.clone(), snapshot, consistent, progress, stop.clone()).await?;
        Ok(Self(Arc::new(Parts {
            writer,
            signer: Signer::new(key),
            public_url: settings.public_url.trim_end_matches('/').to_owned(),
            operator: settings.operator,
            consistent_reads: settings.consistent_reads,
            limits: settings.limits,
            workers: Workers::start(Workers::fewer_than_processors())
                .map_err(GatewayError::Workers)?,
            memory: gateway::BodyMemory::default(),
            unkept: Arc::default(),
            log,
            stop,
            counts: Counts::new(settings.limits.rate, settings.limits.guesses),
            snapshot: settings.snapshot,
        })))
    }

    /// All that the service answers.
    pub fn routes(&self) -> Router {
        let (commands, _) = commands::routes().split_for_parts();
        let limits = RequestLimits::new(self.limits.bounds);
        let json = commands
            .merge(operator::routes())
            .layer(DefaultBodyLimit::max(self.limits.body))
            .method_not_allowed_fallback(async || Problem::NoSuchMethod)
            .fallback(async || Problem::NotFound("there is nothing at this path".to_owned()));
        let tokens = Router::new()
            .route(oauth::PATH, post(oauth::token))
            .method_not_allowed_fallback(async || Problem::NoSuchMethod);
        let router = limits
            .before(json, |why| Problem::from(why).into_response())
            .merge(limits.before(tokens, |why| oauth::BadTokenRequest::from(why).into_response()))
            .with_state(self.clone())
            .layer(from_fn_with_state(self.clone(), accompany));
        router.merge(gateway::routes(self.clone(), limits))
    }

    /// Whether the log still is the one that was read; for readiness.
    pub fn continuity(&self) -> watch::Receiver<Continuity> {
        self.writer.continuity()
    }

    /// Runs until the last command was answered; meanwhile it keeps the roster's snapshot, watches over
    /// the log, and notes beside it what clients send and nobody keeps. Fails if the write engine does: this process cannot write again, and has to end.
    pub async fn run(&self) -> Result<(), Died> {
        let telling = Box::pin(self.unkept.keep_telling(&self.log, &self.stop));
        tokio::join!(self.writer.watch_log(), self.keep_snapshot(), telling);
        self.writer.ended().await
    }

    async fn keep_snapshot(&self) {
        if let Some(path) = &self.snapshot {
            self.writer.keep_snapshot(path.clone()).await;
        }
    }

    /// Whether commands can be carried out; for readiness.
    pub fn health(&self) -> watch::Receiver<Result<(), Outage>> {
        self.writer.health()
    }

    /// The last event that the gateway knows.
    pub fn position(&self) -> Seq {
        self.writer.roster().position().seq
    }

    /// What the mass-change guards of all tenants have; for metrics.
    pub fn guarded(&self) -> Guarded {
        let roster = self.writer.roster();
        let watches = || roster.tenants().map(|(_, tenant)| tenant.watch());
        let alerts = watches().flat_map(Watch::alerts);
        Guarded {
            open_alerts: alerts.filter(|alert| alert.decision.is_none()).count(),
            held: watches().map(Watch::held).sum(),
        }
    }

    /// How often clients have sent each attribute that nobody keeps, since the start; for metrics.
    pub fn unkept(&self) -> Vec<(String, u64)> {
        self.unkept.figures()
    }

    /// The roster by which a request is answered, whoever it is from: with consistent reads, one in
    /// which every write is that another replica acknowledged before the request came.
    async fn current_roster(&self) -> Result<Arc<Roster>, Outage> {
        if self.consistent_reads {
            // Boxed, so that nobody else carries along the room that it needs.
            Box::pin(self.writer.consistent_roster()).await
        } else {
            Ok(self.writer.roster())
        }
    }

    /// Whether a credential was revoked, as far as this process knows.
    pub fn is_revoked(&self, id: CredentialId) -> bool {
        self.writer.roster().credential(&id).is_some_and(|(_, credential)| credential.revoked)
    }

    fn scim_base_url(&self, tenant: &Tenant) -> String {
        [&self.public_url, gateway::PREFIX, "/", tenant.as_str()].concat()
    }

    fn api_base_url(&self, tenant: &Tenant) -> String {
        format!("{}/api/v1/{tenant}", self.public_url)
    }

    fn token_url(&self) -> String {
        format!("{}/oauth/token", self.public_url)
    }
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("public_url", &self.public_url).finish_non_exhaustive()
    }
}

/// Whether a tenant's SCIM integration is on.
fn is_active(tenant: &TenantRoster) -> bool {
    tenant.integration().is_some_and(|integration| integration.active)
}

/// The part of the OpenAPI document that is about commands.
pub fn document() -> utoipa::openapi::OpenApi {
    commands::routes().into_openapi()
}

/// A method is whatever a client writes; these are logged.
const KNOWN_METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

async fn accompany(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    gateway.accompany(request, |request| next.run(request)).await
}

impl Gateway {
    /// Gives a request a span and a line in the log. Queries hold names, and so may paths: only
    /// what is known of a path is logged.
    async fn accompany<A: Future<Output = Response>>(
        &self,
        request: Request,
        next: impl FnOnce(Request) -> A,
    ) -> Response {
        let method =
            if KNOWN_METHODS.contains(request.method()) { request.method().as_str() } else { "*" };
        let is_tenant = |part: &str| {
            part.parse().is_ok_and(|slug| self.writer.roster().tenant(&slug).is_some())
        };
        let span = tracing::info_span!(
            "request",
            request = %RequestId::given(request.extensions(), request.headers()).as_str(),
            method,
            path = %loggable(request.uri().path(), is_tenant),
        );
        let response = next(request).instrument(span.clone()).await;
        span.in_scope(|| tracing::debug!(status = response.status().as_u16(), "answered"));
        response
    }
}
