//! Readers of the JSON API, who ask at a steady rate and want an answer each time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::try_join_all;
use hyper::{Method, StatusCode};
use tokio::time::{MissedTickBehavior, interval};

use crate::client::{Ask, Target};
use crate::past::Past;
use crate::program::TENANT;

/// Reads a second, of all readers together.
pub(crate) const READS: u32 = 50;
const READERS: u32 = 4;

/// What is asked.
pub(crate) const KINDS: [&str; 4] = ["employees", "an employee", "a team", "members of a team"];

/// A read that was answered, or not.
pub(crate) struct Read {
    /// Of [`KINDS`].
    pub(crate) kind: &'static str,
    pub(crate) asked: Instant,
    pub(crate) took: Duration,
    pub(crate) error: Option<String>,
}

/// What is asked, in turns.
pub(super) fn paths(past: &Past) -> Vec<(&'static str, String)> {
    const TURNS: usize = 1000;
    let turn = |turn: usize| {
        // A prime apart, so that neighbours in time are none in memory.
        let person = past.people[turn * 7919 % past.people.len()].id;
        let group = past.groups[turn * 7919 % past.groups.len()];
        let asked = [
            "employees?limit=50".to_owned(),
            format!("employees/{person}"),
            format!("teams/{group}"),
            format!("teams/{group}/members?limit=50"),
        ];
        KINDS.into_iter().zip(asked.map(|asked| format!("/api/v1/{TENANT}/{asked}")))
    };
    (0..TURNS).flat_map(turn).collect()
}

#[tokio::main(flavor = "current_thread")]
pub(super) async fn read(
    target: &Target,
    paths: &[(&'static str, String)],
    enough: &AtomicBool,
) -> anyhow::Result<Vec<Read>> {
    let apart = Duration::from_secs(1) / READS;
    let readers = (0..READERS).map(async |number| {
        tokio::time::sleep(apart * number).await;
        let mut ticks = interval(apart * READERS);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut connection = target.connect().await?;
        let mut reads = Vec::new();
        for (kind, path) in paths.iter().skip(number as usize).cycle() {
            if enough.load(Ordering::Relaxed) {
                break;
            }
            ticks.tick().await;
            let (path, body) = (path.clone(), Bytes::new());
            let ask = Ask { method: Method::GET, path, body, right: StatusCode::OK };
            let asked = Instant::now();
            let answer = connection.say(ask).await;
            let took = asked.elapsed();
            let error = answer.err().map(|error| format!("{error:#}"));
            if error.is_some() {
                connection = target.connect().await?;
            }
            reads.push(Read { kind, asked, took, error });
        }
        anyhow::Ok(reads)
    });
    Ok(try_join_all(readers).await?.into_iter().flatten().collect())
}
