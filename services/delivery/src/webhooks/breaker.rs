//! Whether a receiver is there at all: a circuit breaker.
//!
//! One event that nobody accepts is its own matter. A receiver that is away is tried with one
//! event at a time, so that neither side wastes work, and the others keep their tries.

use std::time::Duration;

use jiff::Timestamp;

use super::schedule::{Jitter, later};

/// After so many tries in a row without an answer the receiver counts as away.
const AWAY_AFTER: u32 = 3;
/// After so many lanes in a row that were refused for the first time it counts as away as well.
const REFUSES_ALL_AFTER: u32 = 5;
/// The first wait of a receiver that is away; each further one doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// The longest wait of a receiver that is away.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// A circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breaker {
    /// All is sent.
    Closed {
        /// How many tries in a row had no answer.
        unanswered: u32,
        /// How many lanes in a row were refused for the first time.
        refused: u32,
    },
    /// Nothing is sent until then.
    Open { until: Timestamp, probes: u32 },
    /// One try is under way, to see whether the receiver is back.
    Probing { probes: u32 },
}

/// What a failure says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The receiver is not there.
    Receiver,
    /// A lane that had gone well was refused.
    NewLane,
    /// A lane was refused once more, which says nothing new.
    SameLane,
}

impl Default for Breaker {
    fn default() -> Self {
        Self::Closed { unanswered: 0, refused: 0 }
    }
}

/// What may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permit {
    /// Whatever waits.
    All,
    /// One event, whose fate decides.
    Probe,
    /// Nothing.
    Nothing,
}

impl Breaker {
    /// What may be sent now.
    pub(super) fn permit(self, now: Timestamp) -> Permit {
        match self {
            Self::Closed { .. } => Permit::All,
            Self::Open { until, .. } if until <= now => Permit::Probe,
            Self::Open { .. } | Self::Probing { .. } => Permit::Nothing,
        }
    }

    /// The one try has begun.
    pub(super) fn probe(&mut self) {
        if let Self::Open { probes, .. } = *self {
            *self = Self::Probing { probes: probes.saturating_add(1) };
        }
    }

    /// The one try had no outcome, as if it had not begun.
    pub(super) fn probe_withdrawn(&mut self, now: Timestamp) {
        if let Self::Probing { probes } = *self {
            *self = Self::Open { until: now, probes: probes.saturating_sub(1) };
        }
    }

    /// The receiver is there. Returns whether it had counted as away.
    pub(super) fn answered(&mut self) -> bool {
        let was_away = self.is_away();
        *self = Self::default();
        was_away
    }

