//! The writer, as the doors of one process share it.

use std::sync::Arc;

use axum::Router;
use axum::response::IntoResponse as _;
use eventlog::clock;
use events::{CredentialId, Digest, Seq};
use roster::{Roster, TenantRoster};
use web::{CallerLimits, Limits, Principal, Problem, RequestLimits, json_body};
use writer::{Outage, Writer};

use crate::credentials::{Shown, shown_by_secret};
use crate::totals::Totals;

/// How the doors over one writer are run.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Whether a read waits for what other replicas acknowledged. Off for a single replica, whose
    /// reads see all its own writes anyway.
    pub consistent_reads: bool,
    /// Bytes of a body.
    pub body: usize,
    /// What holds of all doors together.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self { consistent_reads: false, body: 1 << 20, limits: Limits::default() }
    }
}

/// A writer, and what is counted about those who call its doors. All clones count together.
#[derive(Clone, Debug)]
pub struct WriteAccess(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    writer: Writer,
    consistent_reads: bool,
    body: usize,
    counts: CallerLimits,
    limits: RequestLimits,
}

impl WriteAccess {
    /// Access to `writer` by these settings.
    pub fn new(writer: Writer, settings: Settings) -> Self {
        let Settings { consistent_reads, body, limits } = settings;
        Self(Arc::new(Parts {
            writer,
            consistent_reads,
            body,
            counts: CallerLimits::new(limits.rate, limits.guesses),
            limits: RequestLimits::new(limits.bounds),
        }))
    }

    /// What decides and appends.
    pub fn writer(&self) -> &Writer {
        &self.0.writer
    }

    /// Who has asked how much, and who has guessed how often.
    pub fn counts(&self) -> &CallerLimits {
        &self.0.counts
    }

    /// What any request may be at most.
    pub fn request_limits(&self) -> &RequestLimits {
        &self.0.limits
    }

    /// How many bytes a body may have.
    pub fn body_limit(&self) -> usize {
        self.0.body
    }

    /// The routes of an API that speaks JSON, behind the limits: what is refused is told as a
    /// [`Problem`].
    pub fn json_routes<S: Clone + Send + Sync + 'static>(&self, routes: Router<S>) -> Router<S> {
        let routes = routes.method_not_allowed_fallback(Problem::no_such_method);
        let routes = json_body::limited(routes, self.body_limit());
        self.request_limits().before(routes, |why| Problem::from(why).into_response())
    }

    /// The roster by which a request is answered, whoever it is from: with consistent reads, one in
    /// which every write is that another replica acknowledged before the request came.
    pub async fn current_roster(&self) -> Result<Arc<Roster>, Outage> {
        if self.0.consistent_reads {
            // Boxed, so that nobody else carries along the room that it needs.
            Box::pin(self.writer().consistent_roster()).await
        } else {
            Ok(self.writer().roster())
        }
    }

    /// Who holds the living credential whose secret has this digest.
    pub async fn principal(&self, digest: Digest) -> Result<Option<Principal>, Outage> {
        let roster = self.current_roster().await?;
        Ok(match shown_by_secret(&roster, &digest, clock::now()) {
            Some(Shown::Live(principal)) => Some(principal),
            Some(Shown::Expired(_)) | None => None,
        })
    }

    /// Whether a credential was revoked, as far as this process knows.
    pub fn is_revoked(&self, id: CredentialId) -> bool {
        self.writer().roster().credential(&id).is_some_and(|(_, credential)| credential.revoked)
    }

    /// The last event that the process knows.
    pub fn position(&self) -> Seq {
        self.writer().roster().position().seq
    }

    /// Whether there is a tenant with this slug; for the spans of requests.
    pub fn has_tenant(&self, slug: &str) -> bool {
        slug.parse().is_ok_and(|slug| self.writer().roster().tenant(&slug).is_some())
    }

    /// What the mass-change guards of all tenants have; for metrics.
    pub fn totals(&self) -> Totals {
        Totals::of(&self.writer().roster())
    }
}

/// Whether a tenant's SCIM integration is on.
pub fn is_active(tenant: &TenantRoster) -> bool {
    tenant.integration().is_some_and(|integration| integration.active)
}
