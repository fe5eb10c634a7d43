//! Verifying the whole log in the background.
//!
//! A start from a snapshot reads only what is behind it, so damage before it would show at the next
//! start without one. Damage found here stops nobody: what is in memory and in the read models was
//! read while the log was sound, and a gateway that stopped would keep leavers active. But somebody
//! must look, before a start or a rebuild needs what is damaged.

use std::pin::pin;
use std::time::Duration;

use events::{Digest, Position, Seq};
use futures_util::StreamExt;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::deliveries::Request;
use crate::mark::Verified;
use crate::{Cause, clock};
use crate::{Entry, Log, ReadError};

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

/// What can be wrong with an event that stands in line.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("the body of event {0} is not the one that was written: its digest is another")]
    Body(Seq),
}

impl Log {
    /// Verifies chain and bodies from the first event to the last, now and then every so often, for
    /// ever: on a connection of its own, in small steps, and no faster than `pace` allows.
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
            if let Err(error) = self.set_verified(&verified).await {
                let error: &Cause = &error;
                tracing::warn!(%error, "cannot note what the verification found");
            }
            tokio::time::sleep(pace.every).await;
        }
    }

    /// One round: the last event that is sound, and what is wrong behind it.
    async fn round(
        &self,
        pace: Pace,
        shown: &watch::Sender<Verification>,
    ) -> (Seq, Option<String>) {
        let end = self.end_for_certain().await;
        let mut entries = pin!(self.followed(Position::START, Request::SMALL));
        let (began, mut seen, mut position) = (Instant::now(), 0_u32, Seq(0));
        shown.send_modify(|shown| shown.position = Seq(0));
        while position < end
            && let Some(entry) = entries.next().await
        {
            match entry.map_err(Fault::from).and_then(|entry| body(&entry)) {
                Ok(seq) => position = seq,
                Err(fault) => {
                    shown.send_modify(|shown| shown.position = position);
                    return (position, Some(crate::sentence(&fault)));
                }
            }
            seen += 1;
            if seen.is_multiple_of(STEP) {
                shown.send_modify(|shown| shown.position = position);
                tokio::time::sleep_until(began + due(seen, pace.rate)).await;
            }
        }
        shown.send_modify(|shown| shown.position = position);
        (position, None)
    }

    /// Where the log ends, once the server tells.
    async fn end_for_certain(&self) -> Seq {
        loop {
            match self.end().await {
                Ok(end) => return end,
                // Whoever watches over the log says so.
                Err(_) => tokio::time::sleep(Duration::from_secs(5)).await,
            }
        }
    }
}

/// So many events are read in one go.
const STEP: u32 = 20;

/// When so many events may have been read.
fn due(events: u32, rate: u32) -> Duration {
    Duration::from_secs(1).mul_f64(f64::from(events) / f64::from(rate.max(1)))
}

/// Checks the body of an event whose place in the chain was checked.
fn body(entry: &Entry) -> Result<Seq, Fault> {
    let told =
        entry.digest().map_err(|source| ReadError::Undecodable { seq: entry.seq, source })?;
    if Digest::of(entry.body()) == told { Ok(entry.seq) } else { Err(Fault::Body(entry.seq)) }
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
