//! The feed as a process has it: what its doors read, and what tells them of more.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use eventlog::{Feed, Log, LogError};
use tokio_util::sync::CancellationToken;

use crate::{FeedWatch, Phase, Publisher, Shown};

/// Until the stream is read again that could not be.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// The feed, whoever tells it, and who wakes its readers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Delivery {
    feed: Feed,
    publisher: Publisher,
    watch: FeedWatch,
}

impl Delivery {
    /// The feed beside `log`, whose stream is made if there is none. If the log lost events, applications
    /// are told what is not so any more, if it is to `accept_lost` them, and else nothing.
    pub async fn open(log: &Log, accept_lost: bool) -> Result<Self, LogError> {
        let feed = Feed::open(log).await?;
        let publisher = Publisher::new(log.clone(), feed.clone(), accept_lost);
        Ok(Self { feed, publisher, watch: FeedWatch::default() })
    }

    /// The stream.
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// What is told so far.
    pub fn shown(&self) -> &Arc<Shown> {
        self.publisher.shown()
    }

    /// Who wakes readers.
    pub fn watch(&self) -> &FeedWatch {
        &self.watch
    }

    /// Why applications are told nothing any more, if so.
    pub fn check(&self) -> Result<(), String> {
        match &*self.shown().phase().borrow() {
            Phase::Starting | Phase::Telling => Ok(()),
            Phase::Stuck(why) => Err(why.clone()),
        }
    }

    /// Tells applications what the log comes to, and wakes readers, until `stop`. What was told is saved at
    /// `snapshot`, if anywhere.
    pub async fn run(&self, snapshot: Option<PathBuf>, stop: CancellationToken) {
        let waking = async {
            loop {
                // The publisher says what is wrong with the stream, and readers hear it themselves.
                if let Err(error) = self.watch.run(&self.feed).await {
                    tracing::debug!(
                        error = &error as &dyn std::error::Error,
                        "the feed's reader ended"
                    );
                }
                tokio::time::sleep(RETRY_DELAY).await;
            }
        };
        let telling = self.publisher.run(snapshot, stop.clone());
        tokio::join!(stop.run_until_cancelled(waking), telling);
    }
}
