//! Messages of the stream as the server delivers them.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use events::Seq;
use futures_util::StreamExt;
use tokio::sync::watch;

use super::{Entry, Log, stream};
use crate::Cause;

/// How many messages one request asks for; the next is sent when half of them have come.
const REQUEST: usize = 2000;
/// How many bytes one request asks for: a server cuts off a reader for whom 64 MiB wait.
const REQUEST_BYTES: usize = 16 << 20;
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
pub(super) struct Deliveries {
    messages: pull::Stream,
    outages: watch::Receiver<u64>,
    /// How many messages of the run have come.
    delivered: u64,
    /// How many messages there were when the run began.
    pub(super) waiting: u64,
}

impl Deliveries {
    /// Opens a run over the subjects that match `filter`.
    pub(super) async fn open(log: &Log, filter: &str, from: DeliverPolicy) -> Result<Self, Cause> {
        let mut outages = log.outages.clone();
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
        let consumer = log.jetstream.create_consumer_on_stream(config, stream::NAME).await?;
        let waiting = consumer.cached_info().num_pending;
        let messages = consumer
            .stream()
            .max_messages_per_batch(REQUEST)
            .max_bytes_per_batch(REQUEST_BYTES)
            .heartbeat(HEARTBEAT)
            .expires(EXPIRES)
            .messages()
            .await?;
        Ok(Self { messages, outages, delivered: 0, waiting })
    }

    /// The next message, once there is one. An error ends the run.
    pub(super) async fn next(&mut self) -> Result<Entry, Cause> {
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
