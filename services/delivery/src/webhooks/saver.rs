//! Keeps what changed of all subscribers: what comes within a moment is one transaction.

use std::time::Duration;

use deadpool_postgres::Pool;
use eventlog::sentence;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::progress::{ProgressError, Save, save};

/// How long changes are gathered.
const GATHERING: Duration = Duration::from_millis(50);
/// How long to wait until a failed transaction is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// Where changes are handed in. Each subscriber has one on its way at most.
#[derive(Clone, Debug)]
pub(super) struct Saver(mpsc::UnboundedSender<(Save, oneshot::Sender<()>)>);

/// What was handed in and is not kept yet.
#[derive(Debug)]
pub(super) struct Unsaved(mpsc::UnboundedReceiver<(Save, oneshot::Sender<()>)>);

impl Saver {
    pub(super) fn new() -> (Self, Unsaved) {
        let (hand_in, handed_in) = mpsc::unbounded_channel();
        (Self(hand_in), Unsaved(handed_in))
    }

    /// Hands in; done when it is kept. If nothing is kept any more, it is never done.
    pub(super) async fn keep(self, save: Save) {
        let (done, kept) = oneshot::channel();
        if self.0.send((save, done)).is_err() || kept.await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Unsaved {
    /// Keeps what is handed in, until nobody hands in any more, or somebody else is the holder.
    pub(super) async fn keep_all(
        mut self,
        pool: &Pool,
        token: i64,
        stop: &CancellationToken,
    ) -> Result<(), ProgressError> {
        while let Some(first) = self.0.recv().await {
            tokio::time::sleep(GATHERING).await;
            let (mut saves, mut waiting) = (vec![first.0], vec![first.1]);
            while let Ok((save, done)) = self.0.try_recv() {
                saves.push(save);
                waiting.push(done);
            }
            let mut failed = false;
            while let Err(error) = save(pool, token, &saves).await {
                if matches!(error, ProgressError::Replaced) || stop.is_cancelled() {
                    return Err(error);
                }
                if !failed {
                    let error = sentence(&error);
                    tracing::warn!(error, "webhooks are kept as soon as Postgres can keep them");
                    failed = true;
                }
                tokio::time::sleep(PAUSE).await;
            }
            for done in waiting {
                // Who does not wait any more is at an end.
                let _ = done.send(());
            }
        }
        Ok(())
    }
}
