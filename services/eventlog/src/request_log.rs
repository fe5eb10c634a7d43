//! The stream beside the log that records what clients asked of SCIM: a convenience for whoever looks for
//! a mistake, and no part of the log.
//!
//! What a record says is its writer's business (`proto/requests`). Nobody waits for a record, old ones go
//! by themselves, and those of a person who is erased are overwritten.

use std::collections::BTreeSet;
use std::time::Duration;

use async_nats::jetstream::stream::{Config, DiscardPolicy, PersistenceMode};
use bytes::Bytes;
use events::Seq;
use futures_util::Stream;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::access::{Access, Server};
use crate::backwards;
use crate::connection::{Connection, Purpose, REQUEST_TIMEOUT};
use crate::direct_get::{self, Begin};
use crate::entry::Entry;
use crate::erase::{EraseError, overwrite};
use crate::error::{Cause, LogError, ReadError, unavailable};
use crate::log::Log;
use crate::looked_up;
use crate::stream_name::StreamName;
use crate::tail::tail;

/// The stream beside the default log.
const BASE: &str = "REQUESTS";

/// So many records are asked for at a time, when a person's are looked for.
const PAGE: usize = 500;

/// The recorded requests beside a log. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RequestLog {
    log: Log,
    name: StreamName,
    /// Apart from the connection that appends events, which shall not wait.
    connection: Connection,
}

/// How long requests are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestRetention {
    /// Older ones go.
    pub max_age: Duration,
    /// If there are more bytes, the oldest go.
    pub max_bytes: u32,
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestMessage {
    /// Its number.
    pub seq: u64,
    /// Its subject.
    pub subject: String,
    /// What it says.
    pub body: Bytes,
}

impl RequestLog {
    /// The recorded requests beside `log`; the stream is made, or told how long to keep them.
    pub async fn open(log: &Log, retention: RequestRetention) -> Result<Self, LogError> {
        let recorded = Self::of(log).await?;
        let wanted = recorded.settings(retention);
        let failed = |source: Cause| LogError::Stream { stream: recorded.name.clone(), source };
        let jetstream = &log.main.jetstream;
        let found = looked_up::stream(jetstream, recorded.name.as_str()).await.map_err(failed)?;
        match found.map(|found| found.cached_info().config.clone()) {
            None => {
                let made = jetstream.create_stream(wanted).await;
                made.map_err(|error| failed(error.into()))?;
            }
            Some(known)
                if known.max_age == wanted.max_age && known.max_bytes == wanted.max_bytes => {}
            Some(known) => {
                let changed =
                    Config { max_age: wanted.max_age, max_bytes: wanted.max_bytes, ..known };
                if let Err(error) = jetstream.update_stream(changed).await {
                    let (error, stream) =
                        (&error as &dyn std::error::Error, recorded.name.as_str());
                    tracing::warn!(error, stream, "requests are kept for as long as before");
                }
            }
        }
        Ok(recorded)
    }

    /// The recorded requests beside `log`, if any were ever recorded; nothing is made.
    pub async fn find(log: &Log) -> Result<Option<Self>, ReadError> {
        let recorded = Self::of(log).await.map_err(unavailable)?;
        let found = looked_up::stream(&log.main.jetstream, recorded.name.as_str()).await;
        Ok(found.map_err(ReadError::Unavailable)?.map(|_| recorded))
    }

    async fn of(log: &Log) -> Result<Self, LogError> {
        let connection = log.connect_reader().await?;
        Ok(Self { log: log.clone(), name: log.name.beside(BASE), connection })
    }

    /// With one replica, a record is acknowledged before it is on disk: nobody is promised any.
    fn settings(&self, retention: RequestRetention) -> Config {
        let replicas = self.log.replicas;
        Config {
            name: self.name.to_string(),
            description: Some("What clients asked of SCIM, for a while".to_owned()),
            subjects: vec![self.stored("req.>")],
            num_replicas: replicas,
            max_age: retention.max_age,
            max_bytes: retention.max_bytes.into(),
            discard: DiscardPolicy::Old,
            allow_direct: true,
            persist_mode: (replicas == 1).then_some(PersistenceMode::Async),
            ..Config::default()
        }
    }

    fn stored(&self, subject: &str) -> String {
        self.log.name.stored(subject)
    }

    /// Whether a record would go anywhere now.
    pub fn is_connected(&self) -> bool {
        self.connection.is_up()
    }

