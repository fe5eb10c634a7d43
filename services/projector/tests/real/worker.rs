//! A projection at work on one slot.

use std::sync::Arc;

use eventlog::Log;
use events::Seq;
use kit::servers::DEADLINE;
use projector::{Database, Phase, Projection, ProjectorError, StatusHandle, project};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A projection at work, as a process of its own would be.
pub(crate) struct Worker {
    pub status: Arc<StatusHandle>,
    pub stop: CancellationToken,
    pub task: JoinHandle<Result<(), ProjectorError>>,
}

impl Worker {
    pub(crate) fn start<P: Projection>(log: &Log, database: &Database, slot: &'static str) -> Self {
        let status = Arc::new(StatusHandle::default());
        let stop = CancellationToken::new();
        let task = tokio::spawn({
            let (log, database) = (log.clone(), database.clone());
            let (status, stop) = (status.clone(), stop.clone());
            async move { project::<P>(log, database, slot, status, stop).await }
        });
        Self { status, stop, task }
    }

    pub(crate) async fn reaches(&self, seq: Seq) {
        let mut changes = self.status.watch();
        let reached = changes.wait_for(|now| now.position >= seq);
        let reached = tokio::time::timeout(DEADLINE, reached).await;
        assert!(reached.is_ok(), "waited in vain for {seq}: {:?}", self.status.current());
    }

    pub(crate) async fn stands(&self, phase: impl Fn(&Phase) -> bool) {
        let mut changes = self.status.watch();
        let reached = changes.wait_for(|now| phase(&now.phase));
        let reached = tokio::time::timeout(DEADLINE, reached).await;
        assert!(reached.is_ok(), "waited in vain: {:?}", self.status.current());
    }

    /// Tells it to stop, and waits until it has.
    pub(crate) async fn stops(self) {
        self.stop.cancel();
        self.task
            .await
            .expect("it does not panic")
            .expect("a projection that is told to stop does");
    }
}
