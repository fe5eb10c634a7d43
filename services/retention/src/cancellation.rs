//! Cancellations of bookings.

use events::Canceller;
use jiff::Timestamp;

/// How a booking was cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancellation {
    /// When.
    pub at: Timestamp,
    /// Who decided it, and when.
    pub by: Canceller,
    /// Who, by id.
    pub actor: String,
    /// Why, if told.
    pub reason: Option<String>,
    /// Position of the event.
    pub seq: i64,
}
