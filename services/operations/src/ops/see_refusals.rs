//! Why a question about people, tenants or the state of all was not answered.

use axum::http::StatusCode;
use projector::sql::QueryError;
use web::Problem;

use super::OpsError;
use crate::directory_at::FoldError;
use crate::moment::MomentError;
use crate::person::source::SeeError;
use crate::status::StatusError;

impl From<StatusError> for OpsError {
    fn from(error: StatusError) -> Self {
        match error {
            StatusError::Log(error) => error.into(),
            StatusError::Marks(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "cannot tell the status");
                let detail =
                    "what is known of the log cannot be read at present; try again shortly";
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).into()
            }
            StatusError::Slots(error) => error.into(),
            StatusError::Parked(error) => error.into(),
            StatusError::Pool(error) => error.into(),
            StatusError::Database(error) => error.into(),
        }
    }
}

impl From<SeeError> for OpsError {
    fn from(error: SeeError) -> Self {
        let said = error.to_string();
        match error {
            SeeError::Nobody => Self::not_found(said),
            SeeError::Several(_) => Problem::new(StatusCode::CONFLICT, said).into(),
            SeeError::Log(error) => error.into(),
            SeeError::Pool(error) => error.into(),
            SeeError::Parked(error) => error.into(),
            SeeError::Database(QueryError::Database(error)) => error.into(),
            SeeError::Database(QueryError::BadCursor(bad)) => {
                Problem::malformed(bad.to_string()).into()
            }
        }
    }
}

impl From<MomentError> for OpsError {
    fn from(error: MomentError) -> Self {
        let said = error.to_string();
        match error {
            MomentError::BeforeTheLog { .. } | MomentError::EmptyLog => Self::not_found(said),
            MomentError::Log(error) => error.into(),
        }
    }
}

impl From<FoldError> for OpsError {
    fn from(error: FoldError) -> Self {
        let said = error.to_string();
        match error {
            FoldError::NoTenant(_) | FoldError::NoTenantYet(_, _) => Self::not_found(said),
            FoldError::Log(error) => error.into(),
        }
    }
}
