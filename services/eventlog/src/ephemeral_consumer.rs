//! A consumer of the server's that lives as long as one reader reads: ordered, without
//! acknowledgements, since the reader keeps its own position.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use events::Seq;
use futures_util::StreamExt;
use tokio::sync::watch;

use crate::connection::Connection;
use crate::entry::Entry;
use crate::error::Cause;
use crate::stream_name::StreamName;

/// How much one fetch asks for; the next is sent when half of it has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FetchSize {
    messages: usize,
    /// A server cuts a connection for which 64 MiB wait. At most one fetch and a half are open at a
    /// time, and no reader shares its connection.
    bytes: usize,
}

impl FetchSize {
    /// For a reader that wants to be done.
    pub(crate) const LARGE: Self = Self { messages: 2000, bytes: 16 << 20 };
    /// For a reader in the background, which must not disturb others.
    pub(crate) const SMALL: Self = Self { messages: 200, bytes: 16 << 20 };
}

/// The server tells this often that the consumer still is there; two silences end it.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// How long a fetch stays open.
const EXPIRES: Duration = Duration::from_secs(30);
/// When the server drops a consumer that nobody fetches from.
const INACTIVE_THRESHOLD: Duration = Duration::from_mins(1);

/// Delivers messages in the stream's order, none left out. It ends with the connection, with the
/// server that leads it, or with a message that is lost on its way; the reader then makes another
/// from where it is.
pub(crate) struct EphemeralConsumer {
    stream: StreamName,
    messages: pull::Stream,
    outages: watch::Receiver<u64>,
    /// How many messages have come.
    delivered: u64,
    /// How many messages there were to deliver when the consumer was made.
    pub(crate) pending: u64,
}

impl EphemeralConsumer {
    /// Makes one for the messages whose subjects match `filter`, as the stream keeps them, or for all.
    pub(crate) async fn create(
        connection: &Connection,
        stream: &StreamName,
        filter: Option<String>,
        from: DeliverPolicy,
        size: FetchSize,
    ) -> Result<Self, Cause> {
        let mut outages = connection.outages.clone();
        outages.mark_unchanged();
        let config = pull::Config {
            deliver_policy: from,
            ack_policy: AckPolicy::None,
            filter_subject: filter.unwrap_or_default(),
            inactive_threshold: INACTIVE_THRESHOLD,
            memory_storage: true,
            num_replicas: 1,
            ..pull::Config::default()
        };
        let consumer =
            connection.jetstream.create_consumer_on_stream(config, stream.as_str()).await?;
        // The server answers a fetch that is smaller than the next message with an error.
        let bytes = size.bytes.max(connection.client.max_payload());
        let pending = consumer.cached_info().num_pending;
        let messages = consumer
            .stream()
            .max_messages_per_batch(size.messages)
            .max_bytes_per_batch(bytes)
            .heartbeat(HEARTBEAT)
            .expires(EXPIRES)
            .messages()
            .await?;
        Ok(Self { stream: stream.clone(), messages, outages, delivered: 0, pending })
    }

    /// The next event, once there is one. After an error there are no more.
    pub(crate) async fn next(&mut self) -> Result<Entry, Cause> {
        let message = tokio::select! {
            biased;
            message = self.messages.next() => message.ok_or("the consumer ended")??,
            _ = self.outages.changed() => return Err("the connection was lost".into()),
        };
        let info = message.info()?;
        self.delivered += 1;
        if info.consumer_sequence != self.delivered {
            return Err("a message was lost on its way here".into());
        }
        let seq = Seq(info.stream_sequence);
        let message = message.message;
        let headers = message.headers.unwrap_or_default();
        Ok(Entry::new(&self.stream, seq, message.subject, headers, message.payload))
    }
}
