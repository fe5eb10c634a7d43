//! What every route reads from.

use std::time::Duration;

use chassis::Database;
use chassis::database::wait_for_position;
use directory::queries::ApiToken;
use events::Digest;
use jiff::Timestamp;

use crate::after::After;
use crate::failure::Failure;
use crate::snapshot::Reading;

/// Where the read API reads, and by which clock.
#[derive(Clone, Debug)]
pub struct ReadApi {
    database: Database,
    now: fn() -> Timestamp,
    /// How long an answer waits for the position that it must have seen.
    patience: Duration,
}

impl ReadApi {
    /// Reads from `database`; `now` parts the bookings that are past from those to come.
    pub fn new(database: Database, now: fn() -> Timestamp) -> Self {
        Self { database, now, patience: Duration::from_secs(5) }
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// The living token with this digest.
    pub(crate) async fn token(&self, digest: Digest) -> Result<Option<ApiToken>, Failure> {
        let client = self.database.pool().get().await?;
        Ok(directory::queries::api_token(&client, &digest).await?)
    }

    /// Starts to read the read models in `schemas`, once they have got as far as the caller needs.
    pub(crate) async fn reading(&self, after: After, schemas: &[&str]) -> Result<Reading, Failure> {
        let pool = self.database.pool();
        let seen = wait_for_position(pool, schemas, after.0, self.patience).await?;
        Ok(Reading::new(pool.get().await?, seen))
    }

    /// The same, less patient.
    #[cfg(test)]
    pub(crate) fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }
}
