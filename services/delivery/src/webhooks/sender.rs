//! What sends all webhooks of a process: one process at a time does, the others stand by.

use std::time::Duration;

use cipher::Cipher;
use eventlog::{Feed, sentence};
use projector::Database;
use tokio_util::sync::CancellationToken;
use writer::Writer;

use super::client::Client;
use super::deliver::Shared;
use super::metrics::WebhookMetrics;
use super::progress::{Holder, ProgressError, hold_to_feed};
use super::saver::Saver;
use super::schedule::Schedule;
use super::supervisor::Supervisor;
use crate::source::{Source, SourceError};

/// How long to wait after something failed that all webhooks need.
const PAUSE: Duration = Duration::from_secs(1);

/// What webhooks are sent with.
#[derive(Debug)]
pub struct Webhooks {
    /// Knows the subscribers, and disables those that want no more.
    pub writer: Writer,
    /// What is sent.
    pub feed: Feed,
    /// Where is kept how far each subscriber has come.
    pub database: Database,
    /// Decrypts the secrets that sign.
    pub cipher: Cipher,
    /// Posts.
    pub client: Client,
    /// For how long an event is tried.
    pub schedule: Schedule,
    /// What is counted.
    pub metrics: WebhookMetrics,
}

/// Why no webhooks are sent for now.
#[derive(Debug, thiserror::Error)]
enum Interrupted {
    #[error(transparent)]
    Progress(#[from] ProgressError),
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl Webhooks {
    /// Sends webhooks until `stop`. An outage is waited out.
    pub async fn send(self, stop: CancellationToken) {
        let mut told = String::new();
        while !stop.is_cancelled() {
            let Some(Err(interrupted)) = Box::pin(self.send_while_holder(&stop)).await else {
                return;
            };
            let why = sentence(&interrupted);
            if why != told {
                match interrupted {
                    Interrupted::Progress(ProgressError::Replaced) => {
                        tracing::info!("another process sends webhooks now");
                    }
                    Interrupted::Progress(_) | Interrupted::Source(_) => {
                        tracing::warn!(error = why, "no webhooks are sent until this works");
                    }
                }
                told = why;
            }
            stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
        }
    }

    /// Sees to it that no position is taken for one in another feed.
    async fn hold_to_feed(&self) -> Result<(), Interrupted> {
        let made = self.feed.end().await.map_err(SourceError::from)?.created;
        if hold_to_feed(self.database.pool(), made).await? {
            tracing::warn!("the feed was made anew: webhooks begin again, with the same ids");
        }
        Ok(())
    }

    /// Nothing if it was stopped.
    async fn send_while_holder(&self, stop: &CancellationToken) -> Option<Result<(), Interrupted>> {
        let standing_by = || tracing::debug!("another process sends webhooks");
        let holder =
            match stop.run_until_cancelled(Holder::wait(&self.database, standing_by)).await? {
                Ok(holder) => holder,
                Err(error) => return Some(Err(error.into())),
            };
        match stop.run_until_cancelled(self.hold_to_feed()).await? {
            Ok(()) => {}
            Err(error) => return Some(Err(error)),
        }
        let (source, feeding) =
            match stop.run_until_cancelled(Source::start(self.feed.clone())).await? {
                Ok(started) => started,
                Err(error) => return Some(Err(error.into())),
            };
        let (saver, unsaved) = Saver::new();
        let shared = Shared {
            source,
            client: self.client.clone(),
            saver,
            schedule: self.schedule,
            metrics: self.metrics.clone(),
        };
        let supervisor = Supervisor::new(
            shared,
            self.writer.clone(),
            self.cipher.clone(),
            self.database.clone(),
            holder.token,
        );
        let ending = stop.child_token();
        let supervising = async {
            let supervised = supervisor.run(&ending).await;
            // Whatever ends, all end.
            ending.cancel();
            supervised
        };
        let needed = async {
            let interrupted = tokio::select! {
                kept = holder.keep(&ending) => kept.err().map(Interrupted::from),
                fed = feeding => fed.err().map(Interrupted::from),
            };
            ending.cancel();
            interrupted
        };
        let keeping = unsaved.keep_all(self.database.pool(), holder.token, stop);
        let (supervised, interrupted, kept) = tokio::join!(supervising, needed, keeping);
        let interrupted = interrupted.or(supervised.err().map(Interrupted::from));
        let interrupted = interrupted.or(kept.err().map(Interrupted::from));
        Some(interrupted.map_or(Ok(()), Err))
    }
}
