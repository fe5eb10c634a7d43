//! What may be told of an error of Postgres.

use std::error::Error;
use std::fmt;
use std::io;

/// An error of Postgres, in words that may be logged and shown: what was wrong, and with which
/// table. Postgres' own words may hold the values of a row (`Key (user_name)=(…) already exists`),
/// so they are left out, and so is the chain of causes.
#[derive(Debug)]
pub struct SqlError(pub tokio_postgres::Error);

/// The class of errors whose first line, too, holds values: `invalid input syntax for type uuid`.
const DATA_EXCEPTION: &str = "22";
/// The class of errors whose text somebody wrote into a function or a trigger.
const RAISED: &str = "P0";

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(told) = self.0.as_db_error() else {
            self.0.fmt(f)?;
            // Of other causes only this kind is certain to be about the connection.
            return match self.0.source().and_then(|cause| cause.downcast_ref::<io::Error>()) {
                Some(cause) => write!(f, ": {cause}"),
                None => Ok(()),
            };
        };
        let code = told.code().code();
        if code.starts_with(DATA_EXCEPTION) {
            write!(f, "Postgres refuses a value (SQLSTATE {code})")?;
        } else if code.starts_with(RAISED) {
            write!(f, "a function or a trigger refuses it (SQLSTATE {code})")?;
        } else {
            write!(f, "{} (SQLSTATE {code})", told.message())?;
        }
        match told.table() {
            Some(table) => write!(f, " on table {table}"),
            None => Ok(()),
        }
    }
}

impl Error for SqlError {}

impl From<tokio_postgres::Error> for SqlError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self(error)
    }
}
