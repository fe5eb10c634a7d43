//! Appends to the log, and finds out what became of it.

use std::time::Duration;

use eventlog::{AppendError, Log, Sealed};
use events::Seq;
use tokio::time::Instant;

use crate::drafts::Batch;
use crate::metrics::AppendMetrics;
use crate::outage::Outage;
use crate::step::Appended;

/// For how long an append that was not taken is tried again.
const RETRY_TIME: Duration = Duration::from_secs(5);

/// How long the trial may take that tells whether an outage is over.
const TRIAL: Duration = Duration::from_secs(2);

#[derive(Clone, Debug)]
pub(crate) struct Appender {
    log: Log,
    metrics: AppendMetrics,
}

/// What became of one attempt.
enum Attempt {
    Stored,
    Ended(Appended),
    /// There was no answer, and the batch is not in the log, so far.
    Lost,
}

impl Appender {
    pub(crate) fn new(log: Log, metrics: AppendMetrics) -> Self {
        Self { log, metrics }
    }

    /// Whether the log takes events of this number and these sizes together.
    pub(crate) fn takes(&self, sealed: &[Sealed]) -> bool {
        sealed.len() <= Log::MAX_BATCH && sealed.iter().all(|sealed| self.log.takes(sealed))
    }

    /// Appends a batch. When no answer came and the batch is not in the log, the same events are sent
    /// again: should the first ones arrive late, only one of the two finds the log as it expects
    /// it, and the ids tell that either is ours.
    pub(crate) async fn append(&self, batch: &Batch) -> Appended {
        let asked = Instant::now();
        let stored = || {
            let took = asked.elapsed();
            self.metrics.appended(batch.sealed.len(), took);
            Appended::Durably { took }
        };
        let mut again = false;
        loop {
            match self.append_once(batch).await {
                Attempt::Stored => return stored(),
                Attempt::Lost if asked.elapsed() < RETRY_TIME => again = true,
                // A server that never answers, as one whose disk was full, is as good as none.
                Attempt::Lost => return Appended::Unclear(Outage::LogAway),
                Attempt::Ended(Appended::Conflict) if again => {
                    return match self.log.was_appended(batch.after, batch.first).await {
                        Ok(true) => stored(),
                        Ok(false) => Appended::Conflict,
                        Err(_) => Appended::Unclear(Outage::LogAway),
                    };
                }
                Attempt::Ended(appended) => return appended,
            }
        }
    }

    async fn append_once(&self, batch: &Batch) -> Attempt {
        let failure = match self.log.append(batch.after, &batch.sealed).await {
            Ok(()) => return Attempt::Stored,
            Err(failure) => failure,
        };
        let appended = match failure {
            AppendError::Conflict => Appended::Conflict,
            // The answer was lost, which says nothing about the events: look for the first.
            AppendError::Unknown(error) => {
                tracing::debug!(
                    error = &*error as &dyn std::error::Error,
                    "an append got no answer"
                );
                match self.log.was_appended(batch.after, batch.first).await {
                    Ok(true) => return Attempt::Stored,
                    Ok(false) => return Attempt::Lost,
                    Err(_) => Appended::Unclear(Outage::LogAway),
                }
            }
            AppendError::Full(_) => Appended::Unclear(Outage::LogFull),
            AppendError::TooLarge { .. } | AppendError::TooMany(_) => {
                Appended::Unclear(Outage::TooLarge)
            }
            AppendError::Unavailable(error) => {
                tracing::debug!(error = &*error as &dyn std::error::Error, "cannot append");
                Appended::Unclear(Outage::LogAway)
            }
        };
        Attempt::Ended(appended)
    }

    /// Whether the log can be written to again, found out by writing beside it: a log whose disk is
    /// full answers every question. While nobody is sent here, no write would find out.
    pub(crate) async fn can_write(&self) -> bool {
        // Without a connection, the client would hold the question back until it times out.
        if !self.log.is_connected() {
            return false;
        }
        let tried = tokio::time::timeout(TRIAL, self.log.try_to_write()).await;
        matches!(tried, Ok(Ok(())))
    }

    /// Where the log ends now.
    pub(crate) async fn end(&self) -> Result<Seq, Outage> {
        // Without a connection, the client would hold the question back until it times out.
        if !self.log.is_connected() {
            return Err(Outage::LogAway);
        }
        self.log.end().await.map_err(|_| Outage::LogAway)
    }
}
