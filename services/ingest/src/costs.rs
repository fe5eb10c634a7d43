//! What an append costs: alone, or as one of a batch.

use std::time::Duration;

/// A single publish costs one fsync. An atomic batch costs several, however many events it holds,
/// since the server stages it in files of its own; so that a few who wait are served faster one
/// after the other. How many are a few depends on the disk, and is measured as it goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Costs {
    alone: Way,
    batch: Way,
}

/// One of the two ways to append.
#[derive(Clone, Copy, Debug)]
struct Way {
    /// What it cost of late.
    cost: Duration,
    /// How often the other way was chosen since.
    untried: i32,
}

const LONGEST_MOMENT: Duration = Duration::from_millis(20);

/// How much cheaper a way is thought to be each time that the other one is chosen: enough that a
/// way that was slow once is tried again, too little that it is tried often.
const HOPE: f64 = 127.0 / 128.0;

impl Default for Costs {
    /// What a good disk does; the first appends correct it.
    fn default() -> Self {
        Self { alone: Way::new(400), batch: Way::new(2500) }
    }
}

impl Costs {
    /// Whether so many events are appended faster by a batch than one after the other.
    pub(crate) fn favour_batch(&self, events: usize) -> bool {
        let each = u32::try_from(events).unwrap_or(u32::MAX);
        events > 1 && self.alone.hoped() * each >= self.batch.hoped()
    }

    /// The same, for events that are about to be appended.
    pub(crate) fn choose_batch(&mut self, events: usize) -> bool {
        let batch = self.favour_batch(events);
        let passed_over = if batch { &mut self.alone } else { &mut self.batch };
        // One event alone is no choice.
        passed_over.untried = passed_over.untried.saturating_add(i32::from(events > 1));
        batch
    }

    /// How long it pays to wait for others to join a batch; whoever waits in vain shall not notice.
    pub(crate) fn moment(&self) -> Duration {
        (self.batch.cost / 2).min(LONGEST_MOMENT)
    }

    /// Takes note of an append.
    pub(crate) fn saw(&mut self, events: usize, took: Duration) {
        match events {
            1 => self.alone.saw(took),
            _ => self.batch.saw(took),
        }
    }
}

impl Way {
    fn new(micros: u64) -> Self {
        Self { cost: Duration::from_micros(micros), untried: 0 }
    }

    fn hoped(&self) -> Duration {
        self.cost.mul_f64(HOPE.powi(self.untried))
    }

    /// An append that the disk held up says little about the next.
    fn saw(&mut self, took: Duration) {
        *self = Self { cost: (self.cost * 7 + took.min(self.cost * 2)) / 8, untried: 0 };
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
    fn a_way_that_is_slow_is_tried_seldom_and_given_up_at_once() {
        let mut costs = seen(MS, 10 * MS);
        let mut tries = [0; 2];
        for _ in 0..1000 {
            let batch = costs.choose_batch(32);
            tries[usize::from(batch)] += 1;
            if batch { costs.saw(32, 10 * MS) } else { costs.saw(1, MS) }
        }
        assert!((1..20).contains(&tries[0]), "one by one, together: {tries:?}");
        for _ in 0..1000 {
            let batch = costs.choose_batch(5);
            if batch { costs.saw(5, 10 * MS) } else { costs.saw(1, MS) }
        }
        assert!(costs.moment() > 4 * MS, "believes {costs:?}");
    }

    #[test]
    fn a_way_that_nobody_could_choose_is_not_thought_cheaper() {
        let mut costs = seen(MS, 10 * MS);
        for _ in 0..10_000 {
            costs.saw(2, 10 * MS);
        }
        assert!(costs.favour_batch(32), "believes {costs:?}");
        for _ in 0..10_000 {
            assert!(!costs.choose_batch(1));
            costs.saw(1, MS);
        }
        assert!(!costs.favour_batch(2), "believes {costs:?}");
    }

    #[test]
    fn however_slow_the_disk_nobody_waits_long_for_others() {
        assert!(seen(MS, 1000 * MS).moment() <= 20 * MS);
    }

    #[test]
    fn a_way_that_was_slow_once_is_tried_again() {
        let mut costs = seen(MS, MS);
        costs.saw(10, Duration::from_secs(10));
        let tried = (0..10_000).find(|_| {
            costs.saw(1, MS);
            costs.choose_batch(32)
        });
        assert!(tried.is_some(), "still believes {costs:?}");
    }
}
