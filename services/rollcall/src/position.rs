//! How far in the log a process is, for the `Rollcall-Position` of its answers.

use std::time::Duration;

use anyhow::Context as _;
use eventlog::Log;
use projector::Probe;
use web::{Position, PositionCipher};

use crate::startup::Startup;
use crate::write_side::WriteSide;

/// How often a process that may not make the key looks whether somebody has.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What shows positions to tenants, with the key that lies beside the log; the first process that
/// needs it makes it.
pub(crate) async fn cipher(log: &Log) -> anyhow::Result<PositionCipher> {
    let key = log.shared_key(PositionCipher::KEY).await;
    Ok(PositionCipher::new(&key.context("get the key of positions")?))
}

/// The same for a process that only reads: it waits until there is a key.
pub(crate) async fn cipher_when_made(
    log: &Log,
    startup: &Startup,
) -> anyhow::Result<PositionCipher> {
    loop {
        let key = log.find_shared_key(PositionCipher::KEY).await;
        if let Some(key) = key.context("get the key of positions")? {
            return Ok(PositionCipher::new(&key));
        }
        startup.step("waiting for the key of positions, which `rollcall ingest` makes");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Where the roster is that answers and decides.
pub(crate) fn of_writes(writes: &WriteSide) -> Position {
    let access = writes.access.clone();
    Position::new(writes.positions.clone(), move || access.position())
}

/// Where the read models are at least.
pub(crate) fn of_reads(probe: &Probe, positions: PositionCipher) -> Position {
    let probe = probe.clone();
    Position::new(positions, move || probe.reached())
}
