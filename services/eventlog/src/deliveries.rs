//! Messages of the stream as the server delivers them.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use events::Seq;
use futures_util::StreamExt;
use tokio::sync::watch;

use crate::Cause;
use crate::connection::Connection;
use crate::{Entry, stream};

/// How much one request asks for; the next is sent when half of it has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    messages: usize,
    /// A server cuts a connection for which 64 MiB wait. At most one request and a half are open at
    /// a time, and no reader shares its connection.
    bytes: usize,
}

impl Request {
    /// For a reader that wants to be done.
    pub(crate) const LARGE: Self = Self { messages: 2000, bytes: 16 << 20 };
    /// For a reader that has all night, and must not be in anybody's way.
    pub(crate) const SMALL: Self = Self { messages: 200, bytes: 16 << 20 };
}

/// A server that is silent for two of these has forgotten us.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// How long a request stays open.
const EXPIRES: Duration = Duration::from_secs(30);
/// When the server drops a consumer that nobody reads.
const FORGOTTEN: Duration = Duration::from_mins(1);

/// One run of deliveries, in order and without a hole. It ends with the connection, the server
/// that leads it, or a message lost on the way; whoever reads opens another from where they are.
///
/// The consumer keeps no state worth having: nothing is acknowledged, the reader knows its place.
pub(crate) struct Deliveries {
    messages: pull::Stream,
    outages: watch::Receiver<u64>,
    /// How many messages of the run have come.
    delivered: u64,
    /// How many messages there were when the run began.
    pub(crate) waiting: u64,
}

impl Deliveries {
    /// Opens a run over the subjects that match `filter`.
    pub(crate) async fn open(
        connection: &Connection,
        filter: &str,
        from: DeliverPolicy,
        request: Request,
    ) -> Result<Self, Cause> {
        let mut outages = connection.outages.clone();
        outages.mark_unchanged();
        let config = pull::Config {
            deliver_policy: from,
            ack_policy: AckPolicy::None,
            filter_subject: filter.to_owned(),
            inactive_threshold: FORGOTTEN,
            memory_storage: true,
            num_replicas: 1,
            ..pull::Config::default()
        };
        let consumer = connection.jetstream.create_consumer_on_stream(config, stream::NAME).await?;
        // The server answers a request that is smaller than the next message with an error.
        let bytes = request.bytes.max(connection.client.max_payload());
        let waiting = consumer.cached_info().num_pending;
        let messages = consumer
            .stream()
            .max_messages_per_batch(request.messages)
            .max_bytes_per_batch(bytes)
            .heartbeat(HEARTBEAT)
            .expires(EXPIRES)
            .messages()
            .await?;
        Ok(Self { messages, outages, delivered: 0, waiting })
    }

    /// The next message, once there is one. An error ends the run.
    pub(crate) async fn next(&mut self) -> Result<Entry, Cause> {
        let message = tokio::select! {
            biased;
            message = self.messages.next() => message.ok_or("the deliveries ended")??,
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
        Ok(Entry::new(seq, message.subject, headers, message.payload))
    }
}
