//! What the engine is told, and what it answers.

use std::time::Duration;

use events::Position;
use roster::Roster;
use tokio::time::Instant;

use crate::command::Decidable;
use crate::drafts::{Accepts, AppendBatch, Source};
use crate::outage::Outage;
use crate::queue::QueueBounds;

/// What the engine is told once.
pub(crate) struct Setup {
    pub(crate) bounds: QueueBounds,
    pub(crate) source: Source,
    pub(crate) accepts: Accepts,
    /// Whether an answer that rests on no append has to be confirmed: another replica may have
    /// acknowledged what this one has not seen.
    pub(crate) confirm: bool,
}

/// What to do next.
#[derive(Debug)]
pub(crate) enum Step {
    /// Decide one more: [`Engine::decide`](crate::engine::Engine::decide).
    Decide,
    /// Append these, and tell [`Engine::appended`](crate::engine::Engine::appended) what became of them.
    Append(AppendBatch),
    /// Ask where the log ends, and tell [`Engine::confirmed`](crate::engine::Engine::confirmed).
    Confirm,
    /// Wait for something to happen, or for this time.
    Wait(Option<Instant>),
    /// All was answered, and nothing more will come.
    Stop,
}

/// What became of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Appended {
    /// It is in the log, and on disk.
    Durably {
        /// How long that took.
        took: Duration,
    },
    /// Another writer got in first: see what they wrote, and decide again.
    Conflict,
    /// Nobody can tell for now. Should it have been written after all, we will hear of it.
    Unclear(Outage),
}

/// A command that is done with.
pub(crate) struct Answer {
    pub(crate) command: Box<dyn Decidable>,
    pub(crate) outcome: Result<(Roster, Position), Outage>,
}

impl Answer {
    /// Tells the caller.
    pub(crate) fn deliver(self) {
        self.command.answer(self.outcome);
    }
}
