//! The start of a gateway whose log is long.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::load::per_second;
use crate::past::Past;
use crate::program::Ingest;
use crate::table::{heading, line, number, percent, say, seconds};
use crate::targets::Targets;

/// So many events are saved as soon as they are read, and fewer when the gateway stops.
const MANY: usize = 100_000;
/// Between two looks for the snapshot, and how long it is waited for.
const LOOK: Duration = Duration::from_millis(10);
const READY_DEADLINE: Duration = Duration::from_mins(5);

pub(crate) async fn measure(
    past: &Past,
    snapshot: &Path,
    targets: &mut Targets,
) -> anyhow::Result<()> {
    heading("The gateway's start");
    let nats_url = past.nats.url();
    let ingest = Ingest::start(&nats_url, Some(snapshot)).await?;
    let without = ingest.ready_after;
    let asked = Instant::now();
    while past.events() > MANY && !snapshot.exists() {
        ensure!(asked.elapsed() < READY_DEADLINE, "rollcall ingest saves no snapshot");
        tokio::time::sleep(LOOK).await;
    }
    let saving = asked.elapsed();
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
    if past.events() > MANY {
        let size = usize::try_from(std::fs::metadata(snapshot)?.len())?;
        say(&format!("→ saved in {} after the start, {} MiB", seconds(saving), number(size >> 20)));
    }
    targets.measured(
        &what,
        "≤ 10 s",
        &format!("{} without a snapshot, {} with one", seconds(without), seconds(with)),
    );
    Ok(())
}
