//! Times at which the whole machine stood still, as when a neighbour has its processors.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long a sleeper sleeps, and how late it wakes when something is wrong.
const SLEEP: Duration = Duration::from_millis(1);
const LATE: Duration = Duration::from_millis(10);

/// Threads, one for each processor, that do nothing but sleep and look how late they wake.
#[derive(Debug)]
pub struct Sleepers {
    enough: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Vec<Stall>>>,
}

/// A sleeper did not wake in between.
#[derive(Clone, Copy, Debug)]
struct Stall {
    from: Instant,
    to: Instant,
}

/// All that sleepers noticed.
#[derive(Default, Debug)]
pub struct Stalls(Vec<Stall>);

impl Sleepers {
    /// Starts a thread for each processor.
    pub fn start() -> Self {
        let enough = Arc::new(AtomicBool::new(false));
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let sleeper = |_| {
            let enough = Arc::clone(&enough);
            thread::spawn(move || sleep_until(&enough))
        };
        let threads = (0..processors).map(sleeper).collect();
        Self { enough, threads }
    }

    /// Stops them, and adds what they noticed.
    pub fn stop(self, stalls: &mut Stalls) {
        self.enough.store(true, Ordering::Relaxed);
        stalls.0.extend(self.threads.into_iter().filter_map(|thread| thread.join().ok()).flatten());
    }
}

fn sleep_until(enough: &AtomicBool) -> Vec<Stall> {
    let mut stalls = Vec::new();
    while !enough.load(Ordering::Relaxed) {
        let from = Instant::now();
        thread::sleep(SLEEP);
        let to = Instant::now();
        if to - from > LATE {
            stalls.push(Stall { from, to });
        }
    }
    stalls
}

impl Stalls {
    /// Whether the machine stood still at some moment of a time.
    pub fn touch(&self, from: Instant, took: Duration) -> bool {
        !self.within(from, took).is_zero()
    }

    /// For how much of a time the machine stood still. Sleepers on several processors may notice
    /// the same stall; it counts once.
    pub fn within(&self, from: Instant, took: Duration) -> Duration {
        let end = from + took;
        let touching = self.0.iter().filter(|stall| stall.from < end && from < stall.to);
        let mut parts: Vec<_> =
            touching.map(|stall| (stall.from.max(from), stall.to.min(end))).collect();
        parts.sort_unstable();
        let (mut lost, mut seen) = (Duration::ZERO, from);
        for (start, stop) in parts {
            lost += stop.saturating_duration_since(start.max(seen));
            seen = seen.max(stop);
        }
        lost
    }

    /// The longest stall.
    pub fn longest(&self) -> Duration {
        self.0.iter().map(|stall| stall.to - stall.from).max().unwrap_or_default()
    }
}
