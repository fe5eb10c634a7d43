//! Who may ask: tenants, their integrations and API tokens.

use deadpool_postgres::GenericClient;
use events::{BookingSource, CredentialId, Digest, IntegrationProfile, Scopes, Tenant, TenantId};
use jiff::Timestamp;
use tokio_postgres::{Error, Row};

/// A living API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    pub credential: CredentialId,
    pub tenant: Tenant,
    pub scopes: Scopes,
    /// The one source whose bookings it is for, if it is for one.
    pub source: Option<BookingSource>,
}

/// The API token whose secret has this digest, unless it was revoked.
pub async fn api_token(
    client: &impl GenericClient,
    digest: &Digest,
) -> Result<Option<ApiToken>, Error> {
    let statement = client.prepare_cached(include_str!("../../sql/read/api_token.sql")).await?;
    let row = client.query_opt(&statement, &[&digest.0.as_slice()]).await?;
    row.map(|row| {
        Ok(ApiToken {
            credential: CredentialId(row.try_get("credential")?),
            tenant: tenant(&row)?,
            scopes: scopes(&row.try_get::<_, Vec<&str>>("scopes")?),
            source: row.try_get::<_, Option<&str>>("source")?.map(source),
        })
    })
    .transpose()
}

/// Whether any credential has this digest, revoked or not.
pub async fn knows_secret(client: &impl GenericClient, digest: &Digest) -> Result<bool, Error> {
    let statement = client.prepare_cached(include_str!("../../sql/read/knows_secret.sql")).await?;
    client.query_one(&statement, &[&digest.0.as_slice()]).await?.try_get(0)
}

fn source(name: &str) -> BookingSource {
    name.parse().expect("the projection writes the sources of the log")
}

/// A scope that a later release wrote opens nothing here.
fn scopes(names: &[&str]) -> Scopes {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

/// A tenant, and its integration if one was ever activated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantEntry {
    pub tenant: Tenant,
    pub id: TenantId,
    pub created_at: Timestamp,
    pub integration: Option<Integration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Integration {
    pub profile: IntegrationProfile,
    pub active: bool,
}

/// All tenants, by slug.
pub async fn tenants(client: &impl GenericClient) -> Result<Vec<TenantEntry>, Error> {
    let statement = client.prepare_cached(include_str!("../../sql/read/tenants.sql")).await?;
    let rows = client.query(&statement, &[]).await?;
    rows.iter()
        .map(|row| {
            Ok(TenantEntry {
                tenant: tenant(row)?,
                id: TenantId(row.try_get("id")?),
                created_at: row.try_get("created_at")?,
                integration: integration(row)?,
            })
        })
        .collect()
}

fn tenant(row: &Row) -> Result<Tenant, Error> {
    let slug: &str = row.try_get("tenant")?;
    Ok(slug.parse().expect("the projection writes the slugs of the log"))
}

fn integration(row: &Row) -> Result<Option<Integration>, Error> {
    let profile: Option<&str> = row.try_get("profile")?;
    let profile = profile.map(|name| match name {
        "benefits" => IntegrationProfile::Benefits,
        _workplace => IntegrationProfile::Workplace,
    });
    let active: Option<bool> = row.try_get("active")?;
    Ok(profile.zip(active).map(|(profile, active)| Integration { profile, active }))
}
