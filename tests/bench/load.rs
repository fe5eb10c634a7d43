//! Load: so many callers, each of whom asks again as soon as they are answered.

use std::cell::Cell;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;

use crate::client::{Ask, Target};

/// So many in so much time, as a rate.
#[expect(clippy::cast_precision_loss, reason = "nobody counts beyond 2^52 here")]
pub(crate) fn per_second(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// One stretch of load.
struct Stretch {
    took: Duration,
    latencies: Vec<Duration>,
}

/// Stretches of the same load at different moments, so that a noisy neighbour spoils one of them
/// rather than the figure.
#[derive(Default)]
pub(crate) struct Figure(Vec<Stretch>);

impl Figure {
    /// Adds a stretch of `time` in which `in_flight` callers ask what `next` gives them.
    pub(crate) async fn add_load(
        &mut self,
        target: &Target,
        in_flight: usize,
        time: Duration,
        next: impl Fn() -> Ask,
    ) -> anyhow::Result<()> {
        self.add_load_while(target, in_flight, time, || Some(next())).await
    }

    /// The same, which ends early when there is nothing left to ask.
    pub(crate) async fn add_load_while(
        &mut self,
        target: &Target,
        in_flight: usize,
        time: Duration,
        next: impl Fn() -> Option<Ask>,
    ) -> anyhow::Result<()> {
        let mut callers = try_join_all((0..in_flight).map(|_| target.connect())).await?;
        let started = Instant::now();
        let latencies = try_join_all(callers.iter_mut().map(async |caller| {
            let mut latencies = Vec::new();
            while started.elapsed() < time {
                let Some(ask) = next() else { break };
                let asked = Instant::now();
                caller.say(ask).await?;
                latencies.push(asked.elapsed());
            }
            anyhow::Ok(latencies)
        }));
        let latencies = latencies.await?.concat();
        self.add(started.elapsed(), latencies);
        Ok(())
    }

    /// Adds a stretch that took so long.
    pub(crate) fn add(&mut self, took: Duration, latencies: Vec<Duration>) {
        self.0.push(Stretch { took, latencies });
    }

    /// How many there were.
    pub(crate) fn count(&self) -> usize {
        self.0.iter().map(|stretch| stretch.latencies.len()).sum()
    }

    /// How many there were a second, in the middlemost stretch.
    pub(crate) fn rate(&self) -> f64 {
        let rate = |stretch: &Stretch| per_second(stretch.latencies.len(), stretch.took);
        let mut rates: Vec<f64> = self.0.iter().map(rate).collect();
        rates.sort_unstable_by(f64::total_cmp);
        rates.get(rates.len() / 2).copied().unwrap_or_default()
    }

    /// The latency that so many of a hundred did not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let all: Vec<_> = self.0.iter().flat_map(|stretch| &stretch.latencies).copied().collect();
        percentile(&all, percent)
    }
}

/// The nearest-rank percentile; zero of nothing.
pub(crate) fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    let rank = (times.len() * percent).div_ceil(100);
    times.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// Numbers one after the other, one at a time.
#[derive(Default)]
pub(crate) struct Counter(Cell<usize>);

impl Counter {
    pub(crate) fn from(first: usize) -> Self {
        Self(Cell::new(first))
    }

    pub(crate) fn next(&self) -> usize {
        self.0.replace(self.0.get() + 1)
    }
}
