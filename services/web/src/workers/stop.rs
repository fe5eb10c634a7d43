//! When to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Tells work whether somebody still wants it, and whether it may go on.
#[derive(Clone, Debug)]
pub struct Stop {
    shared: Arc<Shared>,
    /// When this turn began, and how long it should take.
    turn: Option<(Instant, Duration)>,
}

#[derive(Debug)]
struct Shared {
    given_up: AtomicBool,
    /// Nanoseconds of the turns before.
    used: AtomicU64,
    time: Duration,
}

impl Stop {
    /// For work that is done at once: it may take this long.
    pub fn within(time: Duration) -> Self {
        let shared = Shared { given_up: AtomicBool::new(false), used: AtomicU64::new(0), time };
        Self { shared: Arc::new(shared), turn: None }
    }

    /// Whether to stop for good: the caller is gone, or all the time that there was is used up.
    pub fn is_set(&self) -> bool {
        self.is_given_up() || self.is_late()
    }

    /// Whether the time is used up. Waiting for a turn does not count.
    pub fn is_late(&self) -> bool {
        self.used() > self.shared.time
    }

    /// Whether it is time to let others have their turn.
    pub fn is_turn_over(&self) -> bool {
        self.turn.is_some_and(|(began, length)| began.elapsed() >= length)
    }

    /// How long work may take in all.
    pub fn time(&self) -> Duration {
        self.shared.time
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.shared.given_up.load(Ordering::Relaxed)
    }

    pub(super) fn give_up(&self) {
        self.shared.given_up.store(true, Ordering::Relaxed);
    }

    pub(super) fn begin_turn(&mut self, length: Duration) {
        self.turn = Some((Instant::now(), length));
    }

    pub(super) fn end_turn(&mut self) {
        let used = u64::try_from(self.used().as_nanos()).unwrap_or(u64::MAX);
        self.shared.used.store(used, Ordering::Relaxed);
        self.turn = None;
    }

    fn used(&self) -> Duration {
        let before = Duration::from_nanos(self.shared.used.load(Ordering::Relaxed));
        before + self.turn.map_or(Duration::ZERO, |(began, _)| began.elapsed())
    }
}
