//! All that `up` runs: from the 2xx to the row, and creates while the projections work.

use std::path::Path;

use anyhow::Context as _;
use chassis::{Log, LogOptions};

use crate::bare::BareLog;
use crate::bare_rows;
use crate::client::Target;
use crate::company::{Company, Work};
use crate::load::{Figure, percentile};
use crate::options::Extent;
use crate::program::{self, Up};
use crate::row;
use crate::table::{heading, line, milliseconds, share};
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

    let delays = row::delays(&target, &company, database, &integration.tenant, extent.steady);
    let delays = delays.await?;
    let bare = bare_rows::upsert_one(database, &integration.tenant, delays.somebody, 500).await?;
    let at = |percent| milliseconds(percentile(&delays.until_row, percent));
    line(
        "from the 2xx to the row, at 100 creates a second",
        &format!("p50 {}, p99 {}", at(50), at(99)),
        &format!(
            "a bare upsert p50 {}, p99 {}",
            milliseconds(percentile(&bare, 50)),
            milliseconds(percentile(&bare, 99))
        ),
    );
    targets.measured("2xx to row at 100 writes a second, p50", "≤ 5 ms", &at(50));
    targets.measured("2xx to row at 100 writes a second, p99", "≤ 25 ms", &at(99));

    let log = Log::open(&up.place.nats_url, LogOptions::default()).await?;
    let event = log.last().await?.context("an event in the log")?.read()?;
    let mut bare_log = BareLog::start(&dir.join("bare")).await?;
    let mut bare = Vec::new();
    for _ in 0..200 {
        bare.push(bare_log.append(&event, 1).await?);
    }
    let at = |percent| milliseconds(percentile(&delays.until_answered, percent));
    line(
        "until the 2xx, at 100 creates a second",
        &format!("p50 {}, p99 {}", at(50), at(99)),
        &format!("a bare append p50 {}", milliseconds(percentile(&bare, 50))),
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
