//! Why progress cannot be read or kept.

use deadpool_postgres::PoolError;
use projector::database::SqlError;

/// Why progress cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum ProgressError {
    /// The pool gave no connection.
    #[error("borrow a connection to keep how far webhooks have come")]
    Connect(#[from] PoolError),
    /// A statement failed.
    #[error("keep how far webhooks have come")]
    Ask(#[source] SqlError),
    /// Another process sends webhooks now.
    #[error("another process sends webhooks now")]
    Replaced,
}

impl From<tokio_postgres::Error> for ProgressError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Ask(error.into())
    }
}
