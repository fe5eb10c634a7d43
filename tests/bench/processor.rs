//! Processor time, as the kernel counts it: user's and system's together.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

/// What the kernel counts in, which is a hundredth of a second wherever Linux runs.
const TICK: Duration = Duration::from_millis(10);

/// The time of all threads of a process, or of those with this name. Threads have ended with their
/// time, so only what lives long can be measured.
pub(crate) fn time(process: &str, name: Option<&str>) -> anyhow::Result<Duration> {
    let mut ticks = 0;
    for thread in std::fs::read_dir(Path::new("/proc").join(process).join("task"))? {
        let told = std::fs::read_to_string(thread?.path().join("stat"))?;
        // proc(5): `id (name) state …`; the fields 14 and 15 are the times.
        let (head, rest) = told.rsplit_once(") ").context("a thread's name")?;
        if name.is_some_and(|name| !head.ends_with(&format!("({name}"))) {
            continue;
        }
        let times = rest.split(' ').skip(11).take(2);
        ticks += times.map(str::parse::<u32>).sum::<Result<u32, _>>()?;
    }
    Ok(TICK * ticks)
}
