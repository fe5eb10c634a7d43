//! The servers that all tests of a process share.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::{EmbeddedError, Nats, Postgres};

/// One nats-server and one Postgres for all the tests of a process, each started when first asked
/// for.
///
/// A static is never dropped: the servers end with the process, and their directories with them.
#[derive(Debug, Default)]
pub struct Servers {
    nats: OnceLock<Nats>,
    postgres: OnceLock<Postgres>,
    databases: AtomicU32,
}

/// The servers that the tests of this process share.
pub fn for_tests() -> &'static Servers {
    static SERVERS: OnceLock<Servers> = OnceLock::new();
    SERVERS.get_or_init(Servers::default)
}

impl Servers {
    /// The shared nats-server. Streams are shared too: a test that wants one to itself starts its
    /// own with [`Nats::start_for_tests`].
    pub fn nats(&self) -> &Nats {
        self.nats.get_or_init(|| started(Nats::start_for_tests()))
    }

    /// The shared Postgres. A test takes a database of its own ([`Self::fresh_database`]).
    pub fn postgres(&self) -> &Postgres {
        self.postgres.get_or_init(|| started(Postgres::start_for_tests()))
    }

    /// Where to connect to a database that no other test sees.
    pub fn fresh_database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        started(self.postgres().create_database(&format!("test_{number}")))
    }
}

/// A test without its servers cannot go on; it shall say why.
fn started<T>(server: Result<T, EmbeddedError>) -> T {
    server.unwrap_or_else(|e| {
        let cause = std::error::Error::source(&e).map(|cause| format!(": {cause}"));
        panic!("{e}{}", cause.unwrap_or_default())
    })
}
