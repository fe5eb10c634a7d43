//! Consumers on the log that are not ours. Nobody outside reads the log: applications read the feed, and
//! before there was one an operator made durable consumers for them here.

use async_nats::jetstream::consumer::Info;
use async_nats::jetstream::context::ConsumerInfoErrorKind;
use events::Seq;
use futures_util::TryStreamExt;

use crate::error::{Cause, ReadError, unavailable};
use crate::log::Log;
use crate::stream_name::StreamName;

/// A consumer as the server tells of it.
#[derive(Clone, Debug)]
pub struct Consumer {
    /// What it is called.
    pub name: String,
    /// The subjects, with wildcards, of the events that it delivers.
    pub subjects: Vec<String>,
    /// Where it delivers them, if it does not wait to be asked.
    pub pushes_to: Option<String>,
    /// All events up to this one are acknowledged.
    pub acknowledged: Seq,
    /// How many are still to be delivered.
    pub pending: u64,
}

/// Why a consumer was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum ConsumerError {
    /// There is none of this name.
    #[error("there is no consumer {0} (`rollcall consumer list` shows all)")]
    Unknown(String),
    /// The server refused.
    #[error(
        "JetStream did not do it; did you use the operator's NATS user? A service's user may not"
    )]
    Refused(#[source] Cause),
}

impl Log {
    /// All consumers that somebody made: what reads in this program makes is gone with its reader.
    pub async fn foreign_consumers(&self) -> Result<Vec<Consumer>, ReadError> {
        let stream =
            self.main.jetstream.get_stream(self.name.as_str()).await.map_err(unavailable)?;
        let all: Vec<Info> = stream.consumers().try_collect().await.map_err(unavailable)?;
        let is_foreign = |info: &&Info| {
            info.config.durable_name.is_some() || info.config.deliver_subject.is_some()
        };
        let foreign = all.iter().filter(is_foreign);
        let mut consumers: Vec<Consumer> =
            foreign.map(|info| described(&self.name, info)).collect();
        consumers.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(consumers)
    }

    /// Deletes such a consumer, and with it how far its reader was.
    pub async fn delete_consumer(&self, name: &str) -> Result<(), ConsumerError> {
        if let Err(error) = self.stream.consumer_info(name).await {
            return Err(match error.kind() {
                ConsumerInfoErrorKind::NotFound | ConsumerInfoErrorKind::InvalidName => {
                    ConsumerError::Unknown(name.to_owned())
                }
                ConsumerInfoErrorKind::Offline
                | ConsumerInfoErrorKind::StreamNotFound
                | ConsumerInfoErrorKind::Request
                | ConsumerInfoErrorKind::JetStream(_)
                | ConsumerInfoErrorKind::TimedOut
                | ConsumerInfoErrorKind::NoResponders => ConsumerError::Refused(error.into()),
            });
        }
        let asked = self.main.jetstream.delete_consumer_from_stream(name, self.name.as_str()).await;
        asked.map(|_| ()).map_err(|error| ConsumerError::Refused(error.into()))
    }
}

/// A consumer of `stream`, as the server describes it.
fn described(stream: &StreamName, info: &Info) -> Consumer {
    let config = &info.config;
    let filters = match &*config.filter_subject {
        "" => config.filter_subjects.clone(),
        subject => vec![subject.to_owned()],
    };
    // What is not of the stream by its name, such as `>`, is shown as it is.
    let own = |filter: &String| stream.of_event(filter).unwrap_or(filter).to_owned();
    Consumer {
        name: info.name.clone(),
        subjects: filters.iter().map(own).collect(),
        pushes_to: config.deliver_subject.clone(),
        acknowledged: Seq(info.ack_floor.stream_sequence),
        pending: info.num_pending,
    }
}