    /// Records a request. No answer is awaited: whether it is kept nobody hears.
    pub async fn record(&self, subject: &str, body: Bytes) -> Result<(), Cause> {
        Ok(self.connection.client.publish(self.stored(subject), body).await?)
    }

    /// The numbers of the first and the last record that there are; the first is behind the last if there
    /// is none.
    pub async fn extent(&self) -> Result<(u64, u64), ReadError> {
        if !self.log.is_connected() {
            return Err(unavailable("there is no connection to NATS"));
        }
        let found = looked_up::stream(&self.log.main.jetstream, self.name.as_str()).await;
        let found = found.map_err(ReadError::Unavailable)?;
        Ok(found.map_or((1, 0), |stream| {
            let state = &stream.cached_info().state;
            (state.first_sequence, state.last_sequence)
        }))
    }

    /// Up to `limit` records from number `from` on, under subjects like `pattern`, as any replica knows
    /// them.
    pub async fn page(
        &self,
        pattern: &str,
        from: u64,
        limit: usize,
    ) -> Result<Vec<RequestMessage>, ReadError> {
        self.ask(pattern, Begin::Seq(from.max(1)), limit).await
    }

    /// The same, from a time on.
    pub async fn page_since(
        &self,
        pattern: &str,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<RequestMessage>, ReadError> {
        self.ask(pattern, Begin::StartTime(since), limit).await
    }

    async fn ask(
        &self,
        pattern: &str,
        begin: Begin,
        limit: usize,
    ) -> Result<Vec<RequestMessage>, ReadError> {
        let pattern = self.stored(pattern);
        let asked = direct_get::batch(&self.connection, &self.name, &pattern, begin, limit);
        let answered = tokio::time::timeout(REQUEST_TIMEOUT, asked).await;
        let mut entries = answered.map_err(unavailable)?.map_err(ReadError::Unavailable)?;
        entries.truncate(limit);
        Ok(entries.iter().map(RequestMessage::of).collect())
    }

    /// The newest `limit` records under subjects like `pattern`, or the newest of those before a number, in
    /// their order; and whether there are others before them.
    pub async fn newest(
        &self,
        pattern: &str,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<RequestMessage>, bool), ReadError> {
        let pattern = self.stored(pattern);
        let found =
            backwards::newest(&self.connection, &self.name, &pattern, before, limit).await?;
        Ok((found.0.iter().map(RequestMessage::of).collect(), found.1))
    }

    /// Every record behind number `after`, and on from there as they come, for ever. An outage is waited
    /// out. A stream that ends before `after` is another one: that is an error, and ends it.
    pub fn follow(
        &self,
        after: u64,
    ) -> impl Stream<Item = Result<RequestMessage, ReadError>> + Send + use<> {
        use futures_util::StreamExt as _;
        let entries = tail(&self.log, &self.name, after, "the recorded requests");
        entries.map(|entry| entry.map(|entry| RequestMessage::of(&entry)))
    }

    /// How many records there are under subjects like one of these; as many as a page has at most.
    pub async fn count(&self, patterns: &[String]) -> Result<usize, ReadError> {
        let mut found = BTreeSet::new();
        for pattern in patterns {
            found.extend(self.page(pattern, 1, PAGE).await?.into_iter().map(|one| one.seq));
        }
        Ok(found.len())
    }

    /// Overwrites the records under subjects like one of these in the stream's files, as the user who
    /// may: see [`Log::erase`]. Tells how many there were.
    pub async fn erase(
        &self,
        patterns: &[String],
        url: Option<&str>,
        access: &Access,
    ) -> Result<u64, EraseError> {
        let server = match url {
            Some(url) => Server { url: url.to_owned(), access: access.clone() },
            None => (*self.log.server).clone(),
        };
        let connection = Connection::open(&server, Purpose::Reading, Instant::now()).await?;
        let stream = connection.jetstream.get_stream_no_info(self.name.as_str()).await;
        let stream = stream.map_err(unavailable)?;
        let mut erased = 0;
        for pattern in patterns {
            let mut from = 1;
            loop {
                let page = self.page(pattern, from, PAGE).await?;
                let Some(last) = page.last() else { break };
                from = last.seq + 1;
                for record in &page {
                    overwrite(&stream, &self.name, Seq(record.seq)).await?;
                    erased += 1;
                }
            }
        }
        Ok(erased)
    }
}

impl RequestMessage {
    fn of(entry: &Entry) -> Self {
        Self { seq: entry.seq.0, subject: entry.subject().to_owned(), body: entry.body_bytes() }
    }
}
