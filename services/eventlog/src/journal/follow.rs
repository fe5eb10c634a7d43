//! Reading the journal, and on as it grows.

use std::time::Duration;

use futures_util::{Stream, stream};

use super::{Journal, JournalRecord};
use crate::connection::Connection;
use crate::ephemeral_consumer::EphemeralConsumer;
use crate::error::{Break, ReadError};

/// How long nothing may come before the reader asks whether there is something.
const IDLE_TIMEOUT: Duration = Duration::from_secs(3);
/// How long until a journal is looked for that is not there.
const RETRY_DELAY: Duration = Duration::from_millis(500);

impl Journal {
    /// Every record behind `after`, and on from there as they come, for ever. An outage is waited
    /// out, and so is a journal that nobody has made yet. A journal that ends before `after` is
    /// another one: that is an error, and ends the stream.
    pub fn follow(
        &self,
        after: u64,
    ) -> impl Stream<Item = Result<JournalRecord, ReadError>> + Send + use<> {
        let follower =
            Follower { journal: self.clone(), position: after, reading: None, told: false };
        stream::unfold(Some(follower), async |follower| {
            let mut follower = follower?;
            let next = follower.next().await;
            let follower = next.is_ok().then_some(follower);
            Some((next, follower))
        })
    }
}

struct Follower {
    journal: Journal,
    /// The last record that was delivered.
    position: u64,
    /// The consumer first, so that it is dropped before its connection.
    reading: Option<(EphemeralConsumer, Connection)>,
    /// Whether the outage that lasts was logged.
    told: bool,
}

impl Follower {
    async fn next(&mut self) -> Result<JournalRecord, ReadError> {
        loop {
            let Some((consumer, _)) = &mut self.reading else {
                match self.resume().await {
                    Ok(()) => {}
                    Err(error @ ReadError::Unavailable(_)) => self.wait(&error).await,
                    Err(error) => return Err(error),
                }
                continue;
            };
            match tokio::time::timeout(IDLE_TIMEOUT, consumer.next()).await {
                Ok(Ok(entry)) => {
                    self.position = entry.seq.0;
                    return Ok(JournalRecord { seq: entry.seq.0, body: entry.body_bytes() });
                }
                Ok(Err(_lost)) => self.reading = None,
                // A server that came back without the stream would be waited for in vain.
                Err(_idle) => match self.journal.end().await {
                    Ok(end) if end == self.position => {}
                    Ok(_) | Err(_) => self.reading = None,
                },
            }
        }
    }

    async fn resume(&mut self) -> Result<(), ReadError> {
        let end = self.journal.end().await?;
        if end < self.position {
            let (read, end) = (events::Seq(self.position), events::Seq(end));
            return Err(Break::Short { read, end }.into());
        }
        if end == 0 {
            // There may be no stream yet, in which no consumer can be made.
            tokio::time::sleep(RETRY_DELAY).await;
            return Ok(());
        }
        let connection = self.journal.connect_reader().await?;
        let consumer = self.journal.consumer(&connection, self.position).await?;
        if std::mem::take(&mut self.told) {
            tracing::info!(after = self.position, "reads the journal of operations again");
        }
        self.reading = Some((consumer, connection));
        Ok(())
    }

    async fn wait(&mut self, error: &ReadError) {
        // The log's own connection tells of an outage of NATS; this is about the journal alone.
        if !self.told && self.journal.log.is_connected() {
            let error = error as &dyn std::error::Error;
            tracing::warn!(error, "cannot read the journal of operations; trying until it works");
            self.told = true;
        }
        tokio::time::sleep(RETRY_DELAY).await;
    }
}
