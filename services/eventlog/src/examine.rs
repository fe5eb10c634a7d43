//! The questions to the server behind [`crate::continuity`].

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::jetstream::context::GetStreamErrorKind;
use events::Seq;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::continuity::{self, At, Discrepancy, Evidence, Extent, Loss};
use crate::follow::ELECTION;
use crate::read::{is_no_stream, unavailable};
use crate::{Log, ReadError, stream};

impl Log {
    /// How far the log goes; none, if there is no stream.
    pub async fn extent(&self) -> Result<Option<Extent>, ReadError> {
        match self.main.jetstream.get_stream(stream::NAME).await {
            Ok(stream) => {
                let info = stream.cached_info();
                let created = info.created.unix_timestamp_nanos();
                let created = Timestamp::from_nanosecond(created).map_err(unavailable)?;
                let last = Seq(info.state.last_sequence);
                Ok(Some(Extent { created, last, messages: info.state.messages }))
            }
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(e) if is_no_stream(&e) => Ok(None),
                GetStreamErrorKind::JetStream(_)
                | GetStreamErrorKind::EmptyName
                | GetStreamErrorKind::Request
                | GetStreamErrorKind::InvalidStreamName => Err(unavailable(error)),
            },
        }
    }

    /// In what the log does not agree with what is known of it, at this moment. The evidence must
    /// be older than the question: a log grows.
    pub async fn examine(&self, evidence: &[Evidence]) -> Result<Vec<Discrepancy>, ReadError> {
        Ok(self.examined(evidence).await?.1)
    }

    /// The same, and how far the log goes.
    pub(crate) async fn examined(
        &self,
        evidence: &[Evidence],
    ) -> Result<(Option<Extent>, Vec<Discrepancy>), ReadError> {
        let extent = self.extent().await?;
        let mut found = BTreeMap::new();
        for seq in continuity::wanted(extent.as_ref(), evidence) {
            let at = match self.get(seq).await? {
                None => At::Nothing,
                Some(entry) => entry.chain().map_or(At::Foreign, At::Event),
            };
            found.insert(seq, at);
        }
        let discrepancies = continuity::compare(extent.as_ref(), &found, evidence);
        Ok((extent, discrepancies))
    }

    /// Fails with what is missing if the log does not agree with what is known of it, once it has
    /// had the time that a new leader may need until it shows all.
    pub async fn insist(&self, evidence: &[Evidence]) -> Result<Result<(), Loss>, ReadError> {
        let deadline = Instant::now() + ELECTION;
        loop {
            let discrepancies = self.examine(evidence).await?;
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
