//! A projection as a value, so that a list can hold several.

use std::pin::Pin;
use std::sync::Arc;

use eventlog::Log;
use tokio_util::sync::CancellationToken;

use crate::contract::Projection;
use crate::database::Database;
use crate::error::ProjectorError;
use crate::project_loop::project;
use crate::status::StatusHandle;

type Kept<'a> = Pin<Box<dyn Future<Output = Result<(), ProjectorError>> + Send + 'a>>;

/// One projection of a registry: what can be done with it without its type.
#[derive(Clone, Copy, Debug)]
pub struct ReadModel {
    /// What it is called, as its live slot is.
    pub name: &'static str,
    keep: for<'a> fn(Log, Database, &'a str, Arc<StatusHandle>, CancellationToken) -> Kept<'a>,
}

impl ReadModel {
    /// The projection `P`.
    pub const fn of<P: Projection>() -> Self {
        Self {
            name: P::NAME,
            keep: |log, database, slot, status, stop| {
                Box::pin(project::<P>(log, database, slot, status, stop))
            },
        }
    }

    /// Keeps the read model in its live slot in step with the log, until `stop`.
    pub async fn keep(
        self,
        log: Log,
        database: Database,
        status: Arc<StatusHandle>,
        stop: CancellationToken,
    ) -> Result<(), ProjectorError> {
        (self.keep)(log, database, self.name, status, stop).await
    }
}
