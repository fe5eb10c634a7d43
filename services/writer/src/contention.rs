//! Contention with other writers for the end of the log.

use std::time::Duration;

use eventlog::Log;
use tokio::time::Instant;

/// A replica that decides many commands takes long, and loses against one that decides a single one. So with
/// each race that is lost fewer run in the next, down to one, and with each that is won more.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Contention {
    /// How often the most were halved.
    halved: u32,
    /// When the first of those in a row was lost.
    losing: Option<Instant>,
}

impl Contention {
    /// How many decisions may run in the next race.
    pub(crate) fn most(&self) -> usize {
        (Log::MAX_BATCH >> self.halved).max(1)
    }

    pub(crate) fn won(&mut self) {
        *self = Self { halved: self.halved.saturating_sub(1), losing: None };
    }

    /// Takes note of a race that was lost; since when all were.
    pub(crate) fn lost(&mut self, now: Instant) -> Duration {
        self.halved = (self.halved + 1).min(Log::MAX_BATCH.ilog2() + 1);
        now - *self.losing.get_or_insert(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_loses_again_and_again_runs_alone_and_who_wins_again_and_again_runs_with_all() {
        let (mut contention, now) = (Contention::default(), Instant::now());
        assert_eq!(contention.most(), Log::MAX_BATCH);
        (0..100).for_each(|_| assert_eq!(contention.lost(now), Duration::ZERO));
        assert_eq!(contention.most(), 1);
        (0..100).for_each(|_| contention.won());
        assert_eq!(contention.most(), Log::MAX_BATCH);
    }

    #[test]
    fn a_race_that_is_won_ends_a_row_of_lost_ones() {
        let (mut contention, start) = (Contention::default(), Instant::now());
        let later = start + Duration::from_secs(4);
        assert_eq!(contention.lost(start), Duration::ZERO);
        assert_eq!(contention.lost(later), Duration::from_secs(4));
        contention.won();
        assert_eq!(contention.lost(later), Duration::ZERO);
    }
}
