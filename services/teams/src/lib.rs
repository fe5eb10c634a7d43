//! Who is in which team, and which team is whose Primary one: synced groups with local edits on
//! top.
//!
//! What was synced and what was decided by hand is kept apart, as it was told; who is in a team,
//! and as what, are views over both (`sql/schema.sql`), so that there is no flag to maintain.

mod batch;
mod change;
mod order_keys;
mod project;
pub mod queries;
mod write;

use deadpool_postgres::Transaction;
use events::{EventKind, Recorded};
use projector::{OrderKey, People};

pub use change::{Authorship, Change, Edit, Moment, Origin, TeamRow};

/// The projection of the log that the teams are.
#[derive(Clone, Copy, Debug)]
pub struct Teams;

impl projector::Projection for Teams {
    const NAME: &'static str = "teams";
    const TABLES: &'static str = include_str!("../sql/schema.sql");
    const INDEXES: &'static str = include_str!("../sql/indexes.sql");
    const RULES: &'static str = env!("PROJECTION_RULES");
    const PASSED_OVER: &'static [EventKind] = &[
        EventKind::UserChanged,
        EventKind::UserDeactivated,
        EventKind::UserReactivated,
        EventKind::UserDeleted,
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
