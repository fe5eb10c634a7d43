//! What can be asked about activity.
//!
//! Each question takes a client or a transaction, so that several can share one snapshot.

mod event_counts;
mod last_seen;
mod mentions;

pub use event_counts::{EventCount, event_counts};
pub use last_seen::{LastRequest, LastSeen, last_seen};
pub use mentions::{mentioned_in, mentions, read_to};
pub use projector::sql::{BadCursor, Page, QueryError};
