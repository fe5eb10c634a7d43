//! The appender: writes to the log, and finds out what became of it.

use std::time::Duration;

use chassis::log::{AppendError, Log, Sealed};
use events::{EventId, Position};
use tokio::sync::watch;

use crate::outage::Outage;

/// For how long an append that was not taken is tried again.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct Appender {
    log: Log,
    health: watch::Sender<Result<(), Outage>>,
}

/// Events to append together.
pub(crate) struct Batch {
    /// Where the log must end.
    pub(crate) after: Position,
    pub(crate) sealed: Vec<Sealed>,
    /// By which they are found again when an answer is lost.
    pub(crate) first: EventId,
}

/// What became of a batch.
pub(crate) enum Appended {
    Durably,
    /// Another writer got in first: see what they wrote, and decide again.
    AfterSomebodyElse,
    /// Nobody can tell for now. Should it have been written after all, we will hear of it.
    Unclear(Outage),
}

/// What became of one attempt.
enum Attempt {
    Ended(Appended),
    /// There was no answer, and the batch is not in the log, so far.
    Lost,
}

impl Appender {
    pub(crate) fn new(log: Log, health: watch::Sender<Result<(), Outage>>) -> Self {
        Self { log, health }
    }

    /// Whether the log takes so many events of these sizes together.
    pub(crate) fn takes(&self, sealed: &[Sealed]) -> bool {
        sealed.len() <= Log::MAX_BATCH && sealed.iter().all(|sealed| self.log.takes(sealed))
    }

    /// Appends a batch. When no answer came and the batch is not in the log, the same events are sent
    /// again: should the first ones arrive late, only one of the two finds the log as it expects
    /// it, and the ids tell that either is ours.
    pub(crate) async fn append(&self, batch: &Batch) -> Appended {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let mut again = false;
        loop {
            match self.append_once(batch).await {
                Attempt::Lost if tokio::time::Instant::now() < deadline => again = true,
                // A server that never answers, as one whose disk was full, is as good as none.
                Attempt::Lost => return self.unclear(Outage::LogAway),
                Attempt::Ended(Appended::AfterSomebodyElse) if again => {
                    return match self.log.was_appended(batch.after, batch.first).await {
                        Ok(true) => self.recovered(),
                        Ok(false) => Appended::AfterSomebodyElse,
                        Err(_) => self.unclear(Outage::LogAway),
                    };
                }
                Attempt::Ended(appended) => return appended,
            }
        }
    }

    async fn append_once(&self, batch: &Batch) -> Attempt {
        let failure = match self.log.append(batch.after, &batch.sealed).await {
            Ok(()) => return Attempt::Ended(self.recovered()),
            Err(failure) => failure,
        };
        let appended = match failure {
            AppendError::Conflict => Appended::AfterSomebodyElse,
            // The answer was lost, which says nothing about the events: look for the first.
            AppendError::Unknown(error) => {
                tracing::debug!(
                    error = &*error as &dyn std::error::Error,
                    "an append got no answer"
                );
                match self.log.was_appended(batch.after, batch.first).await {
                    Ok(true) => self.recovered(),
                    Ok(false) => return Attempt::Lost,
                    Err(_) => self.unclear(Outage::LogAway),
                }
            }
            AppendError::Full(_) => self.unclear(Outage::LogFull),
            AppendError::TooLarge { .. } | AppendError::TooMany(_) => {
                Appended::Unclear(Outage::TooLarge)
            }
            AppendError::Unavailable(error) => {
                tracing::debug!(error = &*error as &dyn std::error::Error, "cannot append");
                self.unclear(Outage::LogAway)
            }
        };
        Attempt::Ended(appended)
    }

    /// Fails once the log does not agree with itself.
    pub(crate) fn check_whole(&self) -> Result<(), Outage> {
        match *self.health.borrow() {
            Err(Outage::LogBroken) => Err(Outage::LogBroken),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Whether the log was away or full when it was last written to.
    pub(crate) fn is_kept_off(&self) -> bool {
        matches!(*self.health.borrow(), Err(Outage::LogAway | Outage::LogFull))
    }

    /// Looks whether the log is there again. If it was full it may still be, which the next write
    /// will tell: while nobody is sent here, nobody would find out that there is room again.
    pub(crate) async fn look(&self) {
        // Without a connection, the client would hold the question back until it times out.
        if self.log.is_connected() && self.log.end().await.is_ok() {
            self.recovered();
        }
    }

    /// Notes an outage; says so once.
    pub(crate) fn down(&self, outage: Outage) {
        if *self.health.borrow() != Err(outage) {
            tracing::error!(%outage, "cannot write to the log");
            self.report(Err(outage));
        }
    }

    /// Lays the appender down for good: the log does not agree with itself.
    pub(crate) fn stop_for_good(&self) {
        self.report(Err(Outage::LogBroken));
    }

    fn unclear(&self, outage: Outage) -> Appended {
        self.down(outage);
        Appended::Unclear(outage)
    }

    fn recovered(&self) -> Appended {
        if self.health.borrow().is_err() {
            tracing::info!("the log can be reached again");
            self.report(Ok(()));
        }
        Appended::Durably
    }

    fn report(&self, health: Result<(), Outage>) {
        self.health.send_modify(|known| *known = health);
    }
}
