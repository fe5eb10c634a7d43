//! Verifying the whole log in the background.
//!
//! A start from a snapshot reads only what is behind it, so damage before it would show at the next
//! start without one. Damage found here stops nobody: what is in memory and in the read models was
//! read while the log was sound, and a gateway that stopped would keep leavers active. But somebody
//! must look, before a start or a rebuild needs what is damaged.

use std::pin::pin;
use std::time::Duration;

use events::{Position, Seq, Undecodable};
use futures_util::StreamExt;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::bucket::{read_key, write_key};
use crate::clock;
use crate::entry::Entry;
use crate::ephemeral_consumer::FetchSize;
use crate::error::{Cause, ReadError, unavailable};
use crate::error_chain::sentence;
use crate::gaps::Gap;
use crate::log::Log;

/// The key under which the last result is kept, in the bucket beside the log.
const VERIFIED: &str = "verified";

/// How fast, and how often.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The most events a second.
    pub rate: u32,
    /// From the end of one round to the beginning of the next.
    pub every: Duration,
}

/// How far the present round is, and what it found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// The last event that was verified.
    pub position: Seq,
    /// What is wrong with the log, as the last round that found something says.
    pub damage: Option<String>,
}

/// What the last verification of the whole log found, as it is kept beside the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// The last event up to which all is sound.
    pub position: Seq,
    /// When the verification ended.
    pub at: Timestamp,
    /// What is wrong behind it; nothing, if the log was sound to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damage: Option<String>,
}

/// What can be wrong with one event.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("event {seq} is not the one that was written")]
    Event { seq: Seq, source: Undecodable },
}

impl Log {
    /// Verifies chain, headers and bodies from the first event to the last, round after round, for ever: on a
    /// connection of its own, in small steps, and no faster than `pace` allows.
    pub async fn keep_verifying(&self, pace: Pace, shown: &watch::Sender<Verification>) {
        loop {
            let (position, damage) = self.round(pace, shown).await;
            if let Some(damage) = &damage {
                tracing::error!(
                    after = position.0,
                    damage,
                    "THE LOG IS DAMAGED: run `rollcall log verify`, keep a copy of the store, and restore what is damaged before the next start needs it"
                );
            } else {
                tracing::info!(events = position.0, "the log was verified; all is sound");
            }
            shown.send_modify(|shown| shown.damage.clone_from(&damage));
            let verified = Verified { position, at: clock::now(), damage };
            if let Err(error) = self.keep_verified(&verified).await {
                let error: &Cause = &error;
                tracing::warn!(%error, "cannot note what the verification found");
            }
            tokio::time::sleep(pace.every).await;
        }
    }

    /// What the last verification of the log found, if there was one.
    pub async fn last_verification(&self) -> Result<Option<Verified>, ReadError> {
        let Some(bucket) = self.existing_bucket().await.map_err(unavailable)? else {
            return Ok(None);
        };
        read_key(&bucket, VERIFIED).await.map_err(unavailable)
    }

    async fn keep_verified(&self, verified: &Verified) -> Result<(), Cause> {
        write_key(&self.bucket().await?, VERIFIED, verified).await
    }

    /// One round: the last event that is sound, and what is wrong behind it.
    async fn round(
        &self,
        pace: Pace,
        shown: &watch::Sender<Verification>,
    ) -> (Seq, Option<String>) {
        let end = self.end_once_known().await;
        let mut entries = pin!(self.follow_in_steps(Position::START, FetchSize::SMALL));
        let (began, mut seen, mut position) = (Instant::now(), 0_u32, Seq(0));
        shown.send_modify(|shown| shown.position = Seq(0));
        while position < end
            && let Some(entry) = entries.next().await
        {
            match entry.map_err(Fault::from).and_then(|entry| check_event(&entry)) {
                Ok(seq) => position = seq,
                Err(fault) => {
                    shown.send_modify(|shown| shown.position = position);
                    return (position, Some(self.damage(&fault).await));
                }
            }
            seen += 1;
            if seen.is_multiple_of(EVENTS_PER_PAUSE) {
                shown.send_modify(|shown| shown.position = position);
                tokio::time::sleep_until(began + due(seen, pace.rate)).await;
            }
        }
        shown.send_modify(|shown| shown.position = position);
        (position, None)
    }

    /// What is wrong, and which events are missing in all: the reading ends at the first.
    async fn damage(&self, fault: &Fault) -> String {
        let gaps = self.gaps().await.unwrap_or_default();
        if gaps.is_empty() {
            return sentence(fault);
        }
        let first: Vec<String> = gaps.iter().take(MAX_GAPS).map(Gap::to_string).collect();
        let more = if gaps.len() > MAX_GAPS { " and more" } else { "" };
        format!("{}; missing are {}{more}", sentence(fault), first.join(", "))
    }

    /// Where the log ends, once the server tells.
    async fn end_once_known(&self) -> Seq {
        loop {
            match self.end().await {
                Ok(end) => return end,
                // Whoever monitors the log logs that it is away.
                Err(_) => tokio::time::sleep(Duration::from_secs(5)).await,
            }
        }
    }
}

/// How many gaps are told.
const MAX_GAPS: usize = 20;

/// So many events are read between two pauses, each of which keeps the rate.
const EVENTS_PER_PAUSE: u32 = 20;

/// When so many events may have been read.
fn due(events: u32, rate: u32) -> Duration {
    Duration::from_secs(1).mul_f64(f64::from(events) / f64::from(rate.max(1)))
}

/// Checks what an event says whose place in the chain was checked.
fn check_event(entry: &Entry) -> Result<Seq, Fault> {
    entry.check().map_err(|source| Fault::Event { seq: entry.seq, source })?;
    Ok(entry.seq)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_events_take_at_least_so_long() {
        assert_eq!(due(500, 1000), Duration::from_millis(500));
        assert_eq!(due(0, 0), Duration::ZERO);
    }
}
