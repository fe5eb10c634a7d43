//! Following a stream beside the log as it grows.

use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use events::Seq;
use futures_util::{Stream, stream};

use crate::connection::Connection;
use crate::entry::Entry;
use crate::ephemeral_consumer::{EphemeralConsumer, FetchSize};
use crate::error::{Break, ReadError, unavailable};
use crate::log::Log;
use crate::looked_up;
use crate::stream_name::StreamName;

/// How long nothing may come before the reader asks whether there is something.
const IDLE_TIMEOUT: Duration = Duration::from_secs(3);
/// How long until a stream is looked for that is not there.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// Every message of the stream `name` behind `after`, and on from there as they come, for ever. An
/// outage is waited out, and so is a stream that nobody has made yet. A stream that ends before
/// `after` is another one: that is an error, and ends the following. `what` is what the stream holds,
/// in a line of the program's log.
pub(crate) fn tail(
    log: &Log,
    name: &StreamName,
    after: u64,
    what: &'static str,
) -> impl Stream<Item = Result<Entry, ReadError>> + Send + use<> {
    let follower = Follower {
        log: log.clone(),
        name: name.clone(),
        position: after,
        reading: None,
        told: false,
        what,
    };
    stream::unfold(Some(follower), async |follower| {
        let mut follower = follower?;
        let next = follower.next().await;
        let follower = next.is_ok().then_some(follower);
        Some((next, follower))
    })
}

/// The position of the last message of a stream beside the log; 0 if there is none, or no stream.
pub(crate) async fn end(log: &Log, name: &StreamName) -> Result<u64, ReadError> {
    if !log.is_connected() {
        // The client would hold the question back until it times out.
        return Err(unavailable("there is no connection to NATS"));
    }
    let stream = looked_up::stream(&log.main.jetstream, name.as_str()).await;
    let stream = stream.map_err(ReadError::Unavailable)?;
    Ok(stream.map_or(0, |stream| stream.cached_info().state.last_sequence))
}

struct Follower {
    log: Log,
    name: StreamName,
    /// The last message that was delivered.
    position: u64,
    /// The consumer first, so that it is dropped before its connection.
    reading: Option<(EphemeralConsumer, Connection)>,
    /// Whether the outage that lasts was logged.
    told: bool,
    what: &'static str,
}

impl Follower {
    async fn next(&mut self) -> Result<Entry, ReadError> {
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
                    return Ok(entry);
                }
                Ok(Err(_lost)) => self.reading = None,
                // A server that came back without the stream would be waited for in vain.
                Err(_idle) => match end(&self.log, &self.name).await {
                    Ok(end) if end == self.position => {}
                    Ok(_) | Err(_) => self.reading = None,
                },
            }
        }
    }

    async fn resume(&mut self) -> Result<(), ReadError> {
        let end = end(&self.log, &self.name).await?;
        if end < self.position {
            return Err(Break::Short { read: Seq(self.position), end: Seq(end) }.into());
        }
        if end == 0 {
            // There may be no stream yet, in which no consumer can be made.
            tokio::time::sleep(RETRY_DELAY).await;
            return Ok(());
        }
        let connection = self.log.connect_reader().await.map_err(unavailable)?;
        let from = DeliverPolicy::ByStartSequence { start_sequence: self.position + 1 };
        let size = FetchSize::SMALL;
        let made = EphemeralConsumer::create(&connection, &self.name, None, from, size).await;
        let consumer = made.map_err(unavailable)?;
        if std::mem::take(&mut self.told) {
            tracing::info!(after = self.position, "reads {} again", self.what);
        }
        self.reading = Some((consumer, connection));
        Ok(())
    }

    async fn wait(&mut self, error: &ReadError) {
        // The log's own connection tells of an outage of NATS; this is about the stream alone.
        if !self.told && self.log.is_connected() {
            let error = error as &dyn std::error::Error;
            tracing::warn!(error, "cannot read {}; trying until it works", self.what);
            self.told = true;
        }
        tokio::time::sleep(RETRY_DELAY).await;
    }
}
