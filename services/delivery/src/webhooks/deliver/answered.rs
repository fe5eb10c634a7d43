//! What follows from what a receiver answered.

use std::sync::Arc;

use eventlog::{clock, ids};
use jiff::Timestamp;

use super::super::dispatcher::Consequence;
use super::super::lanes::Taken;
use super::super::outcome::Outcome;
use super::super::progress::GivenUp;
use super::super::schedule::Jitter;
use super::under_way::Sent;
use super::{Ended, Loop};
use crate::source::Item;

impl Loop {
    pub(super) fn sent(&mut self, taken: &Taken<Arc<Item>>, sent: Sent) {
        let now = clock::now();
        self.is_changed = true;
        let outcome = match sent {
            Sent::Answered { outcome, is_departure } => {
                if is_departure && outcome == Outcome::Delivered {
                    self.departures.push((taken.position, now));
                }
                outcome
            }
            Sent::Vanished => return self.dispatcher.vanished(taken, now),
            Sent::Unread => return self.dispatcher.withdrawn(taken, now),
        };
        self.count(outcome, now);
        let jitter = Jitter::of(random_bits());
        for consequence in self.dispatcher.answered(taken, outcome, now, jitter) {
            self.follows(consequence, now);
        }
    }

    fn count(&mut self, outcome: Outcome, now: Timestamp) {
        self.shared.metrics.tried(outcome);
        match outcome {
            Outcome::Delivered => {
                self.accepted_at = Some(now);
                self.accepted += 1;
                self.last_failure = None;
            }
            Outcome::Gone | Outcome::Throttled(_) => {}
            Outcome::Failed { cause, .. } => {
                self.failures.count(now);
                self.last_failure = Some(cause.code());
            }
        }
    }

    fn follows(&mut self, consequence: Consequence, now: Timestamp) {
        let subscriber = self.subscription.id();
        match consequence {
            Consequence::DeadLetter { position, lane, tries, first_failed_at, cause } => {
                tracing::info!(%subscriber, position, tries, cause = cause.code(), "given up");
                self.shared.metrics.gave_up();
                let cause = cause.code();
                let given_up_at = now;
                let letter = GivenUp { position, lane, tries, first_failed_at, given_up_at, cause };
                self.given_up.push(letter);
            }
            Consequence::Away => tracing::info!(%subscriber, "the receiver is away"),
            Consequence::Back => tracing::info!(%subscriber, "the receiver is back"),
            Consequence::Disable(reason) => self.over = Some(Ended::Disable(reason)),
        }
    }
}

fn random_bits() -> u32 {
    let [a, b, c, d, ..] = ids::random();
    u32::from_le_bytes([a, b, c, d])
}
