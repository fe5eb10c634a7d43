//! Why a request to `/ops/v1` was not done. The one place where refusals meet status codes.

use access::CommandError;
use acts::JobRefusal;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use eventlog::ReadError;
use projector::ReadModel;
use projector::database::WaitError;
use projector::parked::ParkedError;
use web::Problem;

use crate::act_log::ActError;
use crate::audit;

/// What a caller is told.
#[derive(Debug)]
pub(crate) struct OpsError(Problem);

/// The words for programs in a problem, by which the command line chooses its exit code.
pub(crate) mod code {
    /// A safety rule refuses it.
    pub(crate) const REFUSED: &str = "refused";
    /// The world has moved since the plan was made.
    pub(crate) const PLAN_OUT_OF_DATE: &str = "plan-out-of-date";
    /// What was typed is no name of a thing of the program's own.
    pub(crate) const USAGE: &str = "usage";
}

impl OpsError {
    /// A safety rule refuses it; `why` says which, and what to do.
    pub(crate) fn refused(why: impl Into<String>) -> Self {
        Self(Problem::new(StatusCode::CONFLICT, why).with_code(code::REFUSED))
    }

    /// The world has moved since the plan was made.
    pub(crate) fn out_of_date(why: impl Into<String>) -> Self {
        Self(Problem::new(StatusCode::CONFLICT, why).with_code(code::PLAN_OUT_OF_DATE))
    }

    /// What the path names is not there.
    pub(crate) fn not_found(what: impl Into<String>) -> Self {
        Self(Problem::new(StatusCode::NOT_FOUND, what))
    }

    /// There is no projection of this name.
    pub(crate) fn no_projection(name: &str, known: &[ReadModel]) -> Self {
        let known: Vec<&str> = known.iter().map(|model| model.name).collect();
        let name: String = name.chars().take(64).collect();
        let why = format!("there is no projection {name:?}; there are {}", known.join(", "));
        Self(Problem::new(StatusCode::NOT_FOUND, why).with_code(code::USAGE))
    }

    /// Something is away, and comes back by itself.
    pub(crate) fn away(what: &str, error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::warn!(error, "{what}");
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, what);
        Self(problem.with_header(header::RETRY_AFTER, HeaderValue::from_static("2")))
    }
}

impl IntoResponse for OpsError {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl From<Problem> for OpsError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<ActError> for OpsError {
    fn from(error: ActError) -> Self {
        Self(audit::unavailable(&error))
    }
}

impl From<CommandError> for OpsError {
    fn from(error: CommandError) -> Self {
        Self(error.into())
    }
}

impl From<JobRefusal> for OpsError {
    fn from(refusal: JobRefusal) -> Self {
        let why = refusal.to_string();
        match refusal {
            JobRefusal::NoPlan(_) | JobRefusal::NoJob(_) => Self::not_found(why),
            JobRefusal::Expired { .. } | JobRefusal::GivenUp(_) | JobRefusal::OutOfDate { .. } => {
                Self::out_of_date(why)
            }
            JobRefusal::Busy { .. } | JobRefusal::NotNow { .. } | JobRefusal::NotKept { .. } => {
                Self::refused(why)
            }
        }
    }
}

impl From<ReadError> for OpsError {
    fn from(error: ReadError) -> Self {
        Self::away("the log cannot be read at present; try again shortly", &error)
    }
}

impl From<WaitError> for OpsError {
    fn from(error: WaitError) -> Self {
        Self::away("the read models cannot be read at present; try again shortly", &error)
    }
}

impl From<ParkedError> for OpsError {
    fn from(error: ParkedError) -> Self {
        Self::away("the read models cannot be asked at present; try again shortly", &error)
    }
}

impl From<deadpool_postgres::PoolError> for OpsError {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        Self::away("the read models cannot be reached at present; try again shortly", &error)
    }
}

impl From<tokio_postgres::Error> for OpsError {
    fn from(error: tokio_postgres::Error) -> Self {
        // What a statement says of itself may hold what is in the tables.
        let error = projector::database::SqlError::from(error);
        Self::away("the read models cannot be read at present; try again shortly", &error)
    }
}
