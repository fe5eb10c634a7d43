//! How long the loop waits for Postgres.

use std::time::Duration;

use crate::error::ProjectorError;

/// How long Postgres may take to answer a small question.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
/// How long Postgres may take to take in a batch: longer than its own bound on a statement, which a
/// server that was stopped does not keep.
pub(crate) const WRITE_TIMEOUT: Duration = Duration::from_secs(75);

/// Waits for Postgres no longer than `bound`.
pub(crate) async fn within<T>(
    bound: Duration,
    work: impl Future<Output = Result<T, ProjectorError>>,
) -> Result<T, ProjectorError> {
    tokio::time::timeout(bound, work).await.unwrap_or(Err(ProjectorError::Silent(bound)))
}
