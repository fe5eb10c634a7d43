//! What every route reads from.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::Client;
use directory::{Directory, queries};
use events::{Digest, Seq, Tenant};
use jiff::Timestamp;
use projector::database::{Readable, WaitError, readable, wait_for_position};
use projector::sql::{BadCursor, QueryError};
use projector::tenancy;
use projector::{Database, Probe, Projection as _, search_in};
use tokio::sync::{OnceCell, Semaphore};
use tokio_postgres::IsolationLevel;
use web::principal::Sought;
use web::{Bounds, CallerLimits, Limits, Permission, PositionCipher, Principal};

use crate::reads::connection_share::ConnectionShare;
use crate::reads::log_end::LogEnd;
use crate::reads::min_position::MinPosition;
use crate::reads::read_error::ReadError;
use crate::reads::revocations::Revocations;
use crate::reads::slots::SLOTS;
use crate::reads::snapshot::ReadSession;

/// So many of those whose token is not known wait at a time until the directory has seen the log;
/// the others are told at once that it has not.
const MAX_WAITING_STRANGERS: usize = 32;

/// Where the read API reads, and by which clock.
#[derive(Clone, Debug)]
pub struct ReadApi {
    database: Database,
    share: Arc<ConnectionShare>,
    probe: Probe,
    /// None if only the read models are asked.
    revocations: Option<Revocations>,
    /// None if the read models are taken to know every token.
    log_end: Option<LogEnd>,
    positions: PositionCipher,
    waiting_strangers: Arc<Semaphore>,
    now: fn() -> Timestamp,
    /// How long an answer waits for the position that it must have seen.
    patience: Duration,
    bounds: Bounds,
    counts: CallerLimits,
    /// Whether tenants are held apart by row-level security; found out at the first read.
    confined: Arc<OnceCell<bool>>,
}

impl ReadApi {
    /// Reads from `database`; `positions` reads what callers were told by whatever process; `now` parts the bookings that are past from those to come. To be
    /// called on a runtime: from now on, Postgres is asked in the background whether it answers.
    pub fn new(
        database: Database,
        positions: PositionCipher,
        now: fn() -> Timestamp,
        limits: Limits,
    ) -> Self {
        let probe = Probe::start(&database, &SLOTS);
        let share = ConnectionShare::of_pool(database.pool().status().max_size);
        Self {
            database,
            share: Arc::new(share),
            probe,
            revocations: None,
            log_end: None,
            positions,
            waiting_strangers: Arc::new(Semaphore::new(MAX_WAITING_STRANGERS)),
            now,
            patience: Duration::from_secs(5),
            bounds: limits.bounds,
            counts: CallerLimits::new(limits.rate, limits.guesses),
            confined: Arc::default(),
        }
    }

    /// Lets tokens be asked about by somebody who knows sooner than the read models that one was
    /// revoked: it then opens nothing from the next request on.
    #[must_use]
    pub fn with_revocations(self, revocations: Revocations) -> Self {
        Self { revocations: Some(revocations), ..self }
    }

    /// Lets a token be called unknown only once the directory has read the log up to where it ends.
    #[must_use]
    pub fn with_log_end(self, log_end: LogEnd) -> Self {
        Self { log_end: Some(log_end), ..self }
    }

    /// What knows whether reads can be answered, for readiness.
    pub fn probe(&self) -> &Probe {
        &self.probe
    }

    /// A connection, unless Postgres is known not to answer.
    async fn client(&self) -> Result<Client, ReadError> {
        if self.probe.is_silent() {
            return Err(ReadError::Silent);
        }
        Ok(self.database.pool().get().await?)
    }

    pub(crate) fn bounds(&self) -> Bounds {
        self.bounds
    }

