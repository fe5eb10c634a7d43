//! Start and stop.

use std::pin::pin;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How long a service may take to end once it was asked to.
const GRACE_PERIOD: Duration = Duration::from_secs(10);

/// Why a service did not end in peace.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unfinished {
    #[error("listen for the signals that stop a program")]
    Signals(#[source] std::io::Error),
    #[error("still busy {} s after being asked to stop; gave up waiting", GRACE_PERIOD.as_secs())]
    Overdue,
    #[error("stopped at once, being asked twice")]
    AskedTwice,
}

/// Runs a service until it ends by itself or the process is asked to stop (Ctrl-C or SIGTERM); then
/// cancels the token and lets the service finish. Asked a second time, it does not wait.
pub(crate) async fn run<S, F>(service: S) -> Result<F::Output, Unfinished>
where
    S: FnOnce(CancellationToken) -> F,
    F: Future,
{
    let mut signals = Signals::new().map_err(Unfinished::Signals)?;
    let stop = CancellationToken::new();
    let mut running = pin!(service(stop.clone()));
    tokio::select! {
        ended = &mut running => return Ok(ended),
        () = signals.next() => {}
    }
    tracing::info!("stopping");
    stop.cancel();
    tokio::select! {
        ended = &mut running => Ok(ended),
        () = signals.next() => Err(Unfinished::AskedTwice),
        () = tokio::time::sleep(GRACE_PERIOD) => Err(Unfinished::Overdue),
    }
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_service_that_ends_by_itself_ends_the_run() {
        assert_eq!(run(async |_| 7).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn a_signal_asks_the_service_to_stop() {
        let asked = run(async |stop| {
            // By now the signals are listened for.
            let pid = std::process::id().to_string();
            let kill = tokio::process::Command::new("kill").args(["-TERM", &pid]).status().await;
            assert!(kill.unwrap().success());
            stop.cancelled().await;
            "finished"
        });
        assert_eq!(asked.await.unwrap(), "finished");
    }
}
