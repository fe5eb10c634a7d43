//! Which credential caused what, and when.

use deadpool_postgres::GenericClient;
use events::{CredentialId, Seq, Tenant};
use jiff::Timestamp;
use projector::sql::{Page, QueryError, key, page};
use tokio_postgres::{Error, Row};

/// What a credential caused last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastSeen {
    /// Which credential.
    pub credential: CredentialId,
    /// The type of the last event.
    pub event: String,
    /// When that happened.
    pub event_at: Timestamp,
    /// The position of that event.
    pub position: Seq,
    /// The last request that changed something, if an event tells of one.
    pub request: Option<LastRequest>,
}

/// A request that changed something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastRequest {
    /// What it is called.
    pub id: String,
    /// When it did so.
    pub at: Timestamp,
}

/// The tenant's credentials that ever changed something, who was seen last first. `after` is `next`
/// of the page before.
pub async fn last_seen(
    client: &impl GenericClient,
    tenant: &Tenant,
    after: Option<&str>,
    limit: u16,
) -> Result<Page<LastSeen>, QueryError> {
    let before: i64 = key(after, i64::MAX, |_| true)?;
    let one_more = i64::from(limit) + 1;
    let statement = client.prepare_cached(include_str!("../../sql/read/last_seen.sql")).await?;
    let rows = client.query(&statement, &[&tenant.as_str(), &before, &one_more]).await?;
    let found = rows.iter().map(|row| {
        let seen = seen(row)?;
        let key = seen.position.0.cast_signed();
        Ok((seen, key))
    });
    Ok(page(found.collect::<Result<Vec<_>, Error>>()?, limit))
}

fn seen(row: &Row) -> Result<LastSeen, Error> {
    let request: Option<String> = row.try_get("request")?;
    let at: Option<Timestamp> = row.try_get("request_at")?;
    Ok(LastSeen {
        credential: CredentialId(row.try_get("credential")?),
        event: row.try_get("event")?,
        event_at: row.try_get("event_at")?,
        position: Seq(row.try_get::<_, i64>("seq")?.cast_unsigned()),
        request: request.zip(at).map(|(id, at)| LastRequest { id, at }),
    })
}
