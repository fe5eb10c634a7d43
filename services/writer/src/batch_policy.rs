//! What an append costs: of one event alone, or of several as a batch.

use std::time::Duration;

/// A single publish costs one fsync. An atomic batch costs several, however many events it holds,
/// since the server stages it in files of its own; so that a few who wait are served faster one
/// after the other. How many are a few depends on the disk, and is measured as it goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatchPolicy {
    alone: Strategy,
    batch: Strategy,
}

/// One of the two ways to append.
#[derive(Clone, Copy, Debug)]
struct Strategy {
    /// What it cost of late.
    cost: Duration,
    /// How often the other way was chosen since.
    untried: i32,
}

/// What each event adds to a batch, besides the syncs that all of them share.
const COST_PER_EVENT: Duration = Duration::from_micros(10);

const MAX_LINGER: Duration = Duration::from_millis(20);

/// How much cheaper a way is thought to be each time that the other one is chosen: enough that a
/// way that was slow once is tried again, too little that it is tried often.
const UNTRIED_DISCOUNT: f64 = 511.0 / 512.0;

impl Default for BatchPolicy {
    /// What was measured of nats-server 2.15 with `sync_interval: always` on a disk of the cloud:
    /// 5.6 ms for a batch of 2 and 5.8 ms for one of 32. The first appends correct it.
    fn default() -> Self {
        Self { alone: Strategy::new(600), batch: Strategy::new(5600) }
    }
}

impl BatchPolicy {
    /// Whether so many events are appended faster by a batch than one after the other.
    pub(crate) fn favour_batch(&self, events: usize) -> bool {
        events > 1 && times(self.alone.expected(), events) >= self.batch.expected() + all(events)
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
    pub(crate) fn linger(&self) -> Duration {
        (self.batch.cost / 2).min(MAX_LINGER)
    }

    /// Takes note of an append.
    pub(crate) fn saw(&mut self, events: usize, took: Duration) {
        match events {
            1 => self.alone.saw(took),
            _ => self.batch.saw(took.saturating_sub(all(events))),
        }
    }
}

/// What the events of a batch add to it.
fn all(events: usize) -> Duration {
    times(COST_PER_EVENT, events)
}

fn times(one: Duration, count: usize) -> Duration {
    one.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX))
}

impl Strategy {
    fn new(micros: u64) -> Self {
        Self { cost: Duration::from_micros(micros), untried: 0 }
    }

    fn expected(&self) -> Duration {
        self.cost.mul_f64(UNTRIED_DISCOUNT.powi(self.untried))
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
    fn seen(alone: Duration, batch: Duration) -> BatchPolicy {
        let mut policy = BatchPolicy::default();
        for _ in 0..100 {
            policy.saw(1, alone);
            policy.saw(10, batch);
        }
        policy
    }

    #[test]
    fn one_who_waits_alone_never_pays_for_a_batch() {
        assert!(!seen(MS, MS / 100).favour_batch(1));
    }

    #[test]
    fn a_few_are_served_singly_and_many_together() {
        let policy = seen(MS, 10 * MS);
        assert!(!policy.favour_batch(5));
        assert!(policy.favour_batch(20));
    }

    #[test]
    fn a_large_batch_says_no_more_about_a_small_one_than_what_they_share() {
        let mut policy = seen(MS, 10 * MS);
        for _ in 0..100 {
            policy.saw(1000, 10 * MS + 1000 * COST_PER_EVENT);
        }
        assert!(policy.favour_batch(12), "believes {policy:?}");
    }

    #[test]
    fn a_disk_that_stalls_once_changes_little() {
        let mut policy = seen(MS, 10 * MS);
        policy.saw(1, Duration::from_secs(1));
        assert!(!policy.favour_batch(5), "believes {policy:?}");
    }

    #[test]
    fn a_way_that_is_slow_is_tried_seldom_and_given_up_at_once() {
        let mut policy = seen(MS, 10 * MS);
        let mut tries = [0; 2];
        for _ in 0..1000 {
            let batch = policy.choose_batch(32);
            tries[usize::from(batch)] += 1;
            if batch { policy.saw(32, 10 * MS) } else { policy.saw(1, MS) }
        }
        assert!((1..20).contains(&tries[0]), "one by one, together: {tries:?}");
        for _ in 0..1000 {
            let batch = policy.choose_batch(5);
            if batch { policy.saw(5, 10 * MS) } else { policy.saw(1, MS) }
        }
        assert!(policy.linger() > 4 * MS, "believes {policy:?}");
    }

    #[test]
    fn a_way_that_nobody_could_choose_is_not_thought_cheaper() {
        let mut policy = seen(MS, 10 * MS);
        for _ in 0..10_000 {
            policy.saw(2, 10 * MS);
        }
        assert!(policy.favour_batch(32), "believes {policy:?}");
        for _ in 0..10_000 {
            assert!(!policy.choose_batch(1));
            policy.saw(1, MS);
        }
        assert!(!policy.favour_batch(2), "believes {policy:?}");
    }

    #[test]
    fn however_slow_the_disk_nobody_waits_long_for_others() {
        assert!(seen(MS, 1000 * MS).linger() <= 20 * MS);
    }

    #[test]
    fn a_way_that_was_slow_once_is_tried_again() {
        let mut policy = seen(MS, MS);
        policy.saw(10, Duration::from_secs(10));
        let tried = (0..10_000).find(|_| {
            policy.saw(1, MS);
            policy.choose_batch(32)
        });
        assert!(tried.is_some(), "still believes {policy:?}");
    }
}
