//! The clerk: makes wishes true, one decision after the other, however many callers wait.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use chassis::log::{Log, ReadError};
use events::{Position, Seq};
use roster::{Intent, Refusal, Roster};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::desk::Desk;
use crate::errand::{Done, Errand, Signature, Wish};
use crate::fold::{Folded, fold};
use crate::outage::Outage;
use crate::snapshot;

/// How many callers may stand in line before the next has to wait outside.
const LINE: usize = 4096;

/// How long a consistent read waits for this replica to see what others wrote.
const PATIENCE: Duration = Duration::from_secs(5);

/// The shell around [`roster::decide`]: callers hand in wishes and get their answer once every
/// event that it rests on is durable.
#[derive(Clone)]
pub(crate) struct Clerk {
    log: Log,
    line: mpsc::Sender<Box<dyn Errand>>,
    roster: Arc<ArcSwap<Roster>>,
    position: watch::Receiver<Position>,
    health: watch::Receiver<Result<(), Outage>>,
    /// How far the snapshot went at the start.
    saved: Seq,
}

/// Why the clerk could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("read the log")]
    Read(#[from] ReadError),
    #[error(
        "event {seq} is a {name:?}, which this release does not know: deciding without it would be wrong; start the release that wrote it"
    )]
    UnknownEvent { seq: events::Seq, name: String },
}

impl Clerk {
    /// Reads the log into a roster, from a snapshot on if one is kept there, then serves until
    /// `stop`.
    pub(crate) async fn start(
        log: Log,
        saved: Option<&Path>,
        stop: CancellationToken,
    ) -> Result<Self, StartError> {
        let Folded { roster, news, saved } = fold(&log, saved).await?;
        let position = watch::Sender::new(roster.position());
        let health = watch::Sender::new(Ok(()));
        let shared = Arc::new(ArcSwap::from_pointee(roster.clone()));
        let (line, waiting) = mpsc::channel(LINE);
        let clerk = Self {
            log: log.clone(),
            line,
            roster: Arc::clone(&shared),
            position: position.subscribe(),
            health: health.subscribe(),
            saved,
        };
        let desk = Desk::new(log, roster, shared, position, health);
        tokio::spawn(desk.serve(waiting, news, stop));
        Ok(clerk)
    }

    /// Saves the roster to a file every so often, and when the last wish was served.
    pub(crate) async fn keep_snapshot(&self, path: PathBuf) {
        let (roster, position) = (Arc::clone(&self.roster), self.position.clone());
        snapshot::keep(path, roster, position, self.saved).await;
    }

    /// The roster as of the last decision that is durable.
    pub(crate) fn roster(&self) -> Arc<Roster> {
        self.roster.load_full()
    }

    /// The roster, at least as new as the log's end is now: with several replicas, a write that
    /// another one acknowledged is in it.
    pub(crate) async fn consistent_roster(&self) -> Result<Arc<Roster>, Outage> {
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

    /// Whether wishes can be granted.
    pub(crate) fn health(&self) -> watch::Receiver<Result<(), Outage>> {
        self.health.clone()
    }

    /// Makes a wish true, or says why not. Asking twice is the same as asking once.
    ///
    /// The wish is read off the roster it will be judged by; should another writer get in first,
    /// both are done again. Nobody ever overwrites what they have not seen. `view` sees the roster
    /// just after the wish came true, before anybody else's.
    pub(crate) async fn fulfil<T, E>(
        &self,
        signature: Signature,
        wish: impl Fn(&Roster) -> Result<Intent, E> + Send + 'static,
        view: impl Fn(&Roster) -> T + Send + 'static,
    ) -> Result<Done<T>, E>
    where
        T: Send + 'static,
        E: From<Refusal> + From<Outage> + Send + 'static,
    {
        let (errand, answer) = Wish::new(signature, wish, view);
        self.line.send(Box::new(errand)).await.map_err(|_| Outage::Stopping)?;
        answer.await.map_err(|_| Outage::Stopping)?
    }
}
