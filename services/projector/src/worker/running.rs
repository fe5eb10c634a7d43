//! The loops of a worker.

use eventlog::Log;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::statuses::SlotStatuses;
use crate::contract::Projection;
use crate::database::Database;
use crate::error::ProjectorError;
use crate::pace::Pace;
use crate::project_loop::SlotLoop;
use crate::schema::Making;
use crate::slot::SlotRole;

/// The loops of a worker, at most one for each slot.
pub(super) struct Loops {
    log: Log,
    database: Database,
    statuses: SlotStatuses,
    running: [Option<Running>; SlotRole::ALL.len()],
    paces: [watch::Sender<Pace>; SlotRole::ALL.len()],
}

struct Running {
    task: JoinHandle<Result<(), ProjectorError>>,
    stop: CancellationToken,
}

impl Loops {
    pub(super) fn new(log: Log, database: Database, statuses: SlotStatuses) -> Self {
        let paces = SlotRole::ALL.map(|_| watch::Sender::default());
        Self { log, database, statuses, running: SlotRole::ALL.map(|_| None), paces }
    }

    /// Whether the slot's loop runs.
    pub(super) fn runs(&self, role: SlotRole) -> bool {
        self.running[role as usize].as_ref().is_some_and(|running| !running.task.is_finished())
    }

    /// Whether any loop runs.
    pub(super) fn runs_any(&self) -> bool {
        SlotRole::ALL.into_iter().any(|role| self.runs(role))
    }

    /// Lets the slot's loop go as fast as this.
    pub(super) fn set_pace(&self, role: SlotRole, pace: Pace) {
        self.paces[role as usize].send_if_modified(|now| {
            let news = *now != pace;
            *now = pace;
            news
        });
    }

    /// Runs the slot's loop, unless it runs.
    pub(super) fn run<P: Projection>(&mut self, role: SlotRole, making: Option<Making>) {
        if self.runs(role) {
            return;
        }
        let stop = CancellationToken::new();
        let kept = SlotLoop {
            log: self.log.clone(),
            database: self.database.clone(),
            slot: role.schema(P::NAME),
            making,
            pace: self.paces[role as usize].subscribe(),
            status: self.statuses.get(role).clone(),
        };
        let task = tokio::spawn(kept.run::<P>(stop.clone()));
        self.running[role as usize] = Some(Running { task, stop });
    }

    /// Stops the slot's loop, if it runs, and waits until it has stopped.
    pub(super) async fn stop(&mut self, role: SlotRole) {
        if let Some(running) = self.running[role as usize].take() {
            running.stop.cancel();
            // How it ended is shown in its status.
            let _ = running.task.await;
        }
        if role != SlotRole::Live {
            self.statuses.get(role).idle();
        }
    }

    /// Stops all loops.
    pub(super) async fn stop_all(&mut self) {
        for role in SlotRole::ALL {
            self.stop(role).await;
        }
        self.statuses.live.stopped();
    }
}

impl Drop for Loops {
    /// Who drops the worker, as a test does that lets it die, drops its loops.
    fn drop(&mut self) {
        for running in self.running.iter().flatten() {
            running.task.abort();
        }
    }
}
