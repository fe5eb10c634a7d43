//! The durable consumers through which subscribers read the feed.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use async_nats::datetime::{DateTime, parse_rfc3339};
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, Info, pull};
use async_nats::jetstream::context::ConsumerInfoErrorKind;
use events::{Seq, SubscriberId};
use futures_util::TryStreamExt as _;
use jiff::Timestamp;

use crate::error::{Cause, ReadError, unavailable};
use crate::feed::Feed;

/// An event that nobody acknowledges for so long is delivered again.
const ACK_WAIT: Duration = Duration::from_secs(30);
/// How many events may be delivered and not yet acknowledged.
const MAX_UNACKNOWLEDGED: i64 = 1000;
/// How many requests for events a subscriber may have open.
const MAX_WAITING: i64 = 64;
/// How many events one request may ask for.
const MAX_BATCH: i64 = 1000;
/// How long a request may stay open. The border between accounts forgets a request after two
/// minutes, so it has to end before.
const MAX_EXPIRES: Duration = Duration::from_mins(1);
/// Under which name a consumer says whose it is.
const SUBSCRIBER: &str = "rollcall-subscriber";
/// Under which name it says where in the log that one was added.
const ADDED: &str = "rollcall-added";

/// The consumer that a subscriber is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriberConsumer {
    /// What it is called.
    pub name: String,
    /// Whose it is.
    pub subscriber: SubscriberId,
    /// Where in the log the subscriber was added: of two that have one name after the other, the later
    /// one counts.
    pub added: Seq,
    /// The subjects of what it delivers, as the messages say them, with wildcards; none overlaps with
    /// another.
    pub subjects: BTreeSet<String>,
    /// Whether it delivers nothing for now.
    pub paused: bool,
}

/// A consumer of a subscriber that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptConsumer {
    /// What it is called.
    pub name: String,
    /// Whose it is.
    pub subscriber: SubscriberId,
    /// Where in the log the subscriber was added.
    pub added: Seq,
    /// Whether it delivers nothing for now.
    pub paused: bool,
    /// All up to this message of the stream is acknowledged.
    pub acknowledged: u64,
    /// This is the last message that it delivered.
    pub delivered: u64,
    /// How many messages it has delivered that are not acknowledged.
    pub unacknowledged: u64,
    /// How many messages it has to deliver.
    pub pending: u64,
    /// How many messages it has delivered more than once, and that are not acknowledged.
    pub redelivered: u64,
    /// Whether somebody waits for messages now.
    pub awaited: bool,
}

impl KeptConsumer {
    /// Whether there is nothing that it has to deliver, or that is not acknowledged.
    pub fn is_idle(&self) -> bool {
        self.pending == 0 && self.unacknowledged == 0
    }
}

/// How far a subscriber has acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcknowledgedFloor {
    /// All that it was delivered is acknowledged up to this message of the stream.
    pub position: u64,
    /// The first message of the stream that its consumer may deliver. The floor of a new consumer lies just before:
    /// that acknowledges nothing.
    pub first: u64,
    /// When it acknowledged last.
    pub at: Option<Timestamp>,
}

