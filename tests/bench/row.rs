//! From the 2xx to the row: how soon Postgres shows what a client was promised.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use kit::stalls::{Sleepers, Stalls};
use tokio::time::{MissedTickBehavior, interval};
use tokio_postgres::NoTls;
use uuid::Uuid;

use crate::client::{Connection, Target};
use crate::company::{Company, Work};

/// Writes a second.
pub(crate) const RATE: u32 = 100;
/// Requests that may be on their way at once, should the server fall behind for a moment.
const CONNECTIONS: usize = 32;
/// Between two looks at the table.
const LOOK: Duration = Duration::from_micros(100);
/// A row that takes so long will not come.
const GIVE_UP: Duration = Duration::from_mins(1);

/// Somebody new, and when the client heard that they are safe.
pub(crate) struct Promise {
    pub(crate) employee: Uuid,
    pub(crate) answered_at: Instant,
}

/// What came of it.
#[derive(Default)]
pub(crate) struct Delays {
    pub(crate) until_answered: Vec<Duration>,
    /// Since when each was waited for, and for how long.
    pub(crate) until_row: Vec<(Instant, Duration)>,
    /// When nobody could have been quick.
    pub(crate) stalls: Stalls,
}

/// Creates people at a steady rate for `time`, and watches the directory for their rows. Returns
/// one of them.
pub(crate) async fn delays(
    delays: &mut Delays,
    target: &Target,
    company: &Company,
    database_url: &str,
    tenant: &str,
    time: Duration,
) -> anyhow::Result<Uuid> {
    let (teller, promised) = channel();
    let sleepers = Sleepers::start();
    let watch = {
        let (database_url, tenant) = (database_url.to_owned(), tenant.to_owned());
        thread::spawn(move || watch(&database_url, &tenant, &promised))
    };
    let somebody =
        join_steadily(target, company, time, &teller, &mut delays.until_answered).await?;
    drop(teller);
    let until_row = tokio::task::spawn_blocking(|| watch.join()).await?;
    sleepers.stop(&mut delays.stalls);
    delays.until_row.extend(until_row.ok().context("the watch broke down")??);
    Ok(somebody)
}

/// Creates people at a steady rate for `time`, and tells of each. Returns one of them.
pub(crate) async fn join_steadily(
    target: &Target,
    company: &Company,
    time: Duration,
    teller: &Sender<Promise>,
    until_answered: &mut Vec<Duration>,
) -> anyhow::Result<Uuid> {
    let mut idle = Vec::new();
    for _ in 0..CONNECTIONS {
        idle.push(target.connect().await?);
    }
    let mut somebody = None;
    let mut ticks = interval(Duration::from_secs(1) / RATE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut under_way = FuturesUnordered::new();
    let mut left = time.as_secs() * u64::from(RATE);
    while left > 0 || !under_way.is_empty() {
        tokio::select! {
            _ = ticks.tick(), if left > 0 && !idle.is_empty() => {
                left -= 1;
                under_way.extend(idle.pop().map(|connection| join(connection, company)));
            }
            Some(joined) = under_way.next() => {
                let (connection, took, promise) = joined?;
                idle.push(connection);
                until_answered.push(took);
                somebody = Some(promise.employee);
                teller.send(promise).ok().context("the watch has ended early")?;
            }
        }
    }
    somebody.context("nobody was created")
}

async fn join(
    mut connection: Connection,
    company: &Company,
) -> anyhow::Result<(Connection, Duration, Promise)> {
    let asked = Instant::now();
    let answer = connection.say(company.ask(Work::Create)).await?;
    let answered_at = Instant::now();
    let body: serde_json::Value = serde_json::from_slice(&answer)?;
    // Who is new has the id of their first resource as employee id.
    let employee = body["id"].as_str().context("an id in the answer")?.parse()?;
    Ok((connection, answered_at - asked, Promise { employee, answered_at }))
}

/// Looks at the table until all that was promised is there. On a thread of its own, whose pauses
/// are shorter than a runtime's timer allows.
fn watch(
    database_url: &str,
    tenant: &str,
    promised: &Receiver<Promise>,
) -> anyhow::Result<Vec<(Instant, Duration)>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (client, connection) = runtime.block_on(tokio_postgres::connect(database_url, NoTls))?;
    runtime.spawn(connection);
    let look = runtime.block_on(client.prepare(
        "SELECT employee FROM directory.employees WHERE tenant = $1 AND employee = ANY($2)",
    ))?;
    let mut delays = Vec::new();
    let mut missing: Vec<Promise> = Vec::new();
    loop {
        if missing.is_empty() {
            let Ok(promise) = promised.recv() else { return Ok(delays) };
            missing.push(promise);
        }
        missing.extend(promised.try_iter());
        let wanted: Vec<Uuid> = missing.iter().map(|promise| promise.employee).collect();
        let found = runtime.block_on(client.query(&look, &[&tenant, &wanted]))?;
        let seen_at = Instant::now();
        for row in &found {
            let employee: Uuid = row.try_get(0)?;
            let there = missing.extract_if(.., |promise| promise.employee == employee);
            delays.extend(there.map(|promise| {
                (promise.answered_at, seen_at.saturating_duration_since(promise.answered_at))
            }));
        }
        if found.is_empty() {
            let waiting = missing[0].answered_at.elapsed();
            ensure!(waiting < GIVE_UP, "employee {} is in no row", missing[0].employee);
            thread::sleep(LOOK);
        }
    }
}
