//! One subscriber, as a state machine: what is sent next, and what follows from what came of it.
//!
//! It knows neither the clock nor the network; both come in as arguments.

use std::time::Duration;

use jiff::Timestamp;

use super::breaker::{Breaker, Failure, Permit};
use super::lanes::{Changes, Kept, Lane, Lanes, Limits, Retry, Taken};
use super::outcome::{Cause, Outcome};
use super::schedule::{Jitter, Schedule, later};

/// The wait after a first 429 that asks for none; each further one doubles it.
const FIRST_THROTTLE: Duration = Duration::from_secs(5);
/// The longest such wait.
const LONGEST_THROTTLE: Duration = Duration::from_mins(5);

/// One subscriber.
#[derive(Debug)]
pub(super) struct Dispatcher<T> {
    lanes: Lanes<T>,
    breaker: Breaker,
    schedule: Schedule,
    /// The receiver asked for time until then.
    throttled_until: Option<Timestamp>,
    throttled: u32,
    /// Since when nothing has been accepted, though it was tried.
    failing_since: Option<Timestamp>,
    is_over: bool,
}

/// What follows from a try, beside the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Consequence {
    /// An event was given up.
    DeadLetter {
        /// Its position in the feed.
        position: u64,
        /// Its lane.
        lane: Lane,
        /// How often it was tried.
        tries: u32,
        /// When that failed first.
        first_failed_at: Timestamp,
        /// Why it was not accepted.
        cause: Cause,
    },
    /// The receiver counts as away.
    Away,
    /// The receiver is back.
    Back,
    /// Nothing more is sent to it.
    Disable(Reason),
}

/// Why a subscriber is disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// It said that it wants no more (410).
    Gone,
    /// It has been away for as long as an event is tried.
    Away,
}

impl<T: Clone> Dispatcher<T> {
    pub(super) fn new(
        limits: Limits,
        schedule: Schedule,
        kept: Kept,
        failing_since: Option<Timestamp>,
    ) -> Self {
        Self {
            lanes: Lanes::restored(limits, kept),
            breaker: Breaker::default(),
            schedule,
            throttled_until: None,
            throttled: 0,
            failing_since,
            is_over: false,
        }
    }

    pub(super) fn lanes(&mut self) -> &mut Lanes<T> {
        &mut self.lanes
    }

    /// Since when nothing has been accepted, though it was tried.
    pub(super) fn failing_since(&self) -> Option<Timestamp> {
        self.failing_since
    }

