//! When an event that was not accepted is tried again, and when it is given up.

use std::time::Duration;

use jiff::Timestamp;

/// The waits after the first try, the second, and so on; then the last again. They are the
/// example of Standard Webhooks 1.0.
const DELAYS: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];

/// By what part a wait may be longer, so that those who failed together do not come back together.
const JITTER: f64 = 0.2;

/// For how long an event is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// When the last try is, counted from the first one.
    pub give_up_after: Duration,
}

impl Default for Schedule {
    fn default() -> Self {
        Self { give_up_after: Duration::from_hours(72) }
    }
}

/// A random number from 0 to 1.
#[derive(Clone, Copy, Debug)]
pub struct Jitter(f64);

impl Jitter {
    /// Of random bits.
    pub fn of(bits: u32) -> Self {
        Self(f64::from(bits) / f64::from(u32::MAX))
    }

    /// A wait, made longer by chance.
    pub(super) fn on(self, wait: Duration) -> Duration {
        wait.mul_f64(1.0 + JITTER * self.0)
    }
}

impl Schedule {
    /// When to try again after `tries` that failed, the first of them at `first`; nothing if the
    /// event is given up. Before it is, there is a last try at the very end.
    pub fn next(
        &self,
        tries: u32,
        first: Timestamp,
        now: Timestamp,
        wait: Option<Duration>,
        jitter: Jitter,
    ) -> Option<Timestamp> {
        let end = later(first, self.give_up_after);
        if now >= end {
            return None;
        }
        let index = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
        let delay = jitter.on(DELAYS[index.min(DELAYS.len() - 1)]).max(wait.unwrap_or_default());
        Some(later(now, delay).min(end))
    }
}

/// A time later by `wait`, or the end of time.
pub(super) fn later(time: Timestamp, wait: Duration) -> Timestamp {
    time.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn start() -> Timestamp {
        "2026-03-02T08:00:00Z".parse().unwrap()
    }

    /// When an event is tried that nobody ever accepts, in seconds from the first try.
    fn tries(schedule: Schedule, mut bits: impl FnMut() -> u32) -> Vec<i64> {
        let (mut now, mut all) = (start(), vec![]);
        loop {
            all.push(now.duration_since(start()).as_secs());
            let tried = u32::try_from(all.len()).unwrap();
            match schedule.next(tried, start(), now, None, Jitter::of(bits())) {
                Some(next) => now = next,
                None => return all,
            }
        }
    }

    #[test]
    fn an_event_is_tried_ten_times_in_three_days() {
        let at = tries(Schedule::default(), || 0);
        let hours = |hours: i64| hours * 3600;
        let expected = [
            0,
            5,
            305,
            2105,
            hours(2) + 2105,
            hours(7) + 2105,
            hours(17) + 2105,
            hours(31) + 2105,
            hours(51) + 2105,
            hours(72),
        ];
        assert_eq!(at, expected);
    }

    #[test]
    fn a_receiver_that_asks_for_more_time_gets_it() {
        let wait = Some(Duration::from_mins(10));
        let next = Schedule::default().next(1, start(), start(), wait, Jitter::of(0));
        assert_eq!(next, Some(later(start(), Duration::from_mins(10))));
    }

    proptest! {
        #[test]
        fn waits_grow_and_the_last_try_is_at_the_end(
            bits in prop::collection::vec(any::<u32>(), 40),
            seconds in 1..1_000_000_u64,
        ) {
            let give_up_after = Duration::from_secs(seconds);
            let mut bits = bits.into_iter().cycle();
            let at = tries(Schedule { give_up_after }, || bits.next().unwrap());
            prop_assert_eq!(at.last().copied(), i64::try_from(seconds).ok());
            let waits: Vec<_> = at.windows(2).map(|two| two[1] - two[0]).collect();
            // The last wait is cut short by the end.
            prop_assert!(waits[..waits.len().saturating_sub(1)].is_sorted() || at.len() > 9, "{:?}", waits);
            for (wait, delay) in waits.iter().zip(DELAYS).take(waits.len().saturating_sub(1)) {
                let least = i64::try_from(delay.as_secs()).unwrap();
                prop_assert!((least..=least * 6 / 5 + 1).contains(wait), "{} for {}", wait, least);
            }
        }
    }
}
