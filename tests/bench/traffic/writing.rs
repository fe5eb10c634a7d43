//! SCIM writes at a steady rate: whoever joins, is renamed, and comes to a group.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::{MissedTickBehavior, interval};

use super::Took;
use super::lag::Promise;
use crate::client::{Connection, Target};
use crate::company::{Company, Work};

/// Writes a second.
pub(crate) const WRITES: u32 = 100;
/// Requests that may be on their way at once, should the server fall behind for a moment.
const CONNECTIONS: usize = 32;
const WORK: [Work; 3] = [Work::Create, Work::Rename, Work::AddMember];

#[tokio::main(flavor = "current_thread")]
pub(super) async fn write(
    target: &Target,
    company: &Company,
    tellers: &[Sender<Promise>],
    enough: &AtomicBool,
) -> anyhow::Result<Vec<Took>> {
    // Each has its turn: one that is silent for long is closed.
    let mut idle = VecDeque::new();
    for _ in 0..CONNECTIONS {
        idle.push_back(target.connect().await?);
    }
    let mut writes = Vec::new();
    let mut work = WORK.into_iter().cycle();
    let mut ticks = interval(Duration::from_secs(1) / WRITES);
    // What could not be asked in time is asked as soon as possible.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut under_way = FuturesUnordered::new();
    while !enough.load(Ordering::Relaxed) || !under_way.is_empty() {
        tokio::select! {
            _ = ticks.tick(), if !enough.load(Ordering::Relaxed) && !idle.is_empty() => {
                let next = idle.pop_front().zip(work.next());
                under_way.extend(next.map(|(connection, work)| ask(connection, company, work)));
            }
            Some(written) = under_way.next() => {
                let (connection, took, promise) = written?;
                idle.push_back(connection);
                writes.push(took);
                for teller in tellers {
                    teller.send(promise).ok().context("the watch has ended early")?;
                }
            }
        }
    }
    Ok(writes)
}

async fn ask(
    mut connection: Connection,
    company: &Company,
    work: Work,
) -> anyhow::Result<(Connection, Took, Promise)> {
    let asked = Instant::now();
    let (position, _) = connection.say_at(company.ask(work)).await?;
    let answered_at = Instant::now();
    let position = position.context("a position in the answer to a write")?;
    Ok((connection, (asked, answered_at - asked), Promise { position, answered_at }))
}
