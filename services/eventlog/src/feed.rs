//! The stream of the feed: what applications are told, in one order.
//!
//! What a message says is its writer's business (`services/delivery`). Like the log, it is appended to
//! by whoever knows where it ends, so that two writers cannot both tell the same.

use std::sync::Arc;

use async_nats::jetstream::stream::{Config, LastRawMessageErrorKind};
use bytes::Bytes;
use events::{EmployeeId, Seq, Tenant};
use futures_util::Stream;
use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::append::AppendError;
use crate::connection::Connection;
use crate::entry::Entry;
use crate::erase::{EraseError, overwrite};
use crate::error::{Break, LogError, ReadError, unavailable};
use crate::log::Log;
use crate::looked_up;
use crate::publish::{Outgoing, publish};
use crate::stream::{all_is_kept, faults, found_or_made};
use crate::stream_name::StreamName;
use crate::tail::tail;

mod page;

pub use page::FeedPage;

/// The stream beside the default log.
pub(crate) const BASE: &str = "FEED";

/// The feed beside a log. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Feed {
    log: Log,
    name: StreamName,
    /// For pages, of which each is bounded: see [`crate::connection`].
    reading: Connection,
    pages: Arc<Semaphore>,
}

/// A message of the feed, ready to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedMessage {
    /// The subject that it says of itself: `feed.<tenant>.<entity>.<id>.<fact>`.
    pub subject: String,
    /// Its headers.
    pub headers: Vec<(&'static str, String)>,
    /// Its body.
    pub body: Bytes,
}

/// How far the feed goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedEnd {
    /// The last message.
    pub seq: u64,
    /// When the stream was made: one that is made anew is another feed, whatever it holds.
    pub created: Timestamp,
}

impl Feed {
    /// The feed beside `log`, made if there is none yet.
    pub async fn open(log: &Log) -> Result<Self, LogError> {
        let reading = log.connect_reader().await?;
        let feed = Self::of(log, log.name.beside(BASE), reading);
        let faults_of = |config: &Config| faults(&feed.subjects(), config);
        found_or_made(&log.main.jetstream, &feed.name, feed.settings(), faults_of).await?;
        Ok(feed)
    }

    /// The feed beside `log`, if there is one; nothing is made.
    pub async fn find(log: &Log) -> Result<Option<Self>, ReadError> {
        let name = log.name.beside(BASE);
        let found = looked_up::stream(&log.main.jetstream, name.as_str()).await;
        if found.map_err(ReadError::Unavailable)?.is_none() {
            return Ok(None);
        }
        let reading = log.connect_reader().await.map_err(unavailable)?;
        Ok(Some(Self::of(log, name, reading)))
    }

    fn of(log: &Log, name: StreamName, reading: Connection) -> Self {
        let pages = Arc::new(Semaphore::new(page::AT_ONCE));
        Self { log: log.clone(), name, reading, pages }
    }

    /// Whether anything is left of what was told of a person, but that they were erased.
    pub async fn tells_of(&self, tenant: &Tenant, employee: EmployeeId) -> Result<bool, ReadError> {
        let subject = format!("feed.{tenant}.employee.{employee}.>");
        let page = self.page_of(&subject, 0, 2).await?;
        Ok(page.entries.iter().any(|entry| !entry.subject().ends_with(".erased")))
    }

    /// The stream that holds it.
    pub fn stream_name(&self) -> &StreamName {
        &self.name
    }

    /// The subject under which the stream keeps a message that says `subject` of itself; also for
    /// subjects with wildcards.
    pub fn stored(&self, subject: &str) -> String {
        self.log.name.stored(subject)
    }

    pub(crate) fn jetstream(&self) -> &async_nats::jetstream::Context {
        &self.log.main.jetstream
    }

    fn subjects(&self) -> String {
        self.stored("feed.>")
    }

    /// Deleting stays possible to those whom the server's permissions allow it, as in the log: what
    /// was told of a person goes when they are erased.
    fn settings(&self) -> Config {
        Config {
            name: self.name.to_string(),
            description: Some("What applications are told, in one order".to_owned()),
            subjects: vec![self.subjects()],
            num_replicas: self.log.replicas,
            allow_atomic_publish: true,
            ..all_is_kept()
        }
    }

    /// Appends messages, all or none, if the feed still ends at `after`.
    pub async fn append(&self, after: u64, batch: &[FeedMessage]) -> Result<(), AppendError> {
        let outgoing: Vec<Outgoing<'_>> = batch
            .iter()
            .map(|message| Outgoing {
                subject: self.stored(&message.subject),
                headers: &message.headers,
                body: &message.body,
            })
            .collect();
        publish(&self.log.main, after, &outgoing).await
    }

    /// How far it goes now.
    pub async fn end(&self) -> Result<FeedEnd, ReadError> {
        if !self.log.is_connected() {
            // The client would hold the question back until it times out.
            return Err(unavailable("there is no connection to NATS"));
        }
        let stream = looked_up::stream(&self.log.main.jetstream, self.name.as_str()).await;
        let stream = stream.map_err(ReadError::Unavailable)?.ok_or(Break::NoStream)?;
        let info = stream.cached_info();
        let created = Timestamp::from_nanosecond(info.created.unix_timestamp_nanos());
        let created = created.map_err(unavailable)?;
        Ok(FeedEnd { seq: info.state.last_sequence, created })
    }

    /// The last message, of a tenant or of all, as the stream's leader knows it.
    pub async fn last(&self, tenant: Option<&Tenant>) -> Result<Option<Entry>, ReadError> {
        let subject = match tenant {
            Some(tenant) => self.stored(&format!("feed.{tenant}.>")),
            None => self.subjects(),
        };
        let stream = self.log.main.jetstream.get_stream_no_info(self.name.as_str()).await;
        let stream = stream.map_err(unavailable)?;
        match stream.get_last_raw_message_by_subject(&subject).await {
            Ok(message) => Ok(Some(Entry::stored(&self.name, message))),
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// Every message behind `after`, and on from there as they come, for ever. An outage is waited
    /// out. A feed that ends before `after` is another one: that is an error, and ends the stream.
    pub fn follow(
        &self,
        after: u64,
    ) -> impl Stream<Item = Result<Entry, ReadError>> + Send + use<> {
        tail(&self.log, &self.name, after, "the feed")
    }

    /// Overwrites a message in the stream's files.
    pub async fn delete(&self, seq: u64) -> Result<(), EraseError> {
        let stream = self.log.main.jetstream.get_stream_no_info(self.name.as_str()).await;
        overwrite(&stream.map_err(unavailable)?, &self.name, Seq(seq)).await
    }
}
