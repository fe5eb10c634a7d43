//! Comparing the log on the server with what is known of it: the I/O of [`crate::continuity`].

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::continuity::{self, Discrepancy, Evidence, Extent, Loss, PositionContent};
use crate::error::ReadError;
use crate::log::{ELECTION_TIMEOUT, Log};

impl Log {
    /// In what the log does not agree with the evidence, at this moment. The evidence must be
    /// gathered before the call, since the log grows.
    pub async fn check_continuity(
        &self,
        evidence: &[Evidence],
    ) -> Result<Vec<Discrepancy>, ReadError> {
        Ok(self.check_with_extent(evidence).await?.1)
    }

    /// The same, and how far the log goes.
    pub(crate) async fn check_with_extent(
        &self,
        evidence: &[Evidence],
    ) -> Result<(Option<Extent>, Vec<Discrepancy>), ReadError> {
        let extent = self.extent().await?;
        // Positions that an erasure names count as if their events were there.
        let accounted = match extent {
            Some(extent) => {
                let messages = extent.last.0.saturating_sub(self.unnamed_holes(&extent).await?);
                Some(Extent { messages, ..extent })
            }
            None => None,
        };
        let mut found = BTreeMap::new();
        for seq in continuity::positions_to_look_up(extent.as_ref(), evidence) {
            let at = match self.get(seq).await? {
                None => match self.position_at(seq).await? {
                    Some(erased) => PositionContent::Event(erased.chain),
                    None => PositionContent::Nothing,
                },
                Some(entry) => {
                    entry.chain().map_or(PositionContent::Foreign, PositionContent::Event)
                }
            };
            found.insert(seq, at);
        }
        let discrepancies = continuity::compare(accounted.as_ref(), &found, evidence);
        Ok((extent, discrepancies))
    }

    /// The same as a verdict, after the time that a new leader may need until it shows all events.
    pub async fn confirm_continuity(
        &self,
        evidence: &[Evidence],
    ) -> Result<Result<(), Loss>, ReadError> {
        let deadline = Instant::now() + ELECTION_TIMEOUT;
        loop {
            let discrepancies = self.check_continuity(evidence).await?;
            if discrepancies.is_empty() {
                return Ok(Ok(()));
            }
            if Instant::now() > deadline {
                return Ok(Err(Loss(discrepancies)));
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}
