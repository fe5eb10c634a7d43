//! What a projection shows of itself.

use events::Seq;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::ProjectorError;
use crate::bookmark::Bookmark;
use eventlog::sentence;

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
    /// The read model was made anew, and is of no use before it has seen event `goal`.
    Building {
        goal: Seq,
    },
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
    /// `web::health::Readiness::with`.
    pub fn check(&self) -> Result<(), String> {
        let reading = self.reading.borrow();
        match &reading.phase {
            Phase::Building { goal } => {
                Err(format!("is building the read model: {} of {goal} events", reading.position))
            }
            Phase::Working | Phase::StandingBy => Ok(()),
            Phase::Starting => Err("is starting".to_owned()),
            Phase::Stopped => Err("has stopped".to_owned()),
            Phase::Waiting(why) | Phase::Stuck(why) => Err(why.clone()),
        }
    }

    /// Shows how far the work is; up to its goal the read model is being built.
    pub(crate) fn working(&self, bookmark: &Bookmark) {
        let (position, goal) = (bookmark.position.seq, bookmark.goal);
        self.reading.send_replace(Reading {
            phase: if position < goal { Phase::Building { goal } } else { Phase::Working },
            position,
            event_at: bookmark.event_at,
            unknown: bookmark.unknown,
        });
    }

    pub(crate) fn standing_by(&self) {
        self.reading.send_modify(|reading| reading.phase = Phase::StandingBy);
    }

    pub(crate) fn stopped(&self) {
        self.reading.send_modify(|reading| reading.phase = Phase::Stopped);
    }

    pub(crate) fn interrupted(&self, error: &ProjectorError) {
        let why = sentence(error);
        let phase = if error.passes() { Phase::Waiting(why) } else { Phase::Stuck(why) };
        self.reading.send_modify(|reading| reading.phase = phase);
    }
}
