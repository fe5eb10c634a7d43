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
        let events = u32::try_from(events).unwrap_or(u32::MAX);
        Some(begun + Duration::from_secs(u64::from(events)) / rate.get())
    }
}