impl Feed {
    /// How far a subscriber has acknowledged by its consumer; none if it has no such consumer.
    pub async fn acknowledged(
        &self,
        consumer: &str,
        subscriber: SubscriberId,
    ) -> Result<Option<AcknowledgedFloor>, Cause> {
        let stream = self.jetstream().get_stream_no_info(self.stream_name().as_str()).await?;
        // One that was removed a moment ago has none.
        let info = match stream.consumer_info(consumer).await {
            Ok(info) => info,
            Err(error) if error.kind() == ConsumerInfoErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let is_theirs = kept(&info).is_some_and(|kept| kept.subscriber == subscriber);
        let at = info.ack_floor.last_active;
        let at = at.and_then(|at| Timestamp::from_nanosecond(at.unix_timestamp_nanos()).ok());
        let first = match info.config.deliver_policy {
            DeliverPolicy::ByStartSequence { start_sequence } => start_sequence,
            // What we make begins with the first there is, or with a sequence.
            DeliverPolicy::All
            | DeliverPolicy::Last
            | DeliverPolicy::New
            | DeliverPolicy::ByStartTime { .. }
            | DeliverPolicy::LastPerSubject => 0,
        };
        let floor = AcknowledgedFloor { position: info.ack_floor.stream_sequence, first, at };
        Ok(is_theirs.then_some(floor))
    }

    /// All consumers of subscribers.
    pub async fn subscriber_consumers(&self) -> Result<Vec<KeptConsumer>, ReadError> {
        let stream = self.jetstream().get_stream_no_info(self.stream_name().as_str()).await;
        let all = stream.map_err(unavailable)?.consumers();
        let all: Vec<Info> = all.try_collect().await.map_err(unavailable)?;
        Ok(all.iter().filter_map(kept).collect())
    }

    /// The consumer of this name, if it is one of a subscriber.
    pub async fn subscriber_consumer(&self, name: &str) -> Result<Option<KeptConsumer>, ReadError> {
        let stream = self.jetstream().get_stream_no_info(self.stream_name().as_str()).await;
        match stream.map_err(unavailable)?.consumer_info(name).await {
            Ok(info) => Ok(kept(&info)),
            Err(error) if error.kind() == ConsumerInfoErrorKind::NotFound => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// Makes a consumer that begins behind a message of the stream, or lets one that is there deliver
    /// what is wanted now; it goes on where it stands then.
    pub async fn keep_subscriber_consumer(
        &self,
        wanted: &SubscriberConsumer,
        after: u64,
    ) -> Result<(), Cause> {
        let stream = self.stream_name().as_str();
        let there = self.jetstream().get_stream_no_info(stream).await?;
        let mut config = self.config(wanted, after);
        if let Ok(info) = there.consumer_info(&wanted.name).await {
            // Where it began is not ours to say again.
            config.deliver_policy = info.config.deliver_policy;
            if info.paused && !wanted.paused {
                there.resume_consumer(&wanted.name).await?;
            } else if !info.paused && wanted.paused {
                there.pause_consumer(&wanted.name, for_ever()?).await?;
            }
        }
        self.jetstream().create_consumer_on_stream(config, stream).await?;
        Ok(())
    }

    /// Deletes a consumer, and with it how far the subscriber has read. One that is gone is deleted.
    pub async fn delete_subscriber_consumer(&self, name: &str) -> Result<(), Cause> {
        let stream = self.stream_name().as_str();
        match self.jetstream().delete_consumer_from_stream(name, stream).await {
            Ok(_) => Ok(()),
            Err(error) => {
                let there = self.jetstream().get_stream_no_info(stream).await?;
                if there.consumer_info(name).await.is_err() { Ok(()) } else { Err(error.into()) }
            }
        }
    }

    fn config(&self, wanted: &SubscriberConsumer, after: u64) -> pull::Config {
        let SubscriberConsumer { name, subscriber, added, subjects, paused } = wanted;
        let deliver_policy = match after {
            0 => DeliverPolicy::All,
            after => DeliverPolicy::ByStartSequence { start_sequence: after + 1 },
        };
        pull::Config {
            durable_name: Some(name.clone()),
            description: Some("A subscriber of the feed".to_owned()),
            deliver_policy,
            filter_subjects: subjects.iter().map(|subject| self.stored(subject)).collect(),
            ack_policy: AckPolicy::Explicit,
            ack_wait: ACK_WAIT,
            max_deliver: -1,
            max_ack_pending: MAX_UNACKNOWLEDGED,
            max_waiting: MAX_WAITING,
            max_batch: MAX_BATCH,
            max_expires: MAX_EXPIRES,
            // Of one that is there, the server goes by what it was told last.
            pause_until: paused.then(for_ever).transpose().ok().flatten(),
            // As many copies as the feed has.
            num_replicas: 0,
            metadata: HashMap::from([
                (SUBSCRIBER.to_owned(), subscriber.to_string()),
                (ADDED.to_owned(), added.to_string()),
            ]),
            ..pull::Config::default()
        }
    }
}

/// A pause has an end for JetStream, if one that nobody lives to see.
fn for_ever() -> Result<DateTime, Cause> {
    parse_rfc3339("2200-01-01T00:00:00Z")
}

fn kept(info: &Info) -> Option<KeptConsumer> {
    let said = |name: &str| info.config.metadata.get(name);
    Some(KeptConsumer {
        name: info.name.clone(),
        subscriber: said(SUBSCRIBER)?.parse().ok()?,
        added: Seq(said(ADDED)?.parse().ok()?),
        paused: info.paused,
        acknowledged: info.ack_floor.stream_sequence,
        delivered: info.delivered.stream_sequence,
        unacknowledged: info.num_ack_pending as u64,
        pending: info.num_pending,
        redelivered: info.num_redelivered as u64,
        awaited: info.num_waiting > 0,
    })
}
