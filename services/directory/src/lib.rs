//! The employee directory: events in, rows of `employees` out, and the questions they answer.
//!
//! Nobody is ever removed from it: who leaves becomes Former. Tenants, integrations and
//! credentials have their tables here too, since the read API asks them who may read.

mod batch;
mod change;
mod order_keys;
mod project;
pub mod queries;
mod write;

use deadpool_postgres::Transaction;
use events::{EventKind, Recorded};
use projector::{OrderKey, People};

pub use change::{AlertRow, Change, CredentialRow, DecisionRow, EmployeeRow, Moment};

/// The projection of the log that the directory is.
#[derive(Clone, Copy, Debug)]
pub struct Directory;

impl projector::Projection for Directory {
    const NAME: &'static str = "directory";
    const TABLES: &'static str = include_str!("../sql/schema.sql");
    const INDEXES: &'static str = include_str!("../sql/indexes.sql");
    const RULES: &'static str = env!("PROJECTION_RULES");
    const PASSED_OVER: &'static [EventKind] = &[
        EventKind::GroupMembersAdded,
        EventKind::GroupMembersRemoved,
        EventKind::GroupMembersReplaced,
        EventKind::BookingRecorded,
        EventKind::BookingChanged,
        EventKind::BookingCancelled,
        EventKind::BookingClosed,
        EventKind::BookingCancellationPlanned,
        EventKind::BookingCancellationWithdrawn,
        EventKind::BookingKept,
        EventKind::BookingHandedOver,
        EventKind::BookingReopened,
    ];
    const PEOPLE: People = queries::PEOPLE;
    type Change = Change;

    fn project(event: &Recorded) -> Vec<Change> {
        project::project(event)
    }

    fn keys(event: &Recorded) -> Vec<OrderKey> {
        order_keys::order_keys(event)
    }

    async fn write(
        tx: &Transaction<'_>,
        changes: Vec<Change>,
    ) -> Result<(), tokio_postgres::Error> {
        write::write(tx, changes).await
    }
}
