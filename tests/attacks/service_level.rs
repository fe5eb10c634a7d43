//! Whether another tenant was served as before, and the memory stayed within bounds.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use kit::stalls::{Sleepers, Stalls};

use crate::memory::Meter;
use crate::neighbour::Sample;
use crate::tally::Tally;
use crate::target::Target;

/// While an attack runs, the other tenant's p99 is at most so many times what it was before.
const TIMES: u32 = 5;

/// What nobody calls slow on a machine of two cores that others use too; a debug build is slower.
const FLOOR: Duration = Duration::from_millis(if cfg!(debug_assertions) { 2000 } else { 250 });

/// How much memory an attack may cost, in MiB.
const MEMORY: usize = 512;

/// How long the other tenant is watched at least, before the attacks and under each. A debug build
/// is tried by CI, with many other things to do.
const WATCHED: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1500 } else { 3000 });

/// How long attackers hold what they have, where that is the attack.
pub(crate) const HOLD: Duration = WATCHED.saturating_mul(2);

/// How long an attack goes on at most; one that is under way is waited for.
const LONGEST: Duration = Duration::from_secs(12);

/// What one try showed.
pub(crate) struct Measurement {
    before: Served,
    during: Served,
    idle: usize,
    peak: usize,
    /// How long one round of the attack took.
    round: Duration,
    pub(crate) answers: Tally,
}

/// How the other tenant was served.
#[derive(Clone, Debug)]
pub(crate) struct Served {
    count: usize,
    p50: Duration,
    p99: Duration,
    longest: Duration,
    /// How often it went wrong, and in which way.
    wrong: BTreeMap<String, usize>,
}

impl Target {
    /// Attacks in rounds for a while, and holds the rules. Returns what the attackers heard.
    ///
    /// A machine that is busy with something else is no fault of the program: who is served too
    /// slowly gets a second try. For what is wrong or too large there is none.
    pub(crate) async fn under(&self, attack: &str, round: impl AsyncFn() -> Tally) -> Tally {
        let before = self.before.get_or_init(|| self.in_peace()).await.clone();
        let mut figures = self.measure(before, &round).await;
        eprintln!("{attack}: {figures}");
        figures.hold(attack);
        if !figures.is_quick() {
            figures = self.measure(self.in_peace().await, &round).await;
            eprintln!("{attack}, again: {figures}");
            figures.hold(attack);
        }
        assert!(
            figures.is_quick(),
            "under {attack}, another tenant's p99 is {:.1?}, and was {:.1?} before",
            figures.during.p99,
            figures.before.p99,
        );
        figures.answers
    }

    /// How the other tenant is served while nobody attacks.
    async fn in_peace(&self) -> Served {
        let (sleepers, neighbour) = (Sleepers::start(), self.neighbour.work());
        tokio::time::sleep(WATCHED).await;
        let samples = neighbour.stop().await;
        Served::of(&samples, sleepers)
    }

    async fn measure(&self, before: Served, round: &impl AsyncFn() -> Tally) -> Measurement {
        let meter = Meter::of(self.pid());
        let sleepers = Sleepers::start();
        let idle = meter.restart();
        let neighbour = self.neighbour.work();
        let start = Instant::now();
        let (mut answers, mut longest) = (Tally::default(), Duration::ZERO);
        loop {
            let asked = Instant::now();
            answers.merge(round().await);
            longest = longest.max(asked.elapsed());
            let elapsed = start.elapsed();
            if elapsed >= WATCHED || elapsed + asked.elapsed() > LONGEST {
                break;
            }
        }
        tokio::time::sleep(WATCHED.saturating_sub(start.elapsed())).await;
        let during = Served::of(&neighbour.stop().await, sleepers);
        Measurement { before, during, idle, peak: meter.peak(), round: longest, answers }
    }
}

impl Measurement {
    fn is_quick(&self) -> bool {
        self.during.p99 <= FLOOR.max(self.before.p99 * TIMES)
    }

    /// What no second try mends.
    #[track_caller]
    fn hold(&self, attack: &str) {
        let wrong = &self.during.wrong;
        assert!(wrong.is_empty(), "under {attack}, another tenant got {wrong:?}");
        let more = self.peak.saturating_sub(self.idle);
        assert!(more <= MEMORY, "{attack} costs {more} MiB of memory");
    }
}

impl Served {
    fn of(samples: &[Sample], sleepers: Sleepers) -> Self {
        let mut stalls = Stalls::default();
        sleepers.stop(&mut stalls);
        let mut times: Vec<Duration> = samples
            .iter()
            .map(|sample| sample.took.saturating_sub(stalls.within(sample.scheduled, sample.took)))
            .collect();
        times.sort_unstable();
        let mut wrong = BTreeMap::new();
        for sample in samples {
            if let Some(what) = &sample.wrong {
                *wrong.entry(what.clone()).or_default() += 1;
            }
        }
        let at = |percent: usize| {
            times
                .get((times.len() * percent / 100).min(times.len() - 1))
                .copied()
                .unwrap_or_default()
        };
        Self { count: times.len(), p50: at(50), p99: at(99), longest: at(100), wrong }
    }
}

impl fmt::Display for Measurement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { before, during, idle, peak, round, answers } = self;
        write!(
            f,
            "before {before}; under attack {during}; memory {idle} MiB, at most {peak} MiB; a round took {round:.1?}; attackers heard {answers}"
        )
    }
}

impl fmt::Display for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, p50, p99, longest, wrong } = self;
        write!(f, "p50 {p50:.1?} p99 {p99:.1?} longest {longest:.1?} of {count}")?;
        if wrong.is_empty() { Ok(()) } else { write!(f, ", wrong {wrong:?}") }
    }
}
