//! The log: every event there ever was, in one order, on one JetStream stream.

mod append;
mod connection;
mod deliveries;
mod entry;
mod follow;
mod key;
mod read;
mod seal;
mod select;
mod stream;

use std::time::Duration;

use async_nats::jetstream;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::Cause;

pub use append::AppendError;
pub use entry::Entry;
pub use key::KeyError;
pub use read::{Break, ReadError};
pub use seal::{Sealed, seal};
pub use select::{Selection, Since};

/// How long a question to JetStream may take before it counts as lost.
const ANSWER: Duration = Duration::from_secs(5);

/// A connection to the log. Cheap to clone; it heals by itself, for ever.
#[derive(Clone, Debug)]
pub struct Log {
    /// Counts how often the connection was lost, so that a reader notices at once. Goes before the
    /// client: a connection that ends when nobody listens any more was not lost.
    outages: watch::Receiver<u64>,
    client: async_nats::Client,
    jetstream: jetstream::Context,
    stream: jetstream::stream::Stream<()>,
    replicas: usize,
}

/// How to open the log.
#[derive(Clone, Debug)]
pub struct LogOptions {
    /// How many servers keep a copy of a log that is made now: 1, or 3 on a cluster.
    pub replicas: usize,
    /// How long to wait for servers that are only just starting.
    pub patience: Duration,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self { replicas: 1, patience: Duration::from_secs(10) }
    }
}

/// Why the log cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("connect to NATS at {url}; is nats-server running there?")]
    Connect { url: String, source: Cause },
    #[error("nats-server {found} cannot write several events at once; install 2.12 or later")]
    OldServer { found: String },
    #[error("set up stream {name}; is JetStream enabled on the server?", name = stream::NAME)]
    Stream(#[source] Cause),
    #[error("stream {name} would lose events: {0}; correct its settings", name = stream::NAME)]
    Lossy(String),
}

impl Log {
    /// Connects to the log, and makes its stream when there is none yet.
    pub async fn open(nats_url: &str, options: LogOptions) -> Result<Self, LogError> {
        let deadline = Instant::now() + options.patience;
        let (client, outages) = connection::open(nats_url, deadline).await?;
        if !client.is_server_compatible(2, 12, 0) {
            return Err(LogError::OldServer { found: client.server_info().version });
        }
        let jetstream =
            jetstream::context::ContextBuilder::new().timeout(ANSWER).build(client.clone());
        stream::ensure(&jetstream, options.replicas, deadline).await?;
        let stream = jetstream
            .get_stream_no_info(stream::NAME)
            .await
            .map_err(|error| LogError::Stream(error.into()))?;
        Ok(Self { client, jetstream, stream, replicas: options.replicas, outages })
    }

    /// Whether the connection stands at this moment.
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == async_nats::connection::State::Connected
    }
}
