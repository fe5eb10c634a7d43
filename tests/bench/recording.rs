//! What it costs SCIM that requests are recorded: two gateways, of which one records, in turns.

use std::path::Path;
use std::time::Duration;

use crate::alone::Alone;
use crate::client::Target;
use crate::company::{Company, Work};
use crate::facts;
use crate::gateway::IN_FLIGHT;
use crate::load::{Figure, per_second};
use crate::options::Extent;
use crate::people::hired;
use crate::program::Settings;
use crate::table::{heading, line, milliseconds, percent};
use crate::targets::Targets;

/// What is asked: all changes are recorded, and of reads a few a second.
const WORKS: [Work; 2] = [Work::Create, Work::Get];
/// Pairs of stretches for each round of the other parts: what is looked for is small.
const PAIRS: usize = 4;
/// After it, what waited to be recorded is.
const PAUSE: Duration = Duration::from_millis(300);

/// A gateway, and what came of asking it.
struct World {
    alone: Alone,
    target: Target,
    company: Company,
    figure: Figure,
    processor: Duration,
}

pub(crate) async fn measure(
    dir: &Path,
    extent: &Extent,
    targets: &mut Targets,
) -> anyhow::Result<()> {
    heading("The gateway with its requests recorded, in turns with one that records none");
    let on = World::of(&dir.join("on"), extent, Settings::new()).await?;
    let off = vec![("ROLLCALL_RECORD_REQUESTS", "off".to_owned())];
    let off = World::of(&dir.join("off"), extent, off).await?;
    let mut worlds = [on, off];
    for work in WORKS {
        for in_flight in IN_FLIGHT {
            worlds.iter_mut().for_each(World::begin);
            for pair in 0..PAIRS * extent.rounds {
                // Whoever is second finds the machine as the first has left it.
                for nth in [pair % 2, 1 - pair % 2] {
                    worlds[nth].take(work, in_flight, extent.load).await?;
                    tokio::time::sleep(PAUSE).await;
                }
            }
            let [on, off] = &worlds;
            say(work, in_flight, on, off, targets);
        }
    }
    Ok(())
}

impl World {
    async fn of(dir: &Path, extent: &Extent, settings: Settings) -> anyhow::Result<Self> {
        let people = hired(extent.people[1]);
        let alone = Alone::set(people.iter().map(facts::joined), dir, &settings).await?;
        let company = Company::new(&alone.integration, people);
        let (figure, processor) = (Figure::default(), Duration::ZERO);
        Ok(Self { target: alone.target(), alone, company, figure, processor })
    }

    fn begin(&mut self) {
        (self.figure, self.processor) = (Figure::default(), Duration::ZERO);
    }

    async fn take(&mut self, work: Work, in_flight: usize, time: Duration) -> anyhow::Result<()> {
        let before = self.alone.ingest.processor_time()?;
        let Self { target, company, figure, .. } = self;
        figure.add_load(target, in_flight, time, || company.ask(work)).await?;
        self.processor += self.alone.ingest.processor_time()?.saturating_sub(before);
        Ok(())
    }

    /// The processor time of the gateway for a request, in microseconds.
    fn each(&self) -> f64 {
        1e6 / per_second(self.figure.count(), self.processor)
    }
}

fn say(work: Work, in_flight: usize, on: &World, off: &World, targets: &mut Targets) {
    let told = |world: &World| {
        format!(
            "{:.0}/s, p50 {}, p99 {}, {:.0} µs of processor",
            world.figure.rate(),
            milliseconds(world.figure.percentile(50)),
            milliseconds(world.figure.percentile(99)),
            world.each(),
        )
    };
    line(&format!("{}, {in_flight} in flight", work.name()), &told(on), &told(off));
    let less = 1.0 - on.figure.rate() / off.figure.rate();
    let later = |percent| {
        let of = |world: &World| world.figure.percentile(percent).as_secs_f64();
        of(on) / of(off) - 1.0
    };
    targets.measured(
        &format!("recording takes of the rate: {}, {in_flight} in flight", work.name()),
        "≤ 5 %",
        &format!("{}; p50 {} later, p99 {}", percent(less), percent(later(50)), percent(later(99))),
    );
}
