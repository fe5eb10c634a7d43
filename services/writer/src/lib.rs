//! The write engine: the one place that decides and appends.
//!
//! Callers hand in commands and get their answer once every event that it rests on is durable.
//! Commands are decided one after the other on a roster that holds all events before them, and
//! what comes of them is appended in batches; should another writer get in first, they are decided
//! again. Nobody ever overwrites what they have not seen.

#![warn(missing_docs)]

mod appender;
mod batch_policy;
mod budget;
mod command;
mod commit_loop;
mod contention;
mod drafts;
mod due;
mod engine;
mod metrics;
mod outage;
mod provenance;
mod queue;
mod recovery;
mod resend;
mod snapshot;
mod spans;
mod step;
mod supervision;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use eventlog::{Continuity, Evidence, Log};
use eventlog::{clock, ids};
use events::{Position, Seq};
use roster::{Intent, Refusal, Roster};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::appender::Appender;
use crate::command::{Decidable, PendingCommand};
use crate::commit_loop::{CommitLoop, Published};
use crate::drafts::Source;
use crate::engine::Engine;
use crate::queue::QueueBounds;
use crate::recovery::{Recovered, recover};
use crate::step::Setup;

pub use budget::StorageBudget;
pub use command::{Command, Committed};
pub use metrics::AppendMetrics;
pub use outage::Outage;
pub use provenance::{Access, Denied, Provenance};
pub use recovery::{Progress, StartError, restored};
pub use snapshot::keep as keep_roster;
pub use supervision::Died;

/// What the snapshot at `path` knows of the log, whichever release wrote it; none, if there is no
/// snapshot.
pub fn snapshot_evidence(path: &Path) -> Option<Evidence> {
    let position = snapshot::position(path)?;
    Some(Evidence::new(format!("the roster's snapshot {}", path.display()), position))
}

/// How many commands may be on their way to the engine before the next caller has to wait.
const COMMAND_CHANNEL_CAPACITY: usize = 4096;

/// How long a consistent read waits for this replica to see what others wrote.
const CONSISTENT_READ_TIMEOUT: Duration = Duration::from_secs(5);

/// The write engine, as its callers see it. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    log: Log,
    commands: mpsc::Sender<Box<dyn Decidable>>,
    roster: Arc<ArcSwap<Roster>>,
    position: watch::Receiver<Position>,
    health: watch::Receiver<Result<(), Outage>>,
    ended: watch::Receiver<Option<Result<(), Died>>>,
    /// Whether the log still is the one that was read.
    continuity: watch::Sender<Continuity>,
    /// How far the snapshot went at the start.
    saved: Seq,
    metrics: AppendMetrics,
}

impl Writer {
    /// Reads the log into a roster, from a snapshot on if one is kept there, then carries out
    /// commands until `stop`. With `consistent`, a command that changes nothing is answered only
    /// once it is known that no other replica has acknowledged what it did not see. `progress` shows
    /// how far the reading is.
    pub async fn start(
        log: Log,
        saved: Option<&Path>,
        consistent: bool,
        progress: &watch::Sender<Progress>,
        stop: CancellationToken,
    ) -> Result<Self, StartError> {
        let Recovered { roster, stream, saved } = recover(&log, saved, progress).await?;
        let published = Published {
            roster: Arc::new(ArcSwap::from_pointee(roster.clone())),
            position: watch::Sender::new(roster.position()),
            health: watch::Sender::new(Ok(())),
        };
        let metrics = AppendMetrics::default();
        let appender = Appender::new(log.clone(), metrics.clone());
        let accepting = appender.clone();
        let engine = Engine::new(
            roster,
            Setup {
                bounds: QueueBounds::default(),
                source: Source { now: clock::now, new_id: ids::uuid_v7 },
                accepts: Box::new(move |sealed| accepting.accepts(sealed)),
                confirm: consistent,
            },
        );
        let (commands, waiting) = mpsc::channel(COMMAND_CHANNEL_CAPACITY);
        let (roster, position) = (Arc::clone(&published.roster), published.position.subscribe());
        let health = published.health.clone();
        let continuity = watch::Sender::default();
        let watched = continuity.subscribe();
        let commit_loop = CommitLoop::new(engine, appender, stream, waiting, published, watched);
        let ended = supervision::spawn(commit_loop.run(stop), health.clone());
        let health = health.subscribe();
        Ok(Self { log, commands, roster, position, health, ended, continuity, saved, metrics })
    }

    /// What is counted of appends.
    pub fn append_metrics(&self) -> &AppendMetrics {
        &self.metrics
    }

    /// Saves the roster to a file every so often, and when the last command was answered.
    pub async fn keep_snapshot(&self, path: PathBuf) {
        let (roster, position) = (Arc::clone(&self.roster), self.position.clone());
        snapshot::keep(path, roster, position, self.saved).await;
    }

    /// Watches over the log until the last command was answered, and moves the mark beside it. Once
    /// the log has lost events, nothing is written any more.
    pub async fn watch_log(&self) {
        self.log.monitor_continuity(self.position.clone(), &self.continuity).await;
    }

    /// Whether the log still is the one that was read, as far as it is watched over.
    pub fn continuity(&self) -> watch::Receiver<Continuity> {
        self.continuity.subscribe()
    }

    /// Runs until the last command was answered; meanwhile it watches over the log, saves the roster at
    /// `snapshot`, if anywhere, and carries out what is due for leavers' bookings. Fails if the engine does: this process cannot write again,
    /// and has to end.
    pub async fn run(&self, snapshot: Option<PathBuf>) -> Result<(), Died> {
        let saving = async {
            if let Some(path) = snapshot {
                self.keep_snapshot(path).await;
            }
        };
        tokio::join!(self.watch_log(), saving, self.carry_out_due());
        self.ended().await
    }

    /// Waits until the engine has ended: because it was stopped, or because of a fault of ours, after
    /// which only a new process can write again.
    pub async fn ended(&self) -> Result<(), Died> {
        supervision::ended(self.ended.clone()).await
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
        match tokio::time::timeout(CONSISTENT_READ_TIMEOUT, seen).await {
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
    /// The intent is asked of the roster on which the command is decided, after everything that it
    /// may rest on; should another writer get in first, it is asked again, of the roster that holds
    /// what they wrote.
    pub async fn execute<I, E>(&self, command: Command<I>) -> Result<Committed, E>
    where
        I: Fn(&Roster) -> Result<Intent, E> + Send + 'static,
        E: From<Refusal> + From<Outage> + From<Denied> + Send + 'static,
    {
        let (request, answer) = PendingCommand::new(command);
        self.commands.send(Box::new(request)).await.map_err(|_| Outage::Stopping)?;
        answer.await.map_err(|_| Outage::Stopping)?
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("position", &self.position).finish_non_exhaustive()
    }
}
