//! What to do when a projection cannot go on: wait, and say so once.

use std::error::Error;
use std::time::Duration;

use tokio_postgres::error::SqlState;

use crate::ProjectorError;
use eventlog::{ReadError, sentence};

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);
/// How often to try again what somebody must mend.
const STUCK: Duration = Duration::from_secs(30);

/// A row of failures without work in between.
#[derive(Debug, Default)]
pub(crate) struct Outage {
    failures: u32,
    /// What was said last.
    said: String,
}

impl Outage {
    /// How long to wait after `error`. Says what is wrong, unless it has just been said.
    pub(crate) fn pause(&mut self, slot: &str, error: &ProjectorError, worked: bool) -> Duration {
        if worked {
            *self = Self::default();
        }
        self.failures += 1;
        let why = sentence(error);
        if why != self.said {
            let cause: &dyn Error = error;
            if error.passes() {
                tracing::warn!(slot, error = cause, "the projection waits, and goes on by itself");
            } else {
                tracing::error!(slot, error = cause, "the projection has stopped");
            }
            self.said = why;
        }
        if error.passes() {
            (FIRST * 2_u32.pow(self.failures.min(7) - 1)).min(LONGEST)
        } else {
            STUCK
        }
    }
}

impl ProjectorError {
    /// Whether the read model was removed from under the projection.
    pub(crate) fn is_dropped(&self) -> bool {
        matches!(self, Self::Dropped { .. })
    }

    /// Whether it passes by itself, like a server that is away; if not, somebody must mend it.
    pub fn passes(&self) -> bool {
        match self {
            Self::Connect(_)
            | Self::Silent(_)
            | Self::Read(ReadError::Unavailable(_))
            | Self::Dropped { .. } => true,
            Self::Write(error) | Self::Schema { source: error, .. } => transient(&error.0),
            Self::Read(
                ReadError::Broken(_) | ReadError::Undecodable { .. } | ReadError::BadSelection(_),
            )
            | Self::Undecodable { .. }
            | Self::BadSlot(_) => false,
        }
    }
}

/// Without a word from the server the connection is lost; with one, its class decides.
fn transient(error: &tokio_postgres::Error) -> bool {
    // Connection exception, transaction rollback, insufficient resources, operator intervention.
    const PASSING: [&str; 4] = ["08", "40", "53", "57"];
    match error.code().map(SqlState::code) {
        Some(code) => PASSING.iter().any(|class| code.starts_with(class)),
        None => true,
    }
}
