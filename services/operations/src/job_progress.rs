//! How far the candidate of a replay is, as its slots show.

use acts::{Job, Stage};
use jiff::Timestamp;
use projector::{SlotPeek, Slots};
use schemars::JsonSchema;
use serde::Serialize;

/// The state of a job that readers may be let see.
pub(crate) const READY: &str = "ready";

/// How far a candidate is.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Progress {
    /// The last event that it has seen.
    pub(crate) position: u64,
    /// What it has to see before readers may see it.
    pub(crate) goal: u64,
    /// On the average since it was begun, pauses apart.
    pub(crate) events_per_second: f64,
    /// How long it still takes at that rate.
    pub(crate) eta_seconds: Option<f64>,
}

impl Progress {
    /// Of a log that ends at `end`.
    pub(crate) fn of(job: &Job, candidate: &SlotPeek, end: u64, now: Timestamp) -> Self {
        let position = candidate.position.0;
        let goal = candidate.goal.0.max(end);
        let begun = candidate.made_at.unwrap_or(job.started_at);
        // A stage that lasts is not yet counted to the pauses.
        let until = if job.stage == Stage::Paused { job.since } else { now };
        let worked = (until.duration_since(begun) - job.paused).as_secs_f64().max(0.001);
        let events_per_second = count(position) / worked;
        let left = count(goal.saturating_sub(position));
        let eta_seconds = (events_per_second > 0.0).then(|| left / events_per_second);
        Self { position, goal, events_per_second, eta_seconds }
    }
}

/// The candidate that this job wants, if it was begun.
pub(crate) fn candidate<'s>(job: &Job, slots: &'s Slots) -> Option<&'s SlotPeek> {
    let id = job.id.to_string();
    slots.candidate.as_ref().filter(|slot| slot.job.as_ref() == Some(&id))
}

/// Whether readers may see what a job has built: it has caught up, which is in the journal, and keeps
/// up. A candidate that is built anew, since a crash took its rows, is not ready however far it was.
pub(crate) fn is_ready(job: &Job, candidate: &SlotPeek, slots: &Slots) -> bool {
    /// As much as a cut-over itself waits for.
    const CLOSE: u64 = 1000;
    let live = slots.live.as_ref().map_or(0, |live| live.position.0);
    let has_built = job.built.is_some() && !candidate.building();
    has_built && live.saturating_sub(candidate.position.0) < CLOSE
}

/// A count, to be divided.
#[expect(clippy::cast_precision_loss, reason = "an estimate")]
pub(crate) fn count(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests;
