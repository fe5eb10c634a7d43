//! What a projection shows of itself.

use events::Seq;
use jiff::Timestamp;
use tokio::sync::watch;

use super::ProjectorError;
use super::bookmark::Bookmark;
use super::outage::sentence;

/// Shows how far a projection is, and how it does.
#[derive(Debug, Default)]
pub struct Gauge {
    reading: watch::Sender<Reading>,
}

/// A projection at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub phase: Phase,
    /// The last event in the read model.
    pub position: Seq,
    /// When that event happened.
    pub event_at: Option<Timestamp>,
    /// How many events were passed over because this release does not know them.
    pub unknown: u64,
}

impl Reading {
    /// How many events the read model is behind a log that ends at `end`.
    pub fn behind(&self, end: Seq) -> u64 {
        end.0.saturating_sub(self.position.0)
    }
}

/// What a projection is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    #[default]
    Starting,
    /// Another instance works; this one waits for its end.
    StandingBy,
    Working,
    /// Something that it needs is away; it goes on by itself.
    Waiting(String),
    /// Somebody must look: an event cannot be read or applied.
    Stuck(String),
    Stopped,
}

impl Gauge {
    pub fn reading(&self) -> Reading {
        self.reading.borrow().clone()
    }

    /// Readings as they change.
    pub fn watch(&self) -> watch::Receiver<Reading> {
        self.reading.subscribe()
    }

    /// Whether the projection does its work or stands by to do it; if not, why. Fit for
    /// [`Readiness::with`](crate::health::Readiness::with).
    pub fn check(&self) -> Result<(), String> {
        match &self.reading.borrow().phase {
            Phase::Working | Phase::StandingBy => Ok(()),
            Phase::Starting => Err("is starting".to_owned()),
            Phase::Stopped => Err("has stopped".to_owned()),
            Phase::Waiting(why) | Phase::Stuck(why) => Err(why.clone()),
        }
    }

    pub(super) fn working(&self, bookmark: &Bookmark) {
        self.reading.send_replace(Reading {
            phase: Phase::Working,
            position: bookmark.position.seq,
            event_at: bookmark.event_at,
            unknown: bookmark.unknown,
        });
    }

    pub(super) fn standing_by(&self) {
        self.reading.send_modify(|reading| reading.phase = Phase::StandingBy);
    }

    pub(super) fn stopped(&self) {
        self.reading.send_modify(|reading| reading.phase = Phase::Stopped);
    }

    pub(super) fn interrupted(&self, error: &ProjectorError) {
        let why = sentence(error);
        let phase = if error.passes() { Phase::Waiting(why) } else { Phase::Stuck(why) };
        self.reading.send_modify(|reading| reading.phase = phase);
    }
}
