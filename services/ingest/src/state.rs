//! The running service: what it is made of, and what its handlers ask of it.

use std::path::PathBuf;
use std::sync::Arc;

use eventlog::{Continuity, Log};
use events::{CredentialId, Digest, Seq, Tenant};
use roster::{GuardState, Roster, TenantRoster};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use web::Counts;
use web::workers::Workers;
use writer::{AppendMetrics, Died, Outage, Progress, StartError, Writer};

use crate::access_token::Signer;
use crate::gateway::{BodyMemory, PREFIX};
use crate::limits::Limits;
use crate::unkept::UnkeptCounts;

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
    pub(crate) writer: Writer,
    pub(crate) signer: Signer,
    pub(crate) public_url: String,
    pub(crate) operator: Option<Digest>,
    pub(crate) consistent_reads: bool,
    pub(crate) limits: Limits,
    pub(crate) counts: Counts,
    pub(crate) unkept: Arc<UnkeptCounts>,
    /// To tell what is unkept, until the stop.
    pub(crate) log: Log,
    pub(crate) stop: CancellationToken,
    pub(crate) workers: Workers,
    pub(crate) memory: BodyMemory,
    pub(crate) snapshot: Option<PathBuf>,
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
            memory: BodyMemory::default(),
            unkept: Arc::default(),
            log,
            stop,
            counts: Counts::new(settings.limits.rate, settings.limits.guesses),
            snapshot: settings.snapshot,
        })))
    }

    /// Whether the log still is the one that was read; for readiness.
    pub fn continuity(&self) -> watch::Receiver<Continuity> {
        self.writer.continuity()
    }

    /// Runs until the last command was answered; meanwhile it keeps the roster's snapshot, watches over
    /// the log, and notes beside it what clients send and nobody keeps. Fails if the write engine does: this process cannot write again, and has to end.
    pub async fn run(&self) -> Result<(), Died> {
        let flush_unkept = Box::pin(self.unkept.keep_flushing(&self.log, &self.stop));
        tokio::join!(self.writer.watch_log(), self.keep_snapshot(), flush_unkept);
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

    /// Whether there is a tenant with this slug; for the spans of requests.
    pub fn has_tenant(&self, slug: &str) -> bool {
        slug.parse().is_ok_and(|slug| self.writer.roster().tenant(&slug).is_some())
    }

    /// What is counted of appends to the log; for metrics.
    pub fn append_metrics(&self) -> &AppendMetrics {
        self.writer.append_metrics()
    }

    /// What the mass-change guards of all tenants have; for metrics.
    pub fn guarded(&self) -> Guarded {
        let roster = self.writer.roster();
        let guards = || roster.tenants().map(|(_, tenant)| tenant.guard());
        let alerts = guards().flat_map(GuardState::alerts);
        Guarded {
            open_alerts: alerts.filter(|alert| alert.decision.is_none()).count(),
            held: guards().map(GuardState::held).sum(),
        }
    }

    /// How often clients have sent each attribute that nobody keeps, since the start; for metrics.
    pub fn unkept(&self) -> Vec<(String, u64)> {
        self.unkept.totals()
    }

    /// The roster by which a request is answered, whoever it is from: with consistent reads, one in
    /// which every write is that another replica acknowledged before the request came.
    pub(crate) async fn current_roster(&self) -> Result<Arc<Roster>, Outage> {
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

    pub(crate) fn scim_base_url(&self, tenant: &Tenant) -> String {
        [&self.public_url, PREFIX, "/", tenant.as_str()].concat()
    }

    pub(crate) fn api_base_url(&self, tenant: &Tenant) -> String {
        format!("{}/api/v1/{tenant}", self.public_url)
    }

    pub(crate) fn token_url(&self) -> String {
        format!("{}/oauth/token", self.public_url)
    }
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("public_url", &self.public_url).finish_non_exhaustive()
    }
}

/// Whether a tenant's SCIM integration is on.
pub(crate) fn is_active(tenant: &TenantRoster) -> bool {
    tenant.integration().is_some_and(|integration| integration.active)
}
