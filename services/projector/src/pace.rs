//! How fast a loop may go.

use std::num::NonZeroU32;
use std::time::Duration;

use tokio::time::Instant;

/// How fast a loop may go, as who supervises it says from moment to moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    /// Why it stands still, if it does.
    pub(crate) paused: Option<String>,
    /// Events a second at most.
    pub(crate) max_rate: Option<NonZeroU32>,
}

impl Pace {
    /// When the next batch may be written, if one of `events` was begun at `begun`.
    pub(crate) fn next(&self, begun: Instant, events: usize) -> Option<Instant> {
        let rate = self.max_rate?;
        Some(begun + Duration::from_secs_f64(events as f64 / f64::from(rate.get())))
    }
}
