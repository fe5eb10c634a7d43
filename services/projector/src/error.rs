//! Why a projection cannot go on.

use std::time::Duration;

use deadpool_postgres::PoolError;
use eventlog::ReadError;
use events::{Seq, Undecodable};
use tokio_postgres::error::SqlState;

use crate::database::{SqlError, WaitError};

/// Why a projection cannot go on, for now or for good.
#[derive(Debug, thiserror::Error)]
pub enum ProjectorError {
    /// The name cannot be a schema of ours.
    #[error("{0:?} is no name for a read model; use 1 to 63 of a-z, 0-9 and _")]
    BadSlot(String),
    /// No connection to Postgres could be made.
    #[error("connect to Postgres")]
    Connect(#[from] PoolError),
    /// Postgres did not answer within this time.
    #[error("Postgres has not answered for {} s", .0.as_secs())]
    Silent(Duration),
    /// A statement failed.
    #[error("write to Postgres")]
    Write(#[source] SqlError),
    /// The schema could not be made.
    #[error("make the schema {slot}; if another program uses that name, remove it")]
    Schema {
        /// Its name.
        slot: String,
        /// Why not.
        source: SqlError,
    },
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The read model was removed from under the projection.
    #[error("the schema {slot} is gone, or a table in it; building the read model again")]
    Dropped {
        /// The schema's name.
        slot: String,
    },
    /// The slot was made by other rules or tables, so that only their release goes on with it.
    #[error("the read model in schema {slot} was made by other rules or tables")]
    Foreign {
        /// The schema's name.
        slot: String,
    },
    /// The slot lacks a table.
    #[error("the read model in schema {slot} lacks a table")]
    Incomplete {
        /// The schema's name.
        slot: String,
    },
    /// There is no such slot.
    #[error("there is no read model in schema {slot}")]
    Absent {
        /// The schema's name.
        slot: String,
    },
    /// The checkpoint is not where it was left: another instance moved it or keeps it, or the schema
    /// is another slot's now.
    #[error("the checkpoint of {slot} is not where it was left")]
    Moved {
        /// The schema's name.
        slot: String,
    },
    /// An event is not what this release, or any, can read.
    #[error("event {seq} cannot be read, so nothing after it is applied")]
    Undecodable {
        /// Its position.
        seq: Seq,
        /// What is wrong with it.
        source: Undecodable,
    },
    /// Too much fails alike: it is not about those people and groups, and nobody is parked for it.
    #[error(
        "more than {limit} people, groups or bookings have an event that cannot be \
         applied, within a minute and for one cause, so nothing is: {message}"
    )]
    ManyFail {
        /// How many may.
        limit: usize,
        /// What happens with each.
        message: String,
    },
}

impl From<tokio_postgres::Error> for ProjectorError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Write(error.into())
    }
}

impl From<WaitError> for ProjectorError {
    fn from(error: WaitError) -> Self {
        match error {
            WaitError::Connect(error) => Self::Connect(error),
            WaitError::Ask(error) => Self::Write(error),
            // Nobody waits here.
            WaitError::TooLate { .. } => Self::Silent(Duration::ZERO),
        }
    }
}

impl ProjectorError {
    /// Whether the read model was removed from under the projection.
    pub(crate) fn is_dropped(&self) -> bool {
        matches!(self, Self::Dropped { .. })
    }

    /// Whether Postgres has no room left.
    pub(crate) fn is_disk_full(&self) -> bool {
        match self {
            Self::Write(error) | Self::Schema { source: error, .. } => {
                error.0.code() == Some(&SqlState::DISK_FULL)
            }
            Self::BadSlot(_)
            | Self::Connect(_)
            | Self::Silent(_)
            | Self::Read(_)
            | Self::Dropped { .. }
            | Self::Foreign { .. }
            | Self::Incomplete { .. }
            | Self::Absent { .. }
            | Self::Moved { .. }
            | Self::ManyFail { .. }
            | Self::Undecodable { .. } => false,
        }
    }

    /// What it is about, in a word that metrics may have as a label: the SQLSTATE, where Postgres
    /// says one.
    pub(crate) fn cause(&self) -> &str {
        match self {
            Self::Write(error) | Self::Schema { source: error, .. } => {
                error.0.code().map_or("connection", SqlState::code)
            }
            Self::Connect(_) | Self::Silent(_) => "connection",
            Self::Read(_) => "log",
            Self::Undecodable { .. } => "unreadable",
            Self::Dropped { .. } | Self::Incomplete { .. } | Self::Absent { .. } => "schema",
            Self::BadSlot(_) | Self::Foreign { .. } => "rules",
            Self::Moved { .. } => "moved",
            Self::ManyFail { .. } => "many-alike",
        }
    }

    /// Whether the checkpoint is not where it was left, which is no fault.
    pub(crate) fn is_moved(&self) -> bool {
        matches!(self, Self::Moved { .. })
    }

    /// Whether it is about what stands in the slot, so that to try again there is no use.
    pub(crate) fn is_of_slot(&self) -> bool {
        matches!(self, Self::Foreign { .. } | Self::Incomplete { .. } | Self::Absent { .. })
    }

    /// Whether it passes by itself, like a server that is away; if not, somebody must mend it.
    pub fn passes(&self) -> bool {
        match self {
            Self::Connect(_)
            | Self::Silent(_)
            | Self::Read(ReadError::Unavailable(_))
            | Self::Moved { .. }
            | Self::Dropped { .. } => true,
            Self::Write(error) | Self::Schema { source: error, .. } => transient(&error.0),
            Self::Read(
                ReadError::Broken(_) | ReadError::Undecodable { .. } | ReadError::BadSelection(_),
            )
            | Self::Undecodable { .. }
            | Self::Foreign { .. }
            | Self::Incomplete { .. }
            | Self::Absent { .. }
            | Self::ManyFail { .. }
            | Self::BadSlot(_) => false,
        }
    }
}

/// Without a word from the server the connection is lost; with one, its class decides.
fn transient(error: &tokio_postgres::Error) -> bool {
    // Connection exception, transaction rollback, insufficient resources, operator intervention.
    const PASSING: [&str; 4] = ["08", "40", "53", "57"];
    // A lock that somebody holds for longer than it should is given back some time.
    if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) {
        return true;
    }
    match error.code().map(SqlState::code) {
        Some(code) => PASSING.iter().any(|class| code.starts_with(class)),
        None => true,
    }
}
