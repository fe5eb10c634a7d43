//! What happens in a tenant: what each credential changed last, and how many events of each type a
//! day had.
#![warn(missing_docs)]

mod batch;
mod project;
pub mod queries;
mod write;

use deadpool_postgres::Transaction;
use events::{EventKind, Recorded};
use projector::OrderKey;

pub use project::{Change, Request, Seen};

/// The projection of the log that counts events and tells who caused the last ones.
#[derive(Clone, Copy, Debug)]
pub struct Activity;

impl projector::Projection for Activity {
    const NAME: &'static str = "activity";
    const TABLES: &'static str = include_str!("../sql/schema.sql");
    const RULES: &'static str = env!("PROJECTION_RULES");
    const PASSED_OVER: &'static [EventKind] = &[];
    type Change = Change;

    fn project(event: &Recorded) -> Vec<Change> {
        project::project(event)
    }

    /// None: counts add up in any order, and of two events of a credential the later one counts,
    /// whichever is applied first.
    fn keys(_: &Recorded) -> Vec<OrderKey> {
        vec![]
    }

    async fn write(
        tx: &Transaction<'_>,
        changes: Vec<Change>,
    ) -> Result<(), tokio_postgres::Error> {
        write::write(tx, changes).await
    }
}
