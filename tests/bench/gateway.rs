//! The gateway alone: how fast it answers, with few people and with many.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use events::Recorded;

use crate::alone::Alone;
use crate::bare::{self, BareLog};
use crate::client::Target;
use crate::company::{Company, Work};
use crate::departures;
use crate::facts;
use crate::load::{Figure, per_second};
use crate::options::Extent;
use crate::people::hired;
use crate::table::{columns, heading, line, milliseconds, number, percent, row, say, share, times};
use crate::targets::Targets;

pub(crate) const IN_FLIGHT: [usize; 3] = [1, 8, 32];

/// A gateway, and the company that it provisions.
struct World {
    alone: Alone,
    target: Target,
    company: Company,
}

/// Of one kind of work: a row for each number of requests in flight.
type Figures = [Figure; 3];

/// How each world did, and the limits of all.
struct Outcome {
    ours: Vec<Figures>,
    bare_http: Figures,
    bare_log: Figures,
}

pub(crate) async fn measure(
    dir: &Path,
    extent: &Extent,
    targets: &mut Targets,
) -> anyhow::Result<()> {
    heading("The gateway beside the log alone, by the number of people");
    let mut worlds = Vec::new();
    for people in extent.people {
        worlds.push(World::of(people, &dir.join(people.to_string())).await?);
    }
    memory(&worlds, targets)?;
    for world in &mut worlds {
        world.company.settle(&mut world.target.connect().await?).await?;
    }
    let mut bare_log = BareLog::start(&dir.join("bare")).await?;
    columns();
    for work in Work::ENDLESS {
        let outcome = outcome(&worlds, &mut bare_log, work, extent).await?;
        outcome.say(work, extent);
        outcome.tell(work, extent, targets);
        let largest = worlds.last().context("a world")?;
        if !work.writes() {
            processor_time(largest, work, extent, targets).await?;
        }
        if work == Work::Find {
            far_page(largest, extent, targets).await?;
        }
    }
    let World { alone, target, company } = worlds.last_mut().context("a world")?;
    let event = alone.log.last().await?.context("an event in the log")?.read()?;
    departures::measure(target, company, &mut bare_log, &event, extent, targets).await
}

impl World {
    async fn of(count: usize, dir: &Path) -> anyhow::Result<Self> {
        let people = hired(count);
        let alone = Alone::with(people.iter().map(facts::joined), dir).await?;
        let company = Company::new(&alone.integration, people);
        Ok(Self { target: alone.target(), alone, company })
    }

    async fn last_event(&self) -> anyhow::Result<Recorded> {
        Ok(self.alone.log.last().await?.context("an event in the log")?.read()?)
    }
}

/// What a person takes in gateways that were just started, and have read the log.
fn memory(worlds: &[World], targets: &mut Targets) -> anyhow::Result<()> {
    let (few, many) = (worlds.first().context("a world")?, worlds.last().context("a world")?);
    let people = many.company.size() - few.company.size();
    let resident = (few.alone.ingest.resident()?, many.alone.ingest.resident()?);
    let each = resident.1.saturating_sub(resident.0) / people;
    say(&format!(
        "→ memory: {} KiB with {} people, {} KiB with {}: {} bytes a person",
        number(resident.0 / 1024),
        number(few.company.size()),
        number(resident.1 / 1024),
        number(many.company.size()),
        number(each),
    ));
    targets.measured("ingest, bytes a person", "≤ 2,048", &number(each));
    Ok(())
}

/// Measures one kind of work in all worlds, and its limits, in turns.
async fn outcome(
    worlds: &[World],
    bare_log: &mut BareLog,
    work: Work,
    extent: &Extent,
) -> anyhow::Result<Outcome> {
    let largest = worlds.last().context("a world")?;
    let sample = largest.company.ask(work);
    let status = sample.right;
    let answer = largest.target.connect().await?.say(sample).await?;
    let event = largest.last_event().await?;
    let bare_http = bare::http(status, answer)?;
    let mut outcome = Outcome {
        ours: worlds.iter().map(|_| Figures::default()).collect(),
        bare_http: Figures::default(),
        bare_log: Figures::default(),
    };
    for _ in 0..extent.rounds {
        for (level, in_flight) in IN_FLIGHT.into_iter().enumerate() {
            for (world, ours) in worlds.iter().zip(&mut outcome.ours) {
                let next = || world.company.ask(work);
                ours[level].add_load(&world.target, in_flight, extent.load, next).await?;
            }
            let next = || largest.company.ask(work);
            let http = &mut outcome.bare_http[level];
            http.add_load(&bare_http, in_flight, extent.limit, next).await?;
            if work.writes() {
                let log = &mut outcome.bare_log[level];
                bare_log.add_load(log, &event, in_flight, extent.limit).await?;
            }
        }
    }
    Ok(outcome)
}

