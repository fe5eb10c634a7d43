//! The log: every event there ever was, in one order, on one JetStream stream.
//!
//! No other crate knows JetStream. Time, ids and secrets come from [`clock`] and [`ids`] alone.

mod append;
pub mod clock;
mod connection;
mod consumers;
pub mod continuity;
mod deliveries;
mod entry;
mod examine;
mod follow;
pub mod ids;
mod key;
pub mod mark;
mod open;
mod read;
mod seal;
mod select;
mod sentence;
mod stream;
pub mod unkept;
mod verify;
mod watch;

use std::time::Duration;

use async_nats::jetstream;
use tokio::time::Instant;

use connection::{Connection, Purpose};

pub use append::AppendError;
pub use consumers::{BadConsumerName, Consumer, ConsumerError, ConsumerName, NewConsumer};
pub use continuity::{Discrepancy, Evidence, Loss};
pub use entry::Entry;
pub use key::KeyError;
pub use mark::Verified;
pub use open::{LogError, LogOptions, LostEvents};
pub use read::{Break, ReadError};
pub use seal::{Sealed, seal};
pub use select::{Selection, Since};
pub use sentence::sentence;
pub use unkept::Unkept;
pub use verify::{Pace, Verification};
pub use watch::Continuity;

/// What went wrong beneath us, whoever's error it is.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// How long a question to JetStream may take before it counts as lost.
const ANSWER: Duration = Duration::from_secs(5);

/// A connection to the log. Cheap to clone; it heals by itself, for ever.
#[derive(Clone, Debug)]
pub struct Log {
    /// For appends and questions. Each reader has a connection of its own.
    main: Connection,
    stream: jetstream::stream::Stream<()>,
    url: std::sync::Arc<str>,
    replicas: usize,
}

impl Log {
    /// Whether the connection stands at this moment.
    pub fn is_connected(&self) -> bool {
        self.main.is_up()
    }

    /// A connection for a reader.
    async fn connect(&self) -> Result<Connection, LogError> {
        Connection::open(&self.url, Purpose::Reading, Instant::now()).await
    }
}
