//! A projection as a value, so that a list can hold several.

use std::pin::Pin;
use std::sync::Arc;

use eventlog::Log;
use events::Digest;
use tokio_util::sync::CancellationToken;

use crate::contract::Projection;
use crate::database::Database;
use crate::error::ProjectorError;
use crate::people::People;
use crate::schema::made_by;
use crate::scope::Scope;
use crate::scratch::fill;
use crate::status::StatusHandle;
use crate::worker::{SlotStatuses, WorkerOptions, work};

type Kept = Pin<Box<dyn Future<Output = Result<(), ProjectorError>> + Send>>;
type Fill = fn(Log, Database, Scope, Arc<StatusHandle>, CancellationToken) -> Kept;
type Keep = fn(Log, Database, SlotStatuses, WorkerOptions, CancellationToken) -> Kept;

/// One projection of a registry: what can be done with it without its type.
#[derive(Clone, Copy, Debug)]
pub struct ReadModel {
    /// What it is called, as its live slot is.
    pub name: &'static str,
    /// What its tables have to do with people.
    pub people: People,
    keep: Keep,
    fill_scratch: Fill,
    made_by: fn() -> Digest,
}

impl ReadModel {
    /// The projection `P`.
    pub const fn of<P: Projection>() -> Self {
        Self {
            name: P::NAME,
            people: P::PEOPLE,
            keep: |log, database, statuses, options, stop| {
                Box::pin(work::<P>(log, database, statuses, options, stop))
            },
            fill_scratch: |log, database, scope, status, stop| {
                Box::pin(fill::<P>(log, database, scope, status, stop))
            },
            made_by: made_by::<P>,
        }
    }

    /// The digest of this release's tables and rules.
    pub fn made_by(self) -> Digest {
        (self.made_by)()
    }

    /// Keeps the slots of the read model in step with the log, until `stop`.
    pub async fn keep(
        self,
        log: Log,
        database: Database,
        statuses: SlotStatuses,
        options: WorkerOptions,
        stop: CancellationToken,
    ) -> Result<(), ProjectorError> {
        (self.keep)(log, database, statuses, options, stop).await
    }
    /// Fills a slot beside the three from the log, and keeps it in step until `stop`.
    pub(crate) async fn fill_scratch(
        self,
        log: Log,
        database: Database,
        scope: Scope,
        status: Arc<StatusHandle>,
        stop: CancellationToken,
    ) -> Result<(), ProjectorError> {
        (self.fill_scratch)(log, database, scope, status, stop).await
    }
}
