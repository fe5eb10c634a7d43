//! What every route of `/ops/v1` works on.

use std::sync::{Arc, OnceLock};

use eventlog::{Feed, Log, ReadError, RequestLog};
use events::Digest;
use projector::{Database, ReadModel};
use tokio::sync::OnceCell;
use web::{CallerLimits, Limits, RequestLimits};

use crate::act_log::ActLog;
use crate::doctor::Surroundings;
use crate::ops::OpsError;
use crate::recorded::RequestWatch;

/// How large a body may be: what operators send is short.
pub(crate) const MAX_BODY: usize = 64 << 10;

/// The log, the read models and the journal, as operators see them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Operations(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    log: Log,
    feed: OnceCell<Feed>,
    request_log: OnceCell<RequestLog>,
    requests: RequestWatch,
    database: Database,
    acts: ActLog,
    projections: &'static [ReadModel],
    token: Option<Digest>,
    counts: CallerLimits,
    limits: RequestLimits,
    surroundings: OnceLock<Surroundings>,
}

impl Operations {
    /// Operations for the holder of the token with this digest, and for the operators that `acts`
    /// knows.
    pub fn new(
        log: Log,
        database: Database,
        acts: ActLog,
        projections: &'static [ReadModel],
        token: Option<Digest>,
        limits: Limits,
    ) -> Self {
        Self(Arc::new(Parts {
            feed: OnceCell::new(),
            request_log: OnceCell::new(),
            requests: RequestWatch::new(log.clone()),
            log,
            database,
            acts,
            projections,
            token,
            counts: CallerLimits::new(limits.rate, limits.guesses),
            limits: RequestLimits::new(limits.bounds),
            surroundings: OnceLock::new(),
        }))
    }

    /// The log.
    pub fn log(&self) -> &Log {
        &self.0.log
    }

    /// The feed beside the log, which whoever delivers it makes.
    pub(crate) async fn feed(&self) -> Result<&Feed, OpsError> {
        let find = async || {
            let none = "there is no feed yet: `rollcall deliver` makes it, and so does `up`";
            Feed::find(&self.0.log).await?.ok_or_else(|| OpsError::not_found(none))
        };
        self.0.feed.get_or_try_init(find).await
    }

    /// What is recorded of requests beside the log; none, if nothing ever was.
    pub(crate) async fn request_log(&self) -> Result<Option<RequestLog>, ReadError> {
        if let Some(known) = self.0.request_log.get() {
            return Ok(Some(known.clone()));
        }
        let found = RequestLog::find(&self.0.log).await?;
        // Another question may have found it meanwhile.
        if let Some(found) = &found {
            let _ = self.0.request_log.set(found.clone());
        }
        Ok(found)
    }

    /// What recorded requests come to.
    pub(crate) fn requests(&self) -> &RequestWatch {
        &self.0.requests
    }

    /// Where the read models are.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// The journal.
    pub fn acts(&self) -> &ActLog {
        &self.0.acts
    }

    /// The projections of this program.
    pub fn projections(&self) -> &'static [ReadModel] {
        self.0.projections
    }

    /// The same, knowing how the program runs.
    #[must_use]
    pub fn in_surroundings(self, surroundings: Surroundings) -> Self {
        // They are told once, before anybody asks.
        let _ = self.0.surroundings.set(surroundings);
        self
    }

    /// How the program runs, as far as it was told.
    pub(crate) fn surroundings(&self) -> Surroundings {
        self.0.surroundings.get().cloned().unwrap_or_default()
    }

    /// The digest of the token of the settings.
    pub(crate) fn token(&self) -> Option<Digest> {
        self.0.token
    }

    pub(crate) fn counts(&self) -> &CallerLimits {
        &self.0.counts
    }

    pub(crate) fn limits(&self) -> &RequestLimits {
        &self.0.limits
    }
}
