//! When an event happened.

use events::Seq;
use jiff::Timestamp;

/// When an event happened, by the log and by the clock.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    /// Its position in the log, which alone orders events.
    pub(super) seq: Seq,
    /// The time of its writer's clock, which may have been set back since.
    pub(super) time: Timestamp,
}