    /// A try failed. Returns whether the receiver counts as away from now on and did not before.
    pub(super) fn failed(&mut self, failure: Failure, now: Timestamp, jitter: Jitter) -> bool {
        match self {
            Self::Closed { unanswered, refused } => {
                match failure {
                    Failure::Receiver => *unanswered += 1,
                    Failure::NewLane => (*unanswered, *refused) = (0, *refused + 1),
                    Failure::SameLane => *unanswered = 0,
                }
                let away = *unanswered >= AWAY_AFTER || *refused >= REFUSES_ALL_AFTER;
                if away {
                    *self = Self::Open { until: later(now, jitter.on(FIRST_WAIT)), probes: 0 };
                }
                away
            }
            // It was under way when the receiver went away, and says nothing new.
            Self::Open { .. } => false,
            Self::Probing { probes } => {
                let doubled = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(*probes));
                let until = later(now, jitter.on(doubled.min(LONGEST_WAIT)));
                *self = Self::Open { until, probes: *probes };
                false
            }
        }
    }

    /// Whether the receiver counts as away.
    pub(super) fn is_away(self) -> bool {
        match self {
            Self::Closed { .. } => false,
            Self::Open { .. } | Self::Probing { .. } => true,
        }
    }

    /// When something may be sent again.
    pub(super) fn opens_at(self) -> Option<Timestamp> {
        match self {
            Self::Open { until, .. } => Some(until),
            Self::Closed { .. } | Self::Probing { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_770_000_000 + seconds).unwrap()
    }

    fn after(failures: &[Failure]) -> Breaker {
        let mut breaker = Breaker::default();
        for failure in failures {
            breaker.failed(*failure, at(0), Jitter::of(0));
        }
        breaker
    }

    #[test]
    fn a_receiver_that_does_not_answer_three_times_is_away_for_five_seconds() {
        let mut breaker = after(&[Failure::Receiver; 2]);
        assert_eq!(breaker.permit(at(0)), Permit::All);
        assert!(breaker.failed(Failure::Receiver, at(0), Jitter::of(0)));
        assert_eq!(breaker.permit(at(4)), Permit::Nothing);
        assert_eq!(breaker.permit(at(5)), Permit::Probe);
        assert_eq!(breaker.opens_at(), Some(at(5)));
    }

    #[test]
    fn a_receiver_that_refuses_one_lane_for_ever_is_there() {
        let mut failures = vec![Failure::NewLane];
        failures.extend([Failure::SameLane; 100]);
        assert!(!after(&failures).is_away());
    }

    #[test]
    fn a_receiver_that_refuses_five_lanes_and_takes_none_is_away() {
        assert!(!after(&[Failure::NewLane; 4]).is_away());
        assert!(after(&[Failure::NewLane; 5]).is_away());
    }

    #[test]
    fn whatever_it_takes_in_between_shows_that_it_is_there() {
        let mut breaker = after(&[Failure::NewLane; 4]);
        assert!(!breaker.answered());
        for _ in 0..4 {
            breaker.failed(Failure::NewLane, at(0), Jitter::of(0));
        }
        assert!(!breaker.is_away());
    }

    #[test]
    fn only_one_try_at_a_time_asks_whether_it_is_back() {
        let mut breaker = after(&[Failure::Receiver; 3]);
        breaker.probe();
        assert_eq!(breaker.permit(at(1000)), Permit::Nothing);
        assert!(breaker.answered());
        assert_eq!(breaker.permit(at(1000)), Permit::All);
    }

    #[test]
    fn waits_double_up_to_five_minutes() {
        let mut breaker = after(&[Failure::Receiver; 3]);
        let mut waits = vec![];
        let mut now = at(5);
        for _ in 0..8 {
            breaker.probe();
            breaker.failed(Failure::Receiver, now, Jitter::of(0));
            let until = breaker.opens_at().expect("it is away");
            waits.push(until.duration_since(now).as_secs());
            now = until;
        }
        assert_eq!(waits, [10, 20, 40, 80, 160, 300, 300, 300]);
    }

    #[test]
    fn what_was_under_way_when_it_went_away_makes_the_wait_no_longer() {
        let mut breaker = after(&[Failure::Receiver; 3]);
        let before = breaker;
        assert!(!breaker.failed(Failure::Receiver, at(3), Jitter::of(0)));
        assert_eq!(breaker, before);
    }

    proptest! {
        /// Whatever happens, some time later something may be sent: no receiver is given up.
        #[test]
        fn a_receiver_is_always_tried_again(steps in prop::collection::vec(0..4_u8, 0..200)) {
            let mut breaker = Breaker::default();
            let mut now = at(0);
            for step in steps {
                now = later(now, Duration::from_secs(1));
                let probing = breaker.permit(now) == Permit::Probe;
                if probing {
                    breaker.probe();
                }
                match step {
                    0 => { breaker.answered(); }
                    1 => { breaker.failed(Failure::Receiver, now, Jitter::of(u32::MAX)); }
                    2 => { breaker.failed(Failure::NewLane, now, Jitter::of(0)); }
                    _ => { breaker.failed(Failure::SameLane, now, Jitter::of(0)); }
                }
                let soon = later(now, LONGEST_WAIT * 2);
                prop_assert_ne!(breaker.permit(soon), Permit::Nothing);
            }
        }
    }
}
