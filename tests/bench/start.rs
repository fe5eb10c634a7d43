//! The start of a gateway whose log is long.

use std::path::Path;
use std::time::Duration;

use anyhow::ensure;

use crate::load::per_second;
use crate::past::Past;
use crate::program::{self, Ingest};
use crate::table::{heading, line, number, percent, seconds};
use crate::targets::Targets;

pub(crate) async fn measure(
    past: &Past,
    snapshot: &Path,
    targets: &mut Targets,
) -> anyhow::Result<()> {
    heading("The gateway's start");
    let nats_url = past.nats.url();
    let ingest = Ingest::start(&nats_url, Some(snapshot)).await?;
    let without = ingest.ready_after;
    // Something must happen, so that there is something to save.
    program::tenant(&ingest.settings(), "another").await?;
    ingest.stop().await?;
    ensure!(snapshot.exists(), "rollcall ingest has left no snapshot");
    let ingest = Ingest::start(&nats_url, Some(snapshot)).await?;
    let with = ingest.ready_after;
    ingest.stop().await?;

    let events = past.events();
    let limit = |took: Duration| {
        let share = percent(past.reading.as_secs_f64() / took.as_secs_f64());
        format!("reading the log alone {} ({share})", seconds(past.reading))
    };
    let what = format!("ready with {} events", number(events));
    let rate = per_second(events, without);
    line(&what, &format!("{}, {rate:.0} events/s", seconds(without)), &limit(without));
    line(&format!("{what} and a snapshot"), &seconds(with), &limit(with));
    targets.measured(
        &what,
        "≤ 10 s",
        &format!("{} without a snapshot, {} with one", seconds(without), seconds(with)),
    );
    Ok(())
}
