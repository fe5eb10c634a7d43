//! How many tries failed within the last hour.

use std::collections::VecDeque;

use jiff::Timestamp;

/// How long one count lasts, in seconds.
const SLICE: i64 = 300;
/// How many counts are an hour.
const SLICES: i64 = 12;

/// Counts of tries that failed.
#[derive(Clone, Debug, Default)]
pub(super) struct Failures(VecDeque<(i64, u32)>);

impl Failures {
    /// One failed.
    pub(super) fn count(&mut self, now: Timestamp) {
        let slice = now.as_second() / SLICE;
        match self.0.back_mut() {
            Some((last, count)) if *last == slice => *count += 1,
            Some(_) | None => self.0.push_back((slice, 1)),
        }
        self.forget(now);
    }

    /// How many failed within the last hour, to five minutes.
    pub(super) fn within_an_hour(&mut self, now: Timestamp) -> u32 {
        self.forget(now);
        self.0.iter().map(|(_, count)| count).sum()
    }

    fn forget(&mut self, now: Timestamp) {
        let oldest = now.as_second() / SLICE - SLICES;
        while self.0.front().is_some_and(|(slice, _)| *slice <= oldest) {
            self.0.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_more_than_an_hour_ago_does_not_count() {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        let mut failures = Failures::default();
        for minute in [0, 1, 30] {
            failures.count(at(minute));
        }
        assert_eq!(failures.within_an_hour(at(55)), 3);
        assert_eq!(failures.within_an_hour(at(61)), 1);
        assert_eq!(failures.within_an_hour(at(91)), 0);
    }
}
