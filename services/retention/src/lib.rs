//! What leavers leave behind: their bookings, all kept, and those to come listed for manual
//! cancellation.

mod batch;
mod booking_row;
mod cancellation;
mod order_keys;
mod project;
pub mod queries;
mod write;

use deadpool_postgres::Transaction;
use events::{EventKind, Recorded};
use projector::{OrderKey, People};

pub use booking_row::{BookingDecision, BookingRow, Closing, Decided, PolicyRow};
pub use cancellation::Cancellation;
pub use project::{AlertOutcome, Change, Gone, Left};

/// The projection of the log that keeps what leavers leave behind.
#[derive(Clone, Copy, Debug)]
pub struct Retention;

impl projector::Projection for Retention {
    const NAME: &'static str = "retention";
    const TABLES: &'static str = include_str!("../sql/schema.sql");
    const INDEXES: &'static str = include_str!("../sql/indexes.sql");
    const RULES: &'static str = env!("PROJECTION_RULES");
    const PASSED_OVER: &'static [EventKind] = &[
        EventKind::UserChanged,
        EventKind::GroupChanged,
        EventKind::GroupMembersAdded,
        EventKind::GroupMembersRemoved,
        EventKind::GroupMembersReplaced,
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
