//! Why a read was not answered, and the one place where that meets a status code.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use deadpool_postgres::PoolError;
use events::{AlertId, EmployeeId, Seq, TeamId};
use projector::database::{SqlError, WaitError};
use projector::sql::QueryError;
use web::position::Seen;
use web::{Forbidden, Problem};

/// Why a read was not answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("{}", .0.detail)]
    Problem(Problem),
    #[error("{0}")]
    Missing(Missing, Seq),
    #[error("the read models have not got as far as `Rollcall-After` yet; ask again in a moment")]
    Behind { wanted: Seq, reached: Seq },
    #[error(
        "other reads of this tenant hold all connections that one tenant may have; ask again in a moment, and for fewer things at once"
    )]
    OwnReadsBusy,
    #[error("the read model {0} is being built from the log; ask again in a moment")]
    Building(&'static str),
    #[error(
        "the API token is not known yet, as the read model that knows tokens is behind the log; one that was issued lately will be known in a moment, so ask again"
    )]
    UnknownToken,
    #[error("Postgres does not answer, so nothing can be read; ask again in a moment")]
    Silent,
    #[error("the read models cannot be read just now; ask again in a moment")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ReadError {
    /// How far the read models were that did not have what was wanted.
    fn seen(&self) -> Option<Seq> {
        match self {
            Self::Missing(_, seen) | Self::Behind { reached: seen, .. } => Some(*seen),
            Self::Problem(_)
            | Self::OwnReadsBusy
            | Self::Building(_)
            | Self::UnknownToken
            | Self::Silent
            | Self::Unavailable(_) => None,
        }
    }
}

/// What a tenant does not have.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Missing {
    #[error("there is no employee {0} in this tenant; GET employees lists those that there are")]
    Employee(EmployeeId),
    #[error("there is no team {0} in this tenant; GET teams lists those that there are")]
    Team(TeamId),
    #[error("no leaver of this tenant has the id {0}; GET leavers lists those that there are")]
    Leaver(EmployeeId),
    #[error("there is no alert {0} in this tenant; GET alerts lists those that there are")]
    Alert(AlertId),
    #[error("there is no booking {0:?} in this tenant; GET bookings lists those that there are")]
    Booking(String),
}

/// After how many seconds a caller may try again: the length of a short outage.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        let detail = error.to_string();
        let later = |detail| {
            Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
                .with_header(header::RETRY_AFTER, RETRY_AFTER)
        };
        match error {
            ReadError::Problem(problem) => problem,
            ReadError::Missing(..) => Self::new(StatusCode::NOT_FOUND, detail),
            ReadError::UnknownToken => Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
                .with_header(header::RETRY_AFTER, HeaderValue::from_static("5")),
            ReadError::Behind { .. }
            | ReadError::OwnReadsBusy
            | ReadError::Building(_)
            | ReadError::Silent
            | ReadError::Unavailable(_) => later(detail),
        }
    }
}

impl IntoResponse for ReadError {
    fn into_response(self) -> Response {
        if let Self::Unavailable(_) = &self {
            let error: &dyn std::error::Error = &self;
            tracing::error!(error, "a read was not answered");
        }
        let seen = self.seen();
        let mut response = Problem::from(self).into_response();
        if let Some(seen) = seen {
            response.extensions_mut().insert(Seen(seen));
        }
        response
    }
}

impl From<Problem> for ReadError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Forbidden> for ReadError {
    fn from(why: Forbidden) -> Self {
        Self::Problem(why.into())
    }
}

impl From<PoolError> for ReadError {
    fn from(error: PoolError) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<tokio_postgres::Error> for ReadError {
    /// What callers send was read before Postgres was asked with it, so this is an outage, or a
    /// read model that is only being built.
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Unavailable(SqlError::from(error).into())
    }
}

impl From<WaitError> for ReadError {
    fn from(error: WaitError) -> Self {
        match error {
            WaitError::TooLate { wanted, reached } => Self::Behind { wanted, reached },
            WaitError::Connect(error) => error.into(),
            WaitError::Ask(error) => Self::Unavailable(error.into()),
        }
    }
}

impl From<QueryError> for ReadError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::BadCursor(bad) => {
                Self::Problem(Problem::malformed(format!("query parameter after: {bad}")))
            }
            QueryError::Database(error) => error.into(),
        }
    }
}
