//! Looking up single events, and where the log ends.

use std::time::Duration;

use async_nats::jetstream::stream::LastRawMessageErrorKind;
use events::{EventId, Position, Seq};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::continuity::Extent;
use crate::entry::Entry;
use crate::error::{Break, ReadError, unavailable};
use crate::log::Log;
use crate::looked_up;
use crate::select::Selection;

/// How long [`Log::was_appended`] tries to reach a server that can tell. Callers who want to write
/// wait for it, and are better told to try again.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(3);

impl Log {
    /// How far the log goes; none, if there is no stream.
    pub async fn extent(&self) -> Result<Option<Extent>, ReadError> {
        let stream = looked_up::stream(&self.main.jetstream, self.name.as_str()).await;
        let Some(stream) = stream.map_err(ReadError::Unavailable)? else { return Ok(None) };
        let info = stream.cached_info();
        let created = info.created.unix_timestamp_nanos();
        let created = Timestamp::from_nanosecond(created).map_err(unavailable)?;
        let last = Seq(info.state.last_sequence);
        Ok(Some(Extent { created, last, messages: info.state.messages }))
    }

    /// The position of the last event; it may be inside a batch that is just being written.
    pub async fn end(&self) -> Result<Seq, ReadError> {
        Ok(self.extent().await?.ok_or(Break::NoStream)?.last)
    }

    /// The event at `seq`, as the stream's leader knows it: a replica may be behind.
    pub async fn get(&self, seq: Seq) -> Result<Option<Entry>, ReadError> {
        if seq.0 == 0 {
            return Ok(None);
        }
        let found = looked_up::message(self.stream.get_raw_message(seq.0).await)?;
        Ok(found.map(|message| Entry::stored(&self.name, message)))
    }

    /// The last event that says `subject` of itself, as the stream's leader knows it.
    pub async fn last_on(&self, subject: &str) -> Result<Option<Entry>, ReadError> {
        if !self.is_connected() {
            // The client would hold the question back until it times out.
            return Err(unavailable("there is no connection to NATS"));
        }
        match self.stream.get_last_raw_message_by_subject(&self.name.stored(subject)).await {
            Ok(message) => Ok(Some(Entry::stored(&self.name, message))),
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// The last event that is meant, wherever the selection begins, as the stream's leader knows it. It is looked up:
    /// [`Log::select`] opens a connection and makes a consumer, which takes a hundred times as long.
    pub async fn last_of(&self, selection: &Selection) -> Result<Option<Entry>, ReadError> {
        self.last_on(&selection.filter()?).await
    }

    /// The last event, if there is any.
    pub async fn last(&self) -> Result<Option<Entry>, ReadError> {
        self.get(self.end().await?).await
    }

    /// Whether the events that were to follow `after`, of which `first` is the first, are in the
    /// log: the question to ask after [`AppendError::Unknown`](crate::AppendError::Unknown). An
    /// append is all or nothing, so the first one answers for all.
    ///
    /// A no is of this moment: the append may still be on its way. It can do no harm, for it
    /// expects the end that your next append expects too, and only one of them can find it.
    pub async fn was_appended(&self, after: Position, first: EventId) -> Result<bool, ReadError> {
        let deadline = Instant::now() + LOOKUP_TIMEOUT;
        loop {
            let asked = if self.is_connected() {
                self.get(after.seq.next()).await
            } else {
                // The client would hold the question back until it times out.
                Err(unavailable("there is no connection to NATS"))
            };
            match asked {
                Ok(found) => return Ok(found.is_some_and(|entry| entry.id().ok() == Some(first))),
                Err(ReadError::Unavailable(_)) if Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(error) => return Err(error),
            }
        }
    }
}
