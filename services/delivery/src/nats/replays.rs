//! Ends replays of subscribers on NATS.
//!
//! A consumer has no end: it would go on with what is new. So a replay is at its end, and its consumer goes,
//! when its last event is acknowledged.

use std::time::Duration;

use access::WriteAccess;
use eventlog::{Feed, KeptConsumer, ReadError};
use events::{EndedReplay, ReplayOutcome};
use roster::{Intent, Roster};
use tokio::time::Instant;

use super::wanted::{Replaying, replays};
use crate::decide::{DecideError, decide};
use crate::places::place_of;

/// How often it is looked how far replays are.
const LOOK: Duration = Duration::from_secs(1);

/// When it was looked last how far replays are.
#[derive(Debug, Default)]
pub(super) struct Ending {
    looked: Option<Instant>,
}

/// Why it is not known how far a replay is.
#[derive(Debug, thiserror::Error)]
enum EndError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Decide(#[from] DecideError),
}

impl Ending {
    /// Ends the replays that are at their end. What cannot be known now is known later.
    pub(super) async fn go_on(&mut self, feed: &Feed, access: &WriteAccess, roster: &Roster) {
        if self.looked.is_some_and(|looked| looked.elapsed() < LOOK) {
            return;
        }
        self.looked = Some(Instant::now());
        for replay in replays(roster) {
            if let Err(error) = end(feed, access, &replay).await {
                let error = &error as &dyn std::error::Error;
                tracing::debug!(error, "it is not known how far a replay is");
            }
        }
    }
}

/// Ends a replay if it is at its end.
async fn end(feed: &Feed, access: &WriteAccess, replay: &Replaying) -> Result<(), EndError> {
    let consumer = feed.subscriber_consumer(&replay.consumer).await?;
    let own = |found: &KeptConsumer| found.subscriber.0 == replay.id.0;
    let Some(consumer) = consumer.filter(own) else { return Ok(()) };
    let last = place_of(feed, &replay.tenant, replay.through).await?;
    if consumer.acknowledged < last && !consumer.is_idle() {
        return Ok(());
    }
    let outcome = ReplayOutcome::Done;
    let (subscriber_id, replay_id) = (replay.subscriber, replay.id);
    let ended = Intent::EndReplay(EndedReplay { subscriber_id, replay_id, outcome });
    decide(access.writer(), replay.tenant.clone(), ended).await?;
    Ok(())
}
