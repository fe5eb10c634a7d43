//! The roster as the log tells it, at the start of the service.

use std::path::Path;
use std::pin::Pin;

use eventlog::{Entry, Log, ReadError};
use events::{Event, Recorded, Seq};
use futures_util::stream::Fuse;
use futures_util::{Stream, StreamExt};
use roster::{Roster, evolve};
use tokio::sync::watch;

use crate::snapshot;

/// The log from where the roster stands, as it grows.
pub(crate) type LogStream = Fuse<Pin<Box<dyn Stream<Item = Result<Entry, ReadError>> + Send>>>;

/// A roster at the end of the log.
pub(crate) struct Recovered {
    pub(crate) roster: Roster,
    pub(crate) stream: LogStream,
    /// How far the snapshot went.
    pub(crate) saved: Seq,
}

/// Why the write engine could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The log cannot be read, or is not as its chain says.
    #[error("read the log")]
    Read(#[from] ReadError),
    /// Another release wrote to this log.
    #[error(
        "event {seq} is a {name:?}, which this release does not know: deciding without it would be wrong; start the release that wrote it"
    )]
    UnknownEvent {
        /// The position of the event.
        seq: Seq,
        /// The name of its kind.
        name: String,
    },
}

/// How far a start is that reads the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last event that was read.
    pub read: Seq,
    /// Where the log ended when the start began.
    pub end: Seq,
}

/// How many events are read between two reports.
const EVENTS_PER_REPORT: u64 = 1000;

/// Reads the log up to its present end, from where the snapshot was taken if there is one; what
/// comes later is left in the stream.
pub(crate) async fn recover(
    log: &Log,
    saved: Option<&Path>,
    progress: &watch::Sender<Progress>,
) -> Result<Recovered, StartError> {
    let end = log.end().await?;
    let mut roster = match saved {
        Some(path) => restored(log, path).await?,
        None => Roster::default(),
    };
    let saved = roster.position().seq;
    progress.send_replace(Progress { read: saved, end });
    let stream: Pin<Box<dyn Stream<Item = _> + Send>> = Box::pin(log.follow(roster.position()));
    let mut stream = stream.fuse();
    // The end may lie inside a batch: go on to where that batch ends.
    let mut whole = true;
    while roster.position().seq < end || !whole {
        let Some(entry) = stream.next().await else { break };
        let recorded = read(&entry?)?;
        if let Event::Unknown { name } = &recorded.event {
            return Err(StartError::UnknownEvent { seq: recorded.seq, name: name.clone() });
        }
        evolve(&mut roster, &recorded);
        whole = recorded.commit;
        if recorded.seq.0.is_multiple_of(EVENTS_PER_REPORT) {
            progress.send_replace(Progress { read: recorded.seq, end });
        }
    }
    Ok(Recovered { roster, stream, saved })
}

pub(crate) fn read(entry: &Entry) -> Result<Recorded, ReadError> {
    entry.read().map_err(|source| ReadError::Undecodable { seq: entry.seq, source })
}

/// The roster in the snapshot at `path`, if the log's chain went through it; else an empty one.
pub async fn restored(log: &Log, path: &Path) -> Result<Roster, ReadError> {
    let roster = match snapshot::load(path.to_owned()).await {
        Ok(Some(roster)) => roster,
        Ok(None) => return Ok(Roster::default()),
        Err(bad) => {
            let error = &bad as &dyn std::error::Error;
            tracing::info!(error, "the saved roster is of no use; reading the whole log");
            return Ok(Roster::default());
        }
    };
    let position = roster.position();
    let found = log.position_at(position.seq).await?;
    if found == Some(position) {
        tracing::info!(seq = position.seq.0, "took up the saved roster");
        return Ok(roster);
    }
    tracing::warn!(
        seq = position.seq.0,
        "the saved roster is not of this log; reading the whole log"
    );
    Ok(Roster::default())
}
