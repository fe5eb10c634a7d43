//! What happens in a tenant: what each credential changed last, how many events of each type a day
//! had, and which events concern whom.
#![warn(missing_docs)]

mod batch;
mod mentions;
mod project;
pub mod queries;
mod write;

use deadpool_postgres::Transaction;
use events::{EventKind, Recorded};
use projector::OrderKey;

pub use mentions::mentions;
pub use project::{Change, Request, Seen};

/// The projection of the log that counts events, tells who caused the last ones, and finds those that
/// concern a person.
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

    /// None: counts add up in any order, of two events of a credential the later one counts, whichever
    /// is applied first, and a mention is of one event.
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
