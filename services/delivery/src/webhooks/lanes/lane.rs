//! What lanes are made of.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

/// The person, team, booking or alert that an event is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Lane(Arc<str>);

/// How much one subscriber may take up.
#[derive(Clone, Copy, Debug)]
pub(in crate::webhooks) struct Limits {
    /// Events under way.
    pub(in crate::webhooks) in_flight: usize,
    /// Events in lanes that go well.
    pub(in crate::webhooks) held: usize,
    /// Positions in lanes that are behind.
    pub(in crate::webhooks) behind: usize,
}

/// How a lane that is behind goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::webhooks) struct Retry {
    /// How often its first event has been tried.
    pub(in crate::webhooks) tries: u32,
    /// When that failed first.
    pub(in crate::webhooks) first_failed_at: Option<Timestamp>,
    /// When it is tried again.
    pub(in crate::webhooks) next_at: Timestamp,
}

/// An event that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::webhooks) struct Taken<T> {
    /// Its position in the feed.
    pub(in crate::webhooks) position: u64,
    /// Its lane.
    pub(in crate::webhooks) lane: Lane,
    /// The event; nothing if it must be read again by its position.
    pub(in crate::webhooks) event: Option<T>,
}

impl Retry {
    /// Nothing was tried yet.
    pub(super) fn at(next_at: Timestamp) -> Self {
        Self { tries: 0, first_failed_at: None, next_at }
    }
}

impl From<&str> for Lane {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl AsRef<str> for Lane {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
