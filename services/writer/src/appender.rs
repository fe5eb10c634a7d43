//! What the commit loop asks of the log: appends, and whether it can be written to.

use std::time::Duration;

use eventlog::{Log, Sealed};
use events::Seq;

use crate::drafts::AppendBatch;
use crate::metrics::AppendMetrics;
use crate::outage::Outage;
use crate::resend::append_and_find_out;
use crate::spans;
use crate::step::Appended;

/// How long the write may take that tells whether an outage is over.
const WRITE_PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// The log, as the commit loop writes to it.
#[derive(Clone, Debug)]
pub(crate) struct Appender {
    log: Log,
    metrics: AppendMetrics,
}

impl Appender {
    pub(crate) fn new(log: Log, metrics: AppendMetrics) -> Self {
        Self { log, metrics }
    }

    /// Whether the log takes events of this number and these sizes together.
    pub(crate) fn accepts(&self, sealed: &[Sealed]) -> bool {
        sealed.len() <= Log::MAX_BATCH && sealed.iter().all(|sealed| self.log.accepts(sealed))
    }

    /// Appends a batch, and finds out whether it was stored if no answer comes.
    pub(crate) async fn append(&self, batch: &AppendBatch) -> Appended {
        let append = || self.log.append(batch.after, &batch.sealed);
        let was_appended = || self.log.was_appended(batch.after, batch.first);
        let appended = append_and_find_out(append, was_appended).await;
        match appended {
            Appended::Durably { took } => {
                self.metrics.appended(batch.sealed.len(), took);
                spans::appended(&batch.sealed, took);
            }
            Appended::Conflict | Appended::Unclear(_) => {}
        }
        appended
    }

    /// Whether the log can be written to again, found out by writing beside it: a log whose disk is
    /// full answers every question. While readiness fails no command comes, so that no append would find out.
    pub(crate) async fn can_write(&self) -> bool {
        // Without a connection, the client would hold the question back until it times out.
        if !self.log.is_connected() {
            return false;
        }
        let tried = tokio::time::timeout(WRITE_PROBE_TIMEOUT, self.log.probe_write()).await;
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
