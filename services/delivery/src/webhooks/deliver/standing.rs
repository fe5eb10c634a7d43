//! How a course stands: what is counted of it, whether it is at its end, when it goes on.

use jiff::Timestamp;

use super::{Ended, Loop};

impl Loop {
    pub(super) fn stand(&mut self, state: &'static str) {
        if self.state != state {
            self.count_as(Some(state));
            (self.state, self.is_changed) = (state, true);
        }
    }

    /// Replays are no subscribers.
    pub(super) fn count_as(&self, state: Option<&'static str>) {
        if self.until.is_none() {
            self.shared.metrics.stands(Some(self.state), state);
        }
    }

    /// Whether it has done all that it was to do.
    pub(super) fn finished(&mut self, now: Timestamp) -> Option<Ended> {
        let lanes = self.dispatcher.lanes();
        if self.until.is_some_and(|until| lanes.read() >= until) && lanes.is_idle() {
            return Some(Ended::Replayed);
        }
        let is_drained = self.subscription.course.is_draining() && self.dispatcher.is_drained(now);
        is_drained.then_some(Ended::Drained)
    }

    pub(super) fn wake_at(&mut self, now: Timestamp) -> Option<Timestamp> {
        let paced = self.pace.and_then(|pace| pace.wake_at(now));
        match (self.dispatcher.wake_at(now), paced) {
            (Some(due), Some(paced)) => Some(due.min(paced)),
            (due, None) => due,
            (None, Some(paced)) => (!self.dispatcher.lanes().is_idle()).then_some(paced),
        }
    }
}