    /// How the subscriber stands, in a word.
    pub(super) fn state(&self, now: Timestamp) -> &'static str {
        if self.breaker.is_away() {
            "away"
        } else if self.throttled_until.is_some_and(|until| now < until) {
            "waiting"
        } else {
            "delivering"
        }
    }

    /// Whether more may be read of the feed. While a receiver is away only what it is tried with.
    pub(super) fn may_read(&self) -> bool {
        let has_use = !self.breaker.is_away() || self.lanes.is_idle();
        !self.is_over && has_use && self.lanes.has_room()
    }

    /// Whether what was begun is finished, as far as the receiver takes it: what it refused waits, and may be left.
    pub(super) fn is_drained(&self, now: Timestamp) -> bool {
        let takes_nothing =
            self.breaker.is_away() || self.throttled_until.is_some_and(|until| now < until);
        self.lanes.in_flight() == 0 && (takes_nothing || self.lanes.held() == 0)
    }

    pub(super) fn changes(&mut self) -> Changes {
        self.lanes.changes()
    }

    /// What is sent now.
    pub(super) fn next(&mut self, now: Timestamp) -> Option<Taken<T>> {
        if self.is_over || self.throttled_until.is_some_and(|until| now < until) {
            return None;
        }
        match self.breaker.permit(now) {
            Permit::All => self.lanes.next(now),
            Permit::Probe => {
                let probe = self.lanes.next_probe();
                if probe.is_some() {
                    self.breaker.probe();
                }
                probe
            }
            Permit::Nothing => None,
        }
    }

    /// When something may be sent that must wait now.
    pub(super) fn wake_at(&self, now: Timestamp) -> Option<Timestamp> {
        if self.is_over || self.lanes.is_idle() {
            return None;
        }
        let throttled = self.throttled_until.filter(|until| *until > now);
        if self.breaker.is_away() {
            let opens = self.breaker.opens_at()?;
            return Some(throttled.map_or(opens, |until| until.max(opens)));
        }
        throttled.or_else(|| self.lanes.due_at())
    }

    /// What came of a try.
    pub(super) fn answered(
        &mut self,
        taken: &Taken<T>,
        outcome: Outcome,
        now: Timestamp,
        jitter: Jitter,
    ) -> Vec<Consequence> {
        match outcome {
            Outcome::Delivered => {
                self.lanes.finished(&taken.lane, taken.position, now);
                self.failing_since = None;
                (self.throttled, self.throttled_until) = (0, None);
                self.is_there(now)
            }
            Outcome::Gone => {
                self.lanes.put_back(&taken.lane, taken.position);
                self.is_over = true;
                vec![Consequence::Disable(Reason::Gone)]
            }
            Outcome::Throttled(wait) => {
                self.lanes.put_back(&taken.lane, taken.position);
                self.throttle(wait, now, jitter);
                let mut consequences = self.is_there(now);
                consequences.extend(self.give_up(now));
                consequences
            }
            Outcome::Failed { cause, wait } => self.failed(taken, cause, wait, now, jitter),
        }
    }

    /// The event was not sent, for a reason of our own.
    pub(super) fn withdrawn(&mut self, taken: &Taken<T>, now: Timestamp) {
        self.lanes.put_back(&taken.lane, taken.position);
        self.breaker.probe_withdrawn(now);
    }

    /// The event is not in the feed any more.
    pub(super) fn vanished(&mut self, taken: &Taken<T>, now: Timestamp) {
        self.lanes.finished(&taken.lane, taken.position, now);
        self.breaker.probe_withdrawn(now);
    }

    fn is_there(&mut self, now: Timestamp) -> Vec<Consequence> {
        if self.breaker.answered() {
            self.lanes.hurry(now);
            return vec![Consequence::Back];
        }
        vec![]
    }

    /// Gives up a receiver that has accepted nothing for as long as an event is tried.
    fn give_up(&mut self, now: Timestamp) -> Option<Consequence> {
        let since = *self.failing_since.get_or_insert(now);
        self.is_over |= now >= later(since, self.schedule.give_up_after);
        self.is_over.then_some(Consequence::Disable(Reason::Away))
    }

    fn throttle(&mut self, wait: Option<Duration>, now: Timestamp, jitter: Jitter) {
        let doubled = FIRST_THROTTLE.saturating_mul(2_u32.saturating_pow(self.throttled));
        let wait = wait.unwrap_or_else(|| jitter.on(doubled.min(LONGEST_THROTTLE)));
        self.throttled = self.throttled.saturating_add(1);
        let until = later(now, wait);
        self.throttled_until = Some(self.throttled_until.map_or(until, |old| old.max(until)));
    }

    fn failed(
        &mut self,
        taken: &Taken<T>,
        cause: Cause,
        wait: Option<Duration>,
        now: Timestamp,
        jitter: Jitter,
    ) -> Vec<Consequence> {
        self.failing_since.get_or_insert(now);
        let before = self.lanes.retry(&taken.lane).filter(|retry| retry.tries > 0);
        let failure = match before {
            _ if cause.is_of_receiver() => Failure::Receiver,
            None => Failure::NewLane,
            Some(_) => Failure::SameLane,
        };
        let was_away = self.breaker.is_away();
        let mut consequences = vec![];
        if self.breaker.failed(failure, now, jitter) {
            consequences.push(Consequence::Away);
        }
        // A receiver that is away says nothing of one event: that keeps its tries.
        let tries = before.map_or(0, |retry| retry.tries) + u32::from(!was_away);
        let first = before.and_then(|retry| retry.first_failed_at).unwrap_or(now);
        if self.breaker.is_away() {
            let next_at = later(now, jitter.on(FIRST_THROTTLE));
            self.lanes.failed(
                &taken.lane,
                taken.position,
                Retry { tries, first_failed_at: Some(first), next_at },
            );
            consequences.extend(self.give_up(now));
            return consequences;
        }
        match self.schedule.next(tries, first, now, wait, jitter) {
            Some(next_at) => self.lanes.failed(
                &taken.lane,
                taken.position,
                Retry { tries, first_failed_at: Some(first), next_at },
            ),
            None => {
                self.lanes.finished(&taken.lane, taken.position, now);
                consequences.push(Consequence::DeadLetter {
                    position: taken.position,
                    lane: taken.lane.clone(),
                    tries,
                    first_failed_at: first,
                    cause,
                });
            }
        }
        consequences
    }
}

#[cfg(test)]
mod tests;
