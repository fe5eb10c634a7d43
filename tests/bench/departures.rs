//! People and groups that go, beside creates in the same minutes: there is less to do for a
//! departure, so that it shall take no longer. And all of them at once, beside the two ways to
//! append what waits.

use std::cell::Cell;

use anyhow::Context as _;

use crate::bare::BareLog;
use crate::client::Target;
use crate::company::{Company, Work};
use crate::gateway::IN_FLIGHT;
use crate::load::Figure;
use crate::options::Extent;
use crate::table::{heading, line, milliseconds, number, percent, say, share, times};
use crate::targets::Targets;

/// How many members a group has that is deleted.
const MEMBERS: usize = 8;

/// What is measured in turns, the measure of the others first.
const WORKS: [Work; 4] = [Work::Create, Work::Deactivate, Work::DeleteUser, Work::DeleteGroup];

/// One number of requests in flight.
#[derive(Default)]
struct Level {
    works: [Figure; WORKS.len()],
    mixed: Figure,
    /// A bare log, that many events in each batch.
    together: Figure,
    /// A bare log, one event after the other.
    alone: Figure,
}

pub(crate) async fn measure(
    target: &Target,
    company: &mut Company,
    bare_log: &mut BareLog,
    event: &events::Recorded,
    extent: &Extent,
    targets: &mut Targets,
) -> anyhow::Result<()> {
    heading(&format!("Those who go, of {}, in turns with creates", number(company.size())));
    let mut levels = IN_FLIGHT.map(|_| Level::default());
    for _ in 0..extent.rounds {
        for (level, in_flight) in levels.iter_mut().zip(IN_FLIGHT) {
            company.form(target, extent.groups, MEMBERS).await?;
            for (work, figure) in WORKS.into_iter().zip(&mut level.works) {
                let next = || company.ask_while_any(work);
                figure.add_load_while(target, in_flight, extent.load, next).await?;
            }
            let turn = Cell::new(0);
            let mixed = [Work::Create, Work::Rename, Work::DeleteUser];
            let next = || {
                let nth = turn.replace(turn.get() + 1);
                company.ask_while_any(mixed[nth % mixed.len()])
            };
            level.mixed.add_load_while(target, in_flight, extent.load, next).await?;
            bare_log.add_load(&mut level.together, event, in_flight, extent.limit).await?;
            bare_log.add_load(&mut level.alone, event, 1, extent.limit).await?;
        }
    }
    for (level, in_flight) in levels.iter().zip(IN_FLIGHT) {
        level.say(in_flight);
    }
    let [one, .., many] = &levels;
    let creates = |level: &Level| level.works.first().context("creates").map(Figure::rate);
    for (nth, work) in WORKS.into_iter().enumerate().skip(1) {
        let p50 = |nth: usize| one.works[nth].percentile(50);
        targets.measured(
            &format!("{} to a create at 1 in flight, p50", work.name()),
            "≤ 1.0 ×",
            &times(p50(nth), p50(0)),
        );
        let wanted = if work == Work::Deactivate { "≥ 1.0 ×" } else { "≥ 1.5 ×" };
        targets.measured(
            &format!("{} to creates at 32 in flight, a second", work.name()),
            wanted,
            &format!("{:.2} ×", many.works[nth].rate() / creates(many)?),
        );
    }
    Ok(())
}

impl Level {
    fn say(&self, in_flight: usize) {
        let best =
            if self.alone.rate() > self.together.rate() { &self.alone } else { &self.together };
        let mixed = std::iter::once(("creates, PATCHes, deletes", &self.mixed));
        let works = WORKS.into_iter().map(Work::name).zip(&self.works).chain(mixed);
        for (name, figure) in works {
            let shown = format!(
                "{:.0}/s ({} of creates), p50 {}, p99 {}",
                figure.rate(),
                percent(figure.rate() / self.works[0].rate()),
                milliseconds(figure.percentile(50)),
                milliseconds(figure.percentile(99)),
            );
            line(&format!("{name}, {in_flight} in flight"), &shown, &share(figure, best));
        }
        say(&format!(
            "→ the bare log: {:.0}/s one by one, {:.0}/s {in_flight} at a time",
            self.alone.rate(),
            self.together.rate(),
        ));
    }
}
