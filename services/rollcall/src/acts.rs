//! The journal of what operators do, as a role uses it.

use anyhow::Context as _;
use eventlog::{Journal, Log};
use operations::ActLog;
use tokio_util::sync::CancellationToken;

/// Opens the journal beside the log, making it if need be, and follows it until `stop`.
pub(crate) async fn open(log: &Log, stop: &CancellationToken) -> anyhow::Result<ActLog> {
    let journal = Journal::open(log).await.context("open the journal of operations")?;
    let acts = ActLog::open(journal).await?;
    tokio::spawn(acts.clone().follow(stop.clone()));
    Ok(acts)
}

/// Follows the journal beside the log until `stop`, and writes nothing to it. It may be there later,
/// or be away for a while.
pub(crate) fn read(log: &Log, stop: &CancellationToken) -> ActLog {
    let acts = ActLog::new(Journal::of(log));
    tokio::spawn(acts.clone().follow(stop.clone()));
    acts
}
