//! The status that a projection shows of itself.

use std::sync::atomic::{AtomicU64, Ordering};

use events::Seq;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::checkpoint::Checkpoint;
use crate::error::ProjectorError;
use crate::metrics::ProjectionMetrics;
use crate::slots::SlotPeek;
use eventlog::sentence;

/// Where a projection says how far it is and what it does, and others read it.
#[derive(Debug, Default)]
pub struct StatusHandle {
    status: watch::Sender<ProjectionStatus>,
    metrics: ProjectionMetrics,
    /// The last event of the log that is known of.
    log_end: AtomicU64,
}

/// A projection at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectionStatus {
    /// What it is doing.
    pub phase: Phase,
    /// The last event in the read model.
    pub position: Seq,
    /// When that event happened.
    pub event_at: Option<Timestamp>,
    /// How many events were passed over because this release does not know them.
    pub unknown: u64,
    /// What waits because it cannot be applied.
    pub parked: ParkedStatus,
}

/// How much waits in a slot, because it cannot be applied or shares a key with what cannot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParkedStatus {
    /// How many people, groups and so on have an event that failed.
    pub keys: u64,
    /// How many events wait, those behind a failed one included.
    pub waiting: u64,
    /// Since when the oldest of the failed ones waits.
    pub since: Option<Timestamp>,
}

impl ProjectionStatus {
    /// Whether the projection does its work or stands by to do it; if not, why. Whoever watches the
    /// status asks the one that they are shown: to borrow it again while it is lent would wait for a
    /// writer who waits for them.
    pub fn check(&self) -> Result<(), String> {
        match &self.phase {
            Phase::Building { goal } => {
                Err(format!("is building the read model: {} of {goal} events", self.position))
            }
            Phase::Working | Phase::StandingBy | Phase::Held | Phase::Idle => Ok(()),
            Phase::Paused(why) => Err(format!("is paused: {why}")),
            Phase::Foreign(what) => Err(what.clone()),
            Phase::Starting => Err("is starting".to_owned()),
            Phase::Stopped => Err("has stopped".to_owned()),
            Phase::Waiting(why) | Phase::Stuck(why) => Err(why.clone()),
        }
    }

    /// How many events the read model is behind a log that ends at `end`.
    pub fn behind(&self, end: Seq) -> u64 {
        end.0.saturating_sub(self.position.0)
    }
}

/// What a projection is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// It has not connected yet.
    #[default]
    Starting,
    /// Another instance works; this one waits for its end.
    StandingBy,
    /// It follows the log.
    Working,
    /// The read model was made anew, and is of no use before it has seen event `goal`.
    Building {
        /// The end of the log when the read model was made.
        goal: Seq,
    },
    /// It stands still because somebody said so, or so that others get on.
    Paused(String),
    /// The slot is of other rules, and serves what it holds. What comes of it is said here.
    Foreign(String),
    /// The slot is of other rules, and serves what it holds until an operator or another release
    /// decides.
    Held,
    /// There is nothing to do in this slot.
    Idle,
    /// Something that it needs is away; it goes on by itself.
    Waiting(String),
    /// Somebody must look: an event cannot be read or applied.
    Stuck(String),
    /// It was told to stop, and has.
    Stopped,
}

impl StatusHandle {
    /// The status now.
    pub fn current(&self) -> ProjectionStatus {
        self.status.borrow().clone()
    }

    /// What is counted of the projection's transactions.
    pub fn metrics(&self) -> &ProjectionMetrics {
        &self.metrics
    }

    /// How many events of the log are not in the read model, by what was last known of the log.
    pub fn lag_events(&self) -> u64 {
        self.status.borrow().behind(Seq(self.log_end.load(Ordering::Relaxed)))
    }

    /// Takes note of where the log ends.
    pub(crate) fn log_ends(&self, end: Seq) {
        self.log_end.fetch_max(end.0, Ordering::Relaxed);
    }

    /// The status as it changes.
    pub fn watch(&self) -> watch::Receiver<ProjectionStatus> {
        self.status.subscribe()
    }

    /// Whether the projection does its work or stands by to do it; if not, why. Fit for
    /// `web::health::Readiness::with`.
    pub fn check(&self) -> Result<(), String> {
        self.status.borrow().check()
    }

    /// Shows how far the work is; up to its goal the read model is being built.
    pub(crate) fn working(&self, checkpoint: &Checkpoint) {
        let (position, goal) = (checkpoint.position.seq, checkpoint.goal);
        self.status.send_modify(|status| {
            *status = ProjectionStatus {
                phase: if position < goal { Phase::Building { goal } } else { Phase::Working },
                position,
                event_at: checkpoint.event_at,
                unknown: checkpoint.unknown,
                parked: status.parked,
            };
        });
    }

    /// Shows a slot that is read and not written to.
    pub(crate) fn serves(&self, slot: &SlotPeek, phase: Phase) {
        let (position, event_at, unknown) = (slot.position, slot.event_at, slot.unknown);
        let parked = ParkedStatus::default();
        let now = ProjectionStatus { phase, position, event_at, unknown, parked };
        self.show(now);
    }

    /// Shows that there is nothing to do.
    pub(crate) fn idle(&self) {
        self.show(ProjectionStatus { phase: Phase::Idle, ..Default::default() });
    }

    fn show(&self, now: ProjectionStatus) {
        self.status.send_if_modified(|before| {
            let news = *before != now;
            *before = now;
            news
        });
    }

    /// Shows how much waits.
    pub(crate) fn parked(&self, parked: ParkedStatus) {
        self.status
            .send_if_modified(|status| std::mem::replace(&mut status.parked, parked) != parked);
    }

    /// Shows that the work stands still, and why.
    pub(crate) fn paused(&self, why: &str) {
        self.status.send_modify(|status| status.phase = Phase::Paused(why.to_owned()));
    }

    pub(crate) fn standing_by(&self) {
        self.status.send_modify(|status| status.phase = Phase::StandingBy);
    }

    pub(crate) fn stopped(&self) {
        self.status.send_modify(|status| status.phase = Phase::Stopped);
    }

    /// Shows that an error interrupts the work, and counts it.
    pub(crate) fn interrupted(&self, error: &ProjectorError) {
        self.metrics.interrupted(error);
        let why = sentence(error);
        let phase = match error {
            ProjectorError::ManyFail { .. } => Phase::Paused(why),
            error if error.passes() => Phase::Waiting(why),
            _stuck => Phase::Stuck(why),
        };
        self.status.send_modify(|status| status.phase = phase);
    }
}
