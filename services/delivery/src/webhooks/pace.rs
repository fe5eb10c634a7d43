//! How fast a replay goes. Pure.

use jiff::{SignedDuration, Timestamp};

/// Lets so many events a second go. What was not used is lost: after a wait there is no rush.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    interval: SignedDuration,
    next: Option<Timestamp>,
}

impl Pace {
    /// So many events a second, at least one.
    pub(super) fn of(rate: u32) -> Self {
        let interval = SignedDuration::from_nanos(1_000_000_000 / i64::from(rate.max(1)));
        Self { interval, next: None }
    }

    /// Whether an event may go.
    pub(super) fn permits(&self, now: Timestamp) -> bool {
        self.next.is_none_or(|next| next <= now)
    }

    /// An event goes.
    pub(super) fn goes(&mut self, now: Timestamp) {
        // A timer may be some milliseconds late, which would make any rate a lower one.
        let due =
            self.next.filter(|next| now.duration_since(*next) < SignedDuration::from_millis(50));
        self.next = due.unwrap_or(now).checked_add(self.interval).ok();
    }

    /// When the next may go, if none may now.
    pub(super) fn wake_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.next.filter(|next| *next > now)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However often it is asked, and however late, no more go in a second than the rate says, but for
        /// what a late timer makes good.
        #[test]
        fn no_more_go_than_the_rate_says(
            rate in 1..200_u32,
            waits in prop::collection::vec(0..300_i64, 1..200),
        ) {
            let mut pace = Pace::of(rate);
            let mut now = Timestamp::UNIX_EPOCH;
            let mut gone = vec![];
            for wait in waits {
                now += SignedDuration::from_millis(wait);
                while pace.permits(now) {
                    gone.push(now);
                    pace.goes(now);
                }
                prop_assert!(pace.wake_at(now).is_some());
            }
            let made_good = usize::try_from(rate / 20 + 2).unwrap();
            for (index, at) in gone.iter().enumerate() {
                let within = |other: &&Timestamp| {
                    other.duration_since(*at) < SignedDuration::from_secs(1)
                };
                let count = gone[index..].iter().take_while(within).count();
                prop_assert!(count <= usize::try_from(rate).unwrap() + made_good, "{count}");
            }
        }
    }
}
