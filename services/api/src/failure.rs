//! Everything that can go wrong for a caller, and the one place where it meets a status code.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use deadpool_postgres::PoolError;
use events::{AlertId, EmployeeId, Scope, Seq, TeamId};
use projector::database::{SqlError, WaitError};
use projector::sql::QueryError;
use web::{Problem, Rejection, position};

use crate::question::BadQuestion;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the request has no API token; send one in the header Authorization: Bearer <token>")]
    NoToken,
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("the API token is unknown or was revoked; have an administrator issue another")]
    BadToken,
    #[error("the API token belongs to another tenant than the path names; use that tenant's token")]
    AnotherTenant,
    #[error("the API token lacks the scope {0}; have an administrator issue one that has it")]
    NoScope(Scope),
    #[error(transparent)]
    BadQuestion(#[from] BadQuestion),
    #[error("{0}")]
    BadPath(String),
    #[error("query parameter after: {0}")]
    BadCursor(String),
    #[error(
        "header Rollcall-After: {0:?} is no position; send the number that a write answered with"
    )]
    BadAfter(String),
    #[error("{0}")]
    Missing(Missing, Seq),
    #[error(
        "the read models are at position {reached} and not yet at {wanted}; ask again in a moment"
    )]
    Behind { wanted: Seq, reached: Seq },
    #[error(
        "other reads of this tenant hold all connections that one tenant may have; ask again in a moment, and for fewer things at once"
    )]
    OwnReadsBusy,
    #[error("the read model {0} is being built from the log; ask again in a moment")]
    Building(&'static str),
    #[error("Postgres does not answer, so nothing can be read; ask again in a moment")]
    Silent,
    #[error("the read models cannot be read just now; ask again in a moment")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What a tenant does not have.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(crate) enum Missing {
    #[error("there is no employee {0} in this tenant; GET employees lists those that there are")]
    Employee(EmployeeId),
    #[error("there is no team {0} in this tenant; GET teams lists those that there are")]
    Team(TeamId),
    #[error("no leaver of this tenant has the id {0}; GET leavers lists those that there are")]
    Leaver(EmployeeId),
    #[error("there is no alert {0} in this tenant; GET alerts lists those that there are")]
    Alert(AlertId),
}

/// After how many seconds a caller may try again: the length of a short outage.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::Rejected(why) => why.status(),
            Self::NoToken | Self::BadToken => StatusCode::UNAUTHORIZED,
            Self::AnotherTenant | Self::NoScope(_) => StatusCode::FORBIDDEN,
            Self::BadQuestion(_) | Self::BadPath(_) | Self::BadCursor(_) | Self::BadAfter(_) => {
                StatusCode::BAD_REQUEST
            }
            Self::Missing(..) => StatusCode::NOT_FOUND,
            Self::Behind { .. }
            | Self::OwnReadsBusy
            | Self::Building(_)
            | Self::Silent
            | Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// How far the read models were that said so.
    fn seen(&self) -> Option<Seq> {
        match self {
            Self::Missing(_, seen) | Self::Behind { reached: seen, .. } => Some(*seen),
            Self::NoToken
            | Self::Rejected(_)
            | Self::BadToken
            | Self::AnotherTenant
            | Self::NoScope(_)
            | Self::BadQuestion(_)
            | Self::BadPath(_)
            | Self::BadCursor(_)
            | Self::BadAfter(_)
            | Self::OwnReadsBusy
            | Self::Building(_)
            | Self::Silent
            | Self::Unavailable(_) => None,
        }
    }

    /// What the caller should show (RFC 6750 §3). Who sent no token is told no error code (§3.1).
    fn challenge(&self) -> Option<String> {
        match self {
            Self::NoToken => Some(r#"Bearer realm="rollcall""#.to_owned()),
            Self::BadToken => Some(r#"Bearer realm="rollcall", error="invalid_token""#.to_owned()),
            Self::AnotherTenant => {
                Some(r#"Bearer realm="rollcall", error="insufficient_scope""#.to_owned())
            }
            Self::NoScope(scope) => Some(format!(
                r#"Bearer realm="rollcall", error="insufficient_scope", scope="{scope}""#
            )),
            Self::Rejected(_)
            | Self::BadQuestion(_)
            | Self::BadPath(_)
            | Self::BadCursor(_)
            | Self::BadAfter(_)
            | Self::Missing(..)
            | Self::Behind { .. }
            | Self::OwnReadsBusy
            | Self::Building(_)
            | Self::Silent
            | Self::Unavailable(_) => None,
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<tokio_postgres::Error> for Failure {
    /// What callers send was read before Postgres was asked with it, so this is an outage, or a
    /// read model that is only being built.
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Unavailable(SqlError::from(error).into())
    }
}

impl From<WaitError> for Failure {
    fn from(error: WaitError) -> Self {
        match error {
            WaitError::TooLate { wanted, reached } => Self::Behind { wanted, reached },
            WaitError::Connect(error) => error.into(),
            WaitError::Ask(error) => Self::Unavailable(error.into()),
        }
    }
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::BadCursor(bad) => Self::BadCursor(bad.to_string()),
            QueryError::Database(error) => error.into(),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Self::Unavailable(_) = &self {
            let error: &dyn std::error::Error = &self;
            tracing::error!(error, "a read was not answered");
        }
        let status = self.status();
        let mut response = Problem::new(status, self.to_string()).into_response();
        if let Some(challenge) = self.challenge() {
            let challenge = challenge.parse().expect("challenges are of ASCII letters and signs");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seen) = self.seen() {
            response.headers_mut().insert(position::HEADER, seen.0.into());
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        if let Self::Rejected(why) = &self
            && let Some(seconds) = why.retry_after()
        {
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}
