//! A projection as a value, so that a list can hold several.

use std::pin::Pin;

use eventlog::Log;
use events::Digest;
use tokio_util::sync::CancellationToken;

use crate::contract::Projection;
use crate::database::Database;
use crate::error::ProjectorError;
use crate::schema::made_by;
use crate::worker::{SlotStatuses, WorkerOptions, work};

type Kept = Pin<Box<dyn Future<Output = Result<(), ProjectorError>> + Send>>;
type Keep = fn(Log, Database, SlotStatuses, WorkerOptions, CancellationToken) -> Kept;

/// One projection of a registry: what can be done with it without its type.
#[derive(Clone, Copy, Debug)]
pub struct ReadModel {
    /// What it is called, as its live slot is.
    pub name: &'static str,
    keep: Keep,
    made_by: fn() -> Digest,
}

impl ReadModel {
    /// The projection `P`.
    pub const fn of<P: Projection>() -> Self {
        Self {
            name: P::NAME,
            keep: |log, database, statuses, options, stop| {
                Box::pin(work::<P>(log, database, statuses, options, stop))
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
}
