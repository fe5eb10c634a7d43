//! The feed as a process has it: what its doors read, and what tells them of more.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use eventlog::{Feed, Log, LogError, ReadError};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::{FeedWatch, Phase, Publisher, Shown};

/// Between two looks whether the stream still is the same.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// After so many looks in a row that do not find it, the stream is gone.
const LOOKS_UNTIL_GONE: u32 = 10;
/// Until the stream is read again that could not be.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// The feed, whoever tells it, and who wakes its readers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Delivery {
    feed: Feed,
    /// When the stream was made that this process opened.
    made: Timestamp,
    publisher: Publisher,
    watch: FeedWatch,
}

impl Delivery {
    /// The feed beside `log`, whose stream is made if there is none. If the log lost events, applications
    /// are told what is not so any more, if it is to `accept_lost` them, and else nothing.
    pub async fn open(log: &Log, accept_lost: bool) -> Result<Self, LogError> {
        let feed = Feed::open(log).await?;
        let publisher = Publisher::new(log.clone(), feed.clone(), accept_lost);
        let made = feed.end().await?.created;
        Ok(Self { feed, made, publisher, watch: FeedWatch::default() })
    }

    /// The stream.
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// What is told so far.
    pub fn shown(&self) -> &Arc<Shown> {
        self.publisher.shown()
    }

    /// When the stream was made.
    pub fn made(&self) -> Timestamp {
        self.made
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
        let watching = stop.run_until_cancelled(self.watch_stream());
        tokio::join!(stop.run_until_cancelled(waking), telling, watching);
    }

    /// Looks whether the stream still is the one that this process opened: in another one, the same places
    /// are others.
    async fn watch_stream(&self) {
        let mut gone = 0;
        let why = loop {
            match self.feed.end().await {
                Ok(end) if end.created == self.made => gone = 0,
                Ok(_) => break "the feed's stream was made anew; start this process again",
                // A server that has just started, or lost its leader, may not show the stream at once.
                Err(ReadError::Broken(_)) if gone < LOOKS_UNTIL_GONE => gone += 1,
                Err(ReadError::Broken(_)) => {
                    break "the feed's stream is gone; start this process again, which makes the feed anew from \
                           the log, in which nothing is missing";
                }
                // An outage, which others tell of.
                Err(_) => {}
            }
            tokio::time::sleep(LOOK_INTERVAL).await;
        };
        tracing::error!("{why}");
        self.shown().is_of_another_stream(why);
    }
}
