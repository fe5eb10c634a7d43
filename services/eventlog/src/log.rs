//! The handle of an open log.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::access::Server;
use crate::connection::{Connection, Purpose};
use crate::error::LogError;
use crate::stream_name::StreamName;
use crate::tombstones::Known;

/// A new leader may need this long until it shows all that the old one had acknowledged.
pub(crate) const ELECTION_TIMEOUT: Duration = Duration::from_secs(5);

/// An open log. Cheap to clone; its connection recovers from outages by itself.
#[derive(Clone, Debug)]
pub struct Log {
    /// For appends and lookups. Each reader has a connection of its own.
    pub(crate) main: Connection,
    pub(crate) stream: jetstream::stream::Stream<()>,
    pub(crate) name: StreamName,
    pub(crate) server: Arc<Server>,
    /// How many servers keep a copy of what is made now.
    pub(crate) replicas: usize,
    /// What is known of erasures so far.
    pub(crate) erasures: Arc<Mutex<Known>>,
}

impl Log {
    /// Whether there is a connection to NATS at this moment.
    pub fn is_connected(&self) -> bool {
        self.main.is_up()
    }

    /// The stream that holds the log.
    pub fn stream_name(&self) -> &StreamName {
        &self.name
    }

    /// A new connection for one reader.
    pub(crate) async fn connect_reader(&self) -> Result<Connection, LogError> {
        Connection::open(&self.server, Purpose::Reading, Instant::now()).await
    }
}