    pub(crate) fn counts(&self) -> &CallerLimits {
        &self.counts
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// Who holds the living API token with this digest. It tells which tenant asks, so this is read
    /// before anything can be confined to one.
    pub(crate) async fn principal(&self, digest: Digest) -> Result<Option<Principal>, ReadError> {
        let mut client = self.client().await?;
        // Both are sent at once. What is set here holds for the connection from now on.
        let ((), mut token) = tokio::try_join!(
            biased;
            search_in(&client, &SLOTS),
            queries::api_token(&client, &digest),
        )?;
        if token.is_none() {
            token = known_when_built(&mut client, &digest).await?;
        }
        drop(client);
        let Some(queries::ApiToken { credential, tenant, scopes, source }) = token else {
            return Ok(None);
        };
        if let Some(revocations) = &self.revocations {
            let revoked = revocations.hold(&tenant, credential).await;
            if revoked.map_err(ReadError::Unavailable)? {
                return Ok(None);
            }
        }
        let permissions = scopes.into_iter().map(Permission::Api).collect();
        Ok(Some(Principal::Credential { tenant, credential, permissions, source }))
    }

    /// Who holds a token that the directory did not know: it may have been issued a moment ago, or
    /// while the projection was away, so that is asked again once the directory has seen the log.
    pub(crate) async fn principal_once_level(
        &self,
        digest: Digest,
    ) -> Result<Sought<ReadError>, ReadError> {
        let Some(log_end) = &self.log_end else { return Ok(Sought::Nobody) };
        if self.knows_secret(digest).await? {
            // It was revoked, which stays so; or it was issued this very moment.
            return self.sought(digest).await;
        }
        let wanted = match log_end.now().await {
            Ok(wanted) => wanted,
            Err(cause) => return Ok(Sought::Unsure(ReadError::Unavailable(cause))),
        };
        let patience = match self.waiting_strangers.try_acquire() {
            Ok(permit) => (self.patience, Some(permit)),
            Err(_) => (Duration::ZERO, None),
        };
        let pool = self.database.pool();
        match wait_for_position(pool, &[Directory::NAME], wanted, patience.0).await {
            Ok(_) => self.sought(digest).await,
            Err(WaitError::TooLate { .. }) => Ok(Sought::Unsure(ReadError::UnknownToken)),
            Err(error @ (WaitError::Connect(_) | WaitError::Ask(_))) => Err(error.into()),
        }
    }

    async fn sought(&self, digest: Digest) -> Result<Sought<ReadError>, ReadError> {
        Ok(self.principal(digest).await?.map_or(Sought::Nobody, Sought::Found))
    }

    async fn knows_secret(&self, digest: Digest) -> Result<bool, ReadError> {
        let client = self.client().await?;
        search_in(&client, &SLOTS).await?;
        Ok(queries::knows_secret(&client, &digest).await?)
    }

    /// Starts to read a tenant's part of the read models in `schemas`, once they have got as far as
    /// the caller needs.
    pub(crate) async fn session(
        &self,
        tenant: &Tenant,
        min_position: MinPosition,
        schemas: &[&'static str],
    ) -> Result<ReadSession, ReadError> {
        let pool = self.database.pool();
        let needed = min_position.furthest(&self.positions, tenant)?;
        // Who needs nothing has nothing to wait for. How far an answer is, its snapshot knows.
        if needed > Seq(0) {
            wait_for_position(pool, schemas, needed, self.patience).await?;
        }
        let permit = self.share.take(tenant, self.patience).await?;
        let mut client = self.client().await?;
        let confined = *self
            .confined
            .get_or_try_init(async || tenancy::can_confine(&mut client).await)
            .await?;
        Ok(ReadSession::new(client, confined, needed, schemas).holding(permit))
    }

    /// What names the place behind which a page of a tenant's list begins, as the query that makes it
    /// has it.
    pub(crate) fn place(
        &self,
        tenant: &Tenant,
        after: Option<&str>,
    ) -> Result<Option<String>, ReadError> {
        let Some(text) = after else { return Ok(None) };
        let place = self.positions.decrypt_cursor(tenant, text);
        Ok(Some(place.ok_or_else(|| QueryError::from(BadCursor))?))
    }

    /// The cursor that names a place to a tenant. Some lists are in the order of the log, whose
    /// positions no tenant sees.
    pub(crate) fn cursor(&self, tenant: &Tenant, place: Option<String>) -> Option<String> {
        place.map(|place| self.positions.encrypt_cursor(tenant, &place))
    }

    /// The same, less patient.
    #[cfg(test)]
    pub(crate) fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }
}

/// A token that seemed unknown. Half a directory does not know who may read, and it may become whole
/// between two questions: whether it is whole and whom it knows is read in one snapshot.
async fn known_when_built(
    client: &mut Client,
    digest: &Digest,
) -> Result<Option<queries::ApiToken>, ReadError> {
    let snapshot = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead);
    let tx = snapshot.read_only(true).start().await?;
    match readable(&tx, &[Directory::NAME]).await? {
        Readable::Unbuilt(schema) => Err(ReadError::Building(schema)),
        Readable::Built { .. } => Ok(queries::api_token(&tx, digest).await?),
    }
}
