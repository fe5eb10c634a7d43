//! A rebuild beside live work: a replay by the real program, while Entra writes and applications read.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use directory::Directory;
use projector::Projection as _;
use teams::Teams;

use crate::bare_rows;
use crate::job::{Job, Switch};
use crate::options::Extent;
use crate::past::Past;
use crate::program;
use crate::rebuild_report as report;
use crate::replay;
use crate::roles::Roles;
use crate::table::heading;
use crate::targets::Targets;
use crate::traffic::Traffic;

/// What is rebuilt, one after the other.
const MODELS: [&str; 2] = [Teams::NAME, Directory::NAME];
/// Between two looks at the candidate, and how long it is waited for.
const LOOK: Duration = Duration::from_millis(20);
const GIVE_UP: Duration = Duration::from_mins(30);

/// A time in which only the live work went on, or in which something else was done.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub(crate) from: Instant,
    pub(crate) to: Instant,
}

/// What was seen of one rebuild.
pub(crate) struct Rebuild {
    pub(crate) model: &'static str,
    /// How many rows it makes.
    pub(crate) rows: usize,
    /// From the plan until the candidate has seen what was in the log then.
    pub(crate) built: Span,
    /// The same rows as bare upserts beside the same work, before and after.
    pub(crate) bare: [Duration; 2],
    /// Of the projection's process: before, and when each quarter was there.
    pub(crate) resident: Vec<usize>,
    pub(crate) peak: usize,
    pub(crate) cut_over: Switch,
    pub(crate) roll_back: Switch,
}

pub(crate) async fn measure(
    past: &Past,
    dir: &Path,
    extent: &Extent,
    targets: &mut Targets,
) -> anyhow::Result<()> {
    heading("A rebuild beside live work");
    let (roles, company) = Roles::start(past, dir).await?;
    let traffic = Traffic::start(&roles, company, past, &MODELS);
    let rebuilt = rebuild_all(past, &roles, extent, &traffic).await;
    // What the traffic met tells more than who noticed that it had ended.
    let seen = traffic.stop()?;
    let (alone, rebuilds) = rebuilt?;
    report::say(past, &seen, alone, &rebuilds, targets);
    roles.stop().await
}

async fn rebuild_all(
    past: &Past,
    roles: &Roles,
    extent: &Extent,
    traffic: &Traffic,
) -> anyhow::Result<(Span, Vec<Rebuild>)> {
    let alone = wait(extent.steady).await;
    let mut rebuilds = Vec::new();
    for model in MODELS {
        rebuilds.push(rebuild(model, past, roles, extent, traffic).await?);
    }
    Ok((alone, rebuilds))
}

async fn rebuild(
    model: &'static str,
    past: &Past,
    roles: &Roles,
    extent: &Extent,
    traffic: &Traffic,
) -> anyhow::Result<Rebuild> {
    let before = bare(model, past, roles).await?;
    let mut resident = vec![program::resident(roles.projector(model)?)?];
    let mut peak = resident[0];
    let from = Instant::now();
    let job = Job::start(roles.operate.target(), model).await?;
    let candidate = format!("{model}_next");
    let to = loop {
        let checkpoint = projector::peek_checkpoint(roles.database.pool(), &candidate).await?;
        let position = checkpoint.map_or(0, |checkpoint| checkpoint.position.0);
        let now = program::resident(roles.projector(model)?)?;
        peak = peak.max(now);
        while resident.len() <= 4 && position * 4 >= past.end.0 * resident.len() as u64 {
            resident.push(now);
        }
        if checkpoint.is_some_and(|checkpoint| !checkpoint.building) {
            break Instant::now();
        }
        pause(traffic, from).await?;
    };
    while !job.is_ready().await? {
        pause(traffic, from).await?;
    }
    wait(extent.limit).await;
    let cut_over = job.cut_over().await?;
    wait(extent.limit).await;
    let roll_back = job.roll_back().await?;
    wait(extent.limit).await;
    let after = bare(model, past, roles).await?;
    let rows = replay::rows(model, &past.told).iter().map(|(_, count)| count).sum();
    let bare = [before, after];
    let built = Span { from, to };
    Ok(Rebuild { model, rows, built, bare, resident, peak, cut_over, roll_back })
}

/// The limit: the rows of the rebuild as bare upserts.
async fn bare(model: &str, past: &Past, roles: &Roles) -> anyhow::Result<Duration> {
    let mut took = Duration::ZERO;
    for (table, count) in replay::rows(model, &past.told) {
        took += bare_rows::upserts(&roles.database_url, table, count).await?;
    }
    Ok(took)
}

async fn pause(traffic: &Traffic, since: Instant) -> anyhow::Result<()> {
    ensure!(traffic.goes_on(), "the live work has ended");
    ensure!(since.elapsed() < GIVE_UP, "the candidate is not there");
    tokio::time::sleep(LOOK).await;
    Ok(())
}

async fn wait(time: Duration) -> Span {
    let from = Instant::now();
    tokio::time::sleep(time).await;
    Span { from, to: Instant::now() }
}

impl Span {
    pub(crate) fn took(self) -> Duration {
        self.to - self.from
    }

    /// Whether something that began at `from` and took so long was under way in it.
    pub(crate) fn touches(self, from: Instant, took: Duration) -> bool {
        from < self.to && self.from < from + took
    }
}

impl From<&Switch> for Span {
    fn from(switch: &Switch) -> Self {
        Self { from: switch.asked, to: switch.asked + switch.took }
    }
}
