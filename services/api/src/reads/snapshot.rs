//! One picture of the read models for one answer.

use std::collections::HashSet;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use deadpool_postgres::{Client, Transaction};
use events::{Seq, Tenant};
use projector::database::{Readable, readable};
use projector::{Ordered, search_in, stale, tenancy};
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;
use tokio_postgres::IsolationLevel;
use web::position::Seen;

use crate::reads::read_error::{Missing, ReadError};
use crate::reads::slots::SLOTS;

/// A connection, and how far the read models have to be.
#[derive(Debug)]
pub(crate) struct ReadSession {
    client: Client,
    confined: bool,
    needed: Seq,
    /// The schemas that it reads.
    schemas: Vec<&'static str>,
    /// The tenant's share of connections. Goes after the connection.
    _permit: Option<OwnedSemaphorePermit>,
}

/// The read models as they are at one moment, so that an answer never contradicts itself.
pub(crate) struct Snapshot<'r> {
    transaction: Transaction<'r>,
    /// How far the slowest of them is, as this transaction sees it.
    seen: Seq,
    /// The schemas in which events may wait.
    parked: &'r [&'static str],
}

impl ReadSession {
    pub(crate) fn new(
        client: Client,
        confined: bool,
        needed: Seq,
        schemas: &[&'static str],
    ) -> Self {
        Self { client, confined, needed, schemas: schemas.to_vec(), _permit: None }
    }

    /// The same, as one of the connections that a tenant may hold.
    pub(crate) fn holding(self, permit: OwnedSemaphorePermit) -> Self {
        Self { _permit: Some(permit), ..self }
    }

    /// A tenant's part of the read models now, if none of them is being built and all are as far as
    /// they have to be: since somebody waited for that, an operator may have switched to a slot that
    /// is behind. A snapshot only reads, so it needs no commit: to drop it is to end it.
    pub(crate) async fn snapshot(&mut self, tenant: &Tenant) -> Result<Snapshot<'_>, ReadError> {
        let transaction = self
            .client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()
            .await?;
        let confine = async {
            if self.confined { tenancy::confine(&transaction, tenant).await } else { Ok(()) }
        };
        // All are sent at once. What is asked here holds for all that this transaction sees.
        let asked = readable(&transaction, &self.schemas);
        let found = search_in(&transaction, &SLOTS);
        let ((), (), readable) = tokio::try_join!(found, confine, asked)?;
        let (seen, parked) = match readable {
            Readable::Unbuilt(schema) => return Err(ReadError::Building(schema)),
            Readable::Built { reached, parked } => (reached, parked),
        };
        if seen < self.needed {
            return Err(ReadError::Behind { wanted: self.needed, reached: seen });
        }
        let parked = if parked { &self.schemas[..] } else { &[] };
        Ok(Snapshot { transaction, seen, parked })
    }
}

impl Snapshot<'_> {
    pub(crate) fn answer<T>(&self, body: T) -> Answer<T> {
        Answer { seen: self.seen, body }
    }

    /// Those of `things` of which an event waits. Where nothing waits, nothing is asked.
    pub(crate) async fn stale(
        &self,
        tenant: &Tenant,
        things: impl IntoIterator<Item = Ordered>,
    ) -> Result<HashSet<Ordered>, ReadError> {
        if self.parked.is_empty() {
            return Ok(HashSet::new());
        }
        let things: Vec<Ordered> = things.into_iter().collect();
        Ok(stale(&self.transaction, self.parked, tenant, &things).await?)
    }

    /// The answer that something is not there.
    pub(crate) fn missing(&self, what: Missing) -> ReadError {
        ReadError::Missing(what, self.seen)
    }
}

impl<'r> std::ops::Deref for Snapshot<'r> {
    type Target = Transaction<'r>;

    fn deref(&self) -> &Transaction<'r> {
        &self.transaction
    }
}

/// An answer, and a position up to which it knows everything.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    seen: Seq,
    body: T,
}

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let headers = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
        (headers, Extension(Seen(self.seen)), Json(self.body)).into_response()
    }
}
