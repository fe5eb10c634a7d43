//! What an append costs: alone, or as one of a batch.

use std::time::Duration;

/// A single publish costs one fsync. An atomic batch costs several, however many events it holds,
/// since the server stages it in files of its own; so that a few who wait are served faster one
/// after the other. How many are a few depends on the disk, and is measured as it goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Costs {
    alone: Duration,
    batch: Duration,
}

impl Default for Costs {
    /// What a good disk does; the first appends correct it.
    fn default() -> Self {
        Self { alone: Duration::from_micros(400), batch: Duration::from_micros(2500) }
    }
}

impl Costs {
    /// Whether so many are served faster by a batch than one after the other.
    pub(crate) fn favour_batch(&self, waiting: usize) -> bool {
        waiting > 1 && self.alone * u32::try_from(waiting).unwrap_or(u32::MAX) >= self.batch
    }

    /// How long it pays to wait for others to join a batch.
    pub(crate) fn moment(&self) -> Duration {
        self.batch / 2
    }

    /// Takes note of an append. One that the disk held up says little about the next. The way that
    /// was not taken slowly gets cheaper in our eyes, so that it is tried again.
    pub(crate) fn saw(&mut self, events: usize, took: Duration) {
        let smoothed = |before: Duration| (before * 7 + took.min(before * 2)) / 8;
        let faded = |before: Duration| before * 31 / 32;
        if events == 1 {
            *self = Self { alone: smoothed(self.alone), batch: faded(self.batch) };
        } else {
            *self = Self { alone: faded(self.alone), batch: smoothed(self.batch) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// What is believed after many appends of each kind.
    fn seen(alone: Duration, batch: Duration) -> Costs {
        let mut costs = Costs::default();
        for _ in 0..100 {
            costs.saw(1, alone);
            costs.saw(10, batch);
        }
        costs
    }

    #[test]
    fn one_who_waits_alone_never_pays_for_a_batch() {
        assert!(!seen(MS, MS / 100).favour_batch(1));
    }

    #[test]
    fn a_few_are_served_singly_and_many_together() {
        let costs = seen(MS, 10 * MS);
        assert!(!costs.favour_batch(5));
        assert!(costs.favour_batch(20));
    }

    #[test]
    fn a_disk_that_stalls_once_changes_little() {
        let mut costs = seen(MS, 10 * MS);
        costs.saw(1, Duration::from_secs(1));
        assert!(!costs.favour_batch(5), "believes {costs:?}");
    }

    #[test]
    fn a_way_that_was_slow_once_is_tried_again() {
        let mut costs = seen(MS, MS);
        costs.saw(10, Duration::from_secs(10));
        let tried = (0..10_000).find(|_| {
            costs.saw(1, MS);
            costs.favour_batch(32)
        });
        assert!(tried.is_some(), "still believes {costs:?}");
    }
}
