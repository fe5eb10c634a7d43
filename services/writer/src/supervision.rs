//! Watches over the commit loop: a process whose loop is dead must not say that it is ready.

use tokio::sync::watch;
use tokio::task::JoinError;

use crate::outage::Outage;

/// The commit loop has ended by a fault of ours: nothing can be written until a new process starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the write engine has failed by a fault of ours; start again, and report it")]
pub struct Died;

/// Runs the commit loop as a task of its own, and tells how it ended.
pub(crate) fn spawn(
    commit_loop: impl Future<Output = ()> + Send + 'static,
    health: watch::Sender<Result<(), Outage>>,
) -> watch::Receiver<Option<Result<(), Died>>> {
    let (ended, receiver) = watch::channel(None);
    let running = tokio::spawn(commit_loop);
    tokio::spawn(async move {
        let outcome = running.await.map_err(|error: JoinError| {
            // What the panic says may hold what a client sent, so it is not repeated here.
            tracing::error!(panicked = error.is_panic(), "the write engine has failed");
            health.send_modify(|known| *known = Err(Outage::Fault));
            Died
        });
        ended.send_replace(Some(outcome));
    });
    receiver
}

/// Waits until the commit loop has ended.
pub(crate) async fn ended(
    mut ended: watch::Receiver<Option<Result<(), Died>>>,
) -> Result<(), Died> {
    match ended.wait_for(Option::is_some).await {
        Ok(outcome) => outcome.unwrap_or(Ok(())),
        // Whoever watches is gone with the runtime.
        Err(_) => Err(Died),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_loop_that_panics_ends_readiness_and_is_told_of() {
        let (health, known) = watch::channel(Ok(()));
        let watching = spawn(async { panic!("seeded") }, health);
        assert_eq!(ended(watching).await, Err(Died));
        assert_eq!(*known.borrow(), Err(Outage::Fault));
    }

    #[tokio::test]
    async fn a_loop_that_is_stopped_ends_in_peace() {
        let (health, known) = watch::channel(Ok(()));
        assert_eq!(ended(spawn(async {}, health)).await, Ok(()));
        assert_eq!(*known.borrow(), Ok(()));
    }
}
