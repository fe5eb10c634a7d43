//! All that `up` runs: from the 2xx to the row, and creates while the projections work.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use eventlog::{Log, LogOptions};

use crate::bare::BareLog;
use crate::bare_rows;
use crate::client::Target;
use crate::company::{Company, Work};
use crate::load::{Figure, percentile};
use crate::options::Extent;
use crate::program::{self, Up};
use crate::row::{self, Delays};
use crate::table::{heading, line, milliseconds, number, say, share};
use crate::targets::Targets;

/// Requests at a time, when there are to be many.
const IN_FLIGHT: usize = 32;

pub(crate) async fn measure(
    dir: &Path,
    extent: &Extent,
    targets: &mut Targets,
) -> anyhow::Result<()> {
    heading("With everything that `up` runs");
    std::fs::create_dir_all(dir)?;
    let up = Up::start(&dir.join("up")).await?;
    let integration = program::integration(up.settings()).await?;
    let target = Target::new(up.url(), &integration.secret_token);
    let company = Company::new(&integration, Vec::new());
    let database = &up.place.database_url;

    let log = Log::open(&up.place.nats_url, LogOptions::default()).await?;
    let mut bare_log = BareLog::start(&dir.join("bare")).await?;
    let mut delays = Delays::default();
    let (mut bare_rows, mut bare_deliveries) = (Vec::new(), Vec::new());
    for _ in 0..extent.rounds {
        let somebody = row::delays(
            &mut delays,
            &target,
            &company,
            database,
            &integration.tenant,
            extent.steady,
        );
        let somebody = somebody.await?;
        let event = log.last().await?.context("an event in the log")?.read()?;
        bare_deliveries.extend(bare_log.until_delivered(&event, row::RATE, extent.steady).await?);
        let upserts = bare_rows::upsert_one(database, &integration.tenant, somebody, 200);
        bare_rows.extend(upserts.await?);
    }
    let at = |times: &[Duration], percent| milliseconds(percentile(times, percent));
    let both = |times: &[Duration]| format!("p50 {}, p99 {}", at(times, 50), at(times, 99));
    let until_row: Vec<Duration> = delays.until_row.iter().map(|(_, took)| *took).collect();
    let stalls = &delays.stalls;
    let undisturbed = delays.until_row.iter().filter(|(from, took)| !stalls.touch(*from, *took));
    let undisturbed: Vec<Duration> = undisturbed.map(|(_, took)| *took).collect();
    line(
        "from the 2xx to the row, at 100 creates a second",
        &both(&until_row),
        &format!(
            "a bare log's acknowledgement to its reader {}; a bare upsert {}",
            both(&bare_deliveries),
            both(&bare_rows)
        ),
    );
    say(&format!(
        "→ apart from {} of {} rows, on whose way the machine stood still (for up to {}): {}",
        number(until_row.len() - undisturbed.len()),
        number(until_row.len()),
        milliseconds(stalls.longest()),
        both(&undisturbed),
    ));
    let beside = |percent| {
        let (all, apart) = (at(&until_row, percent), at(&undisturbed, percent));
        format!("{all}; {apart} while the machine did not stand still")
    };
    targets.measured("2xx to row at 100 writes a second, p50", "≤ 5 ms", &beside(50));
    targets.measured("2xx to row at 100 writes a second, p99", "≤ 25 ms", &beside(99));

    let event = log.last().await?.context("an event in the log")?.read()?;
    let mut bare = Vec::new();
    for _ in 0..200 {
        bare.push(bare_log.append(&event, 1).await?);
    }
    line(
        "until the 2xx, at 100 creates a second",
        &both(&delays.until_answered),
        &format!("a bare append {}", both(&bare)),
    );
    let (mut ours, mut limit) = (Figure::default(), Figure::default());
    for _ in 0..extent.rounds {
        let next = || company.ask(Work::Create);
        ours.add_load(&target, IN_FLIGHT, extent.load, next).await?;
        bare_log.add_load(&mut limit, &event, IN_FLIGHT, extent.limit).await?;
    }
    line(
        "creates at 32 in flight, projections running",
        &format!("{:.0}/s, p50 {}", ours.rate(), milliseconds(ours.percentile(50))),
        &format!("bare appends of 32: {:.0}/s ({})", limit.rate(), share(&ours, &limit)),
    );
    up.stop().await
}
