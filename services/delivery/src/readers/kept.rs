//! Where it is kept how far readers are, and why it may not be there.

use axum::http::{HeaderValue, StatusCode, header};
use deadpool_postgres::PoolError;
use eventlog::sentence;
use projector::Database;
use projector::database::SqlError;
use tokio::sync::watch;
use web::Problem;

/// Why it cannot be said or kept how far a reader is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadersError {
    /// This process was given no database.
    #[error("there is no DATABASE_URL, which it would be kept in")]
    Nowhere,
    /// The database was not connected to yet.
    #[error("Postgres is not connected to yet")]
    NotYet,
    /// It was not kept in time.
    #[error("it was not kept in time")]
    TooLate,
    /// The pool gave no connection.
    #[error("borrow a connection to keep how far readers are")]
    Connect(#[from] PoolError),
    /// A statement failed.
    #[error("keep how far readers are")]
    Ask(#[source] SqlError),
}

impl From<tokio_postgres::Error> for ReadersError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Ask(error.into())
    }
}

impl From<ReadersError> for Problem {
    fn from(error: ReadersError) -> Self {
        let later = match error {
            ReadersError::Nowhere => {
                let why = "this service keeps no places of subscribers, since it has no DATABASE_URL; \
                           ask its operator, or leave out `subscriber` and keep the cursor yourself";
                return Self::new(StatusCode::SERVICE_UNAVAILABLE, why);
            }
            ReadersError::NotYet
            | ReadersError::TooLate
            | ReadersError::Connect(_)
            | ReadersError::Ask(_) => {
                "how far the subscriber is cannot be read or kept just now; ask again in a moment"
            }
        };
        tracing::debug!(error = sentence(&error), "a reader's place");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, later)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("2"))
    }
}

/// The database, if it is there.
pub(super) fn connected(
    database: &watch::Receiver<Option<Database>>,
) -> Result<Database, ReadersError> {
    let known = database.borrow().clone();
    let missing = || match database.has_changed() {
        Ok(_) => ReadersError::NotYet,
        Err(_) => ReadersError::Nowhere,
    };
    known.ok_or_else(missing)
}