impl Outcome {
    fn say(&self, work: Work, extent: &Extent) {
        for (people, ours) in extent.people.into_iter().zip(&self.ours) {
            for (level, in_flight) in IN_FLIGHT.into_iter().enumerate() {
                let log = work.writes().then_some(&self.bare_log[level]);
                row(work.name(), people, in_flight, &ours[level], &self.bare_http[level], log);
            }
        }
    }

    /// What the targets speak of.
    fn tell(&self, work: Work, extent: &Extent, targets: &mut Targets) {
        let (Some(few), Some(many)) = (self.ours.first(), self.ours.last()) else { return };
        let [fewest, .., most] = extent.people.map(number);
        let busiest = IN_FLIGHT.len() - 1;
        match work {
            Work::Get | Work::Find => {
                let ratio =
                    |level: usize| times(many[level].percentile(50), few[level].percentile(50));
                targets.measured(
                    &format!("{}, p50 at {most} people to {fewest}", work.name()),
                    "≤ 1.3 ×",
                    &format!("{}, {}, {} at 1, 8, 32 in flight", ratio(0), ratio(1), ratio(2)),
                );
                targets.measured(
                    &format!("{} at 32 to a bare HTTP echo, {most} people", work.name()),
                    "≥ 50 %",
                    &share(&many[busiest], &self.bare_http[busiest]),
                );
            }
            Work::Create => targets.measured(
                &format!("creates at 32 to bare batch appends, {most} people"),
                "≥ 50 %",
                &share(&many[busiest], &self.bare_log[busiest]),
            ),
            Work::Rename
            | Work::AddMember
            | Work::Deactivate
            | Work::DeleteUser
            | Work::DeleteGroup => {}
        }
    }
}

/// The processor time that a server takes for a request, one at a time, beside that of a route that
/// does nothing: a bare HTTP echo of the same answer.
async fn processor_time(
    world: &World,
    work: Work,
    extent: &Extent,
    targets: &mut Targets,
) -> anyhow::Result<()> {
    let ask = world.company.ask(work);
    let status = ask.right;
    let answer = world.target.connect().await?.say(ask).await?;
    let bare_http = bare::http(status, answer)?;
    let (mut ours, mut limit) = (Figure::default(), Figure::default());
    let (mut our_time, mut limit_time) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..extent.rounds {
        let before = world.alone.ingest.processor_time()?;
        ours.add_load(&world.target, 1, extent.load, || world.company.ask(work)).await?;
        our_time += world.alone.ingest.processor_time()?.saturating_sub(before);
        let before = bare::processor_time()?;
        limit.add_load(&bare_http, 1, extent.load, || world.company.ask(work)).await?;
        limit_time += bare::processor_time()?.saturating_sub(before);
    }
    let each = |time: Duration, of: &Figure| 1e6 / per_second(of.count(), time);
    let (ours, limit) = (each(our_time, &ours), each(limit_time, &limit));
    targets.measured(
        &format!("{}, processor time above a bare HTTP echo", work.name()),
        "≤ 10 µs",
        &format!("{:.1} µs: {ours:.1} to {limit:.1}", ours - limit),
    );
    Ok(())
}

/// A page that begins far behind in the list of everybody.
async fn far_page(world: &World, extent: &Extent, targets: &mut Targets) -> anyhow::Result<()> {
    let (start, ask) = world.company.far_page();
    let status = ask.right;
    let answer = world.target.connect().await?.say(ask).await?;
    let bare_http = bare::http(status, answer)?;
    let (mut ours, mut limit) = (Figure::default(), Figure::default());
    for _ in 0..extent.rounds {
        let next = || world.company.far_page().1;
        ours.add_load(&world.target, 1, extent.load, next).await?;
        limit.add_load(&bare_http, 1, extent.limit, next).await?;
    }
    let p50 = milliseconds(ours.percentile(50));
    line(
        &format!("page of 100 at {} of {}", number(start), number(world.company.size())),
        &format!("p50 {p50}, p99 {}", milliseconds(ours.percentile(99))),
        &format!(
            "bare HTTP {} ({})",
            milliseconds(limit.percentile(50)),
            percent(ours.rate() / limit.rate())
        ),
    );
    let what = format!("page startIndex={start}&count=100, p50");
    targets.measured(&what, "≤ 5 ms", &p50);
    Ok(())
}
