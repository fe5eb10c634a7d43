//! The write engine: the one place that decides and appends.
//!
//! Callers hand in commands and get their answer once every event that it rests on is durable.
//! Commands are decided one after the other on a roster that holds all events before them, and
//! what comes of them is appended in batches; should another writer get in first, they are decided
//! again. Nobody ever overwrites what they have not seen.

mod appender;
mod batch_policy;
mod command;
mod commit_loop;
mod contention;
mod drafts;
mod outage;
mod recovery;
mod snapshot;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use chassis::log::{Log, ReadError};
use events::{Position, Seq};
use roster::{Intent, Refusal, Roster};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::command::{Command, Request};
use crate::commit_loop::CommitLoop;
use crate::recovery::{Recovered, recover};

pub use command::{Committed, Provenance};
pub use outage::Outage;

/// How many commands may wait before the next caller has to wait outside.
const QUEUE: usize = 4096;

/// How long a consistent read waits for this replica to see what others wrote.
const PATIENCE: Duration = Duration::from_secs(5);

/// The shell around [`roster::decide`]: callers hand in wishes and get their answer once every
/// event that it rests on is durable.
#[derive(Clone)]
pub struct Writer {
    log: Log,
    queue: mpsc::Sender<Box<dyn Command>>,
    roster: Arc<ArcSwap<Roster>>,
    position: watch::Receiver<Position>,
    health: watch::Receiver<Result<(), Outage>>,
    /// How far the snapshot went at the start.
    saved: Seq,
}

/// Why the write engine could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("read the log")]
    Read(#[from] ReadError),
    #[error(
        "event {seq} is a {name:?}, which this release does not know: deciding without it would be wrong; start the release that wrote it"
    )]
    UnknownEvent { seq: events::Seq, name: String },
}

impl Writer {
    /// Reads the log into a roster, from a snapshot on if one is kept there, then serves until
    /// `stop`.
    pub async fn start(
        log: Log,
        saved: Option<&Path>,
        stop: CancellationToken,
    ) -> Result<Self, StartError> {
        let Recovered { roster, news, saved } = recover(&log, saved).await?;
        let position = watch::Sender::new(roster.position());
        let health = watch::Sender::new(Ok(()));
        let shared = Arc::new(ArcSwap::from_pointee(roster.clone()));
        let (queue, waiting) = mpsc::channel(QUEUE);
        let writer = Self {
            log: log.clone(),
            queue,
            roster: Arc::clone(&shared),
            position: position.subscribe(),
            health: health.subscribe(),
            saved,
        };
        let commit_loop = CommitLoop::new(log, roster, shared, position, health);
        tokio::spawn(commit_loop.serve(waiting, news, stop));
        Ok(writer)
    }

    /// Saves the roster to a file every so often, and when the last command was answered.
    pub async fn keep_snapshot(&self, path: PathBuf) {
        let (roster, position) = (Arc::clone(&self.roster), self.position.clone());
        snapshot::keep(path, roster, position, self.saved).await;
    }

    /// The roster as of the last decision that is durable.
    pub fn roster(&self) -> Arc<Roster> {
        self.roster.load_full()
    }

    /// The roster, at least as new as the log's end is now: with several replicas, a write that
    /// another one acknowledged is in it.
    pub async fn consistent_roster(&self) -> Result<Arc<Roster>, Outage> {
        // The client would hold the question back until it times out, and the reader with it.
        if !self.log.is_connected() {
            return Err(Outage::LogAway);
        }
        let end = self.log.end().await.map_err(|_| Outage::LogAway)?;
        let mut position = self.position.clone();
        let seen = position.wait_for(|position| position.seq >= end);
        match tokio::time::timeout(PATIENCE, seen).await {
            Ok(Ok(_)) => Ok(self.roster()),
            Ok(Err(_)) => Err(Outage::Stopping),
            Err(_) => Err(Outage::LogAway),
        }
    }

    /// Whether commands can be carried out.
    pub fn health(&self) -> watch::Receiver<Result<(), Outage>> {
        self.health.clone()
    }

    /// Makes the intent of a command true, or says why not. Asking twice is the same as asking once.
    ///
    /// `intent` is asked of the roster on which the command is decided; should another writer get
    /// in first, it is asked again, of the roster that holds what they wrote.
    pub async fn execute<E>(
        &self,
        provenance: Provenance,
        intent: impl Fn(&Roster) -> Result<Intent, E> + Send + 'static,
    ) -> Result<Committed, E>
    where
        E: From<Refusal> + From<Outage> + Send + 'static,
    {
        let (request, answer) = Request::new(provenance, intent);
        self.queue.send(Box::new(request)).await.map_err(|_| Outage::Stopping)?;
        answer.await.map_err(|_| Outage::Stopping)?
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("position", &self.position).finish_non_exhaustive()
    }
}
