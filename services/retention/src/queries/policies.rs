//! What becomes of leavers' bookings by itself.

use deadpool_postgres::GenericClient;
use events::{EmployeeId, LeaverPolicy, Tenant};
use jiff::Timestamp;
use tokio_postgres::Error;
use uuid::Uuid;

/// The policy for a resource type that says something else than to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The resource type.
    pub resource_type: String,
    /// What becomes of the bookings.
    pub policy: LeaverPolicy,
    /// When it was set.
    pub set_at: Timestamp,
    /// Who did, by id.
    pub actor: String,
}

/// A tenant's policies, by resource type.
pub async fn leaver_policies(
    client: &impl GenericClient,
    tenant: &Tenant,
) -> Result<Vec<Policy>, Error> {
    let statement =
        client.prepare_cached(include_str!("../../sql/read/leaver_policies.sql")).await?;
    let rows = client.query(&statement, &[&tenant.as_str()]).await?;
    let policy = |row: &tokio_postgres::Row| {
        let days: Option<i32> = row.try_get("days")?;
        let colleague: Option<Uuid> = row.try_get("colleague")?;
        Ok(Policy {
            resource_type: row.try_get("resource_type")?,
            policy: match (days, colleague) {
                (Some(days), _) => LeaverPolicy::CancelAfter { days: days.cast_unsigned() },
                (None, Some(to)) => LeaverPolicy::HandOver { to: EmployeeId(to) },
                (None, None) => LeaverPolicy::Keep,
            },
            set_at: row.try_get("set_at")?,
            actor: row.try_get("set_actor")?,
        })
    };
    rows.iter().map(policy).collect()
}

/// The resource types that the tenant's bookings have, 200 at most.
pub async fn resource_types(
    client: &impl GenericClient,
    tenant: &Tenant,
) -> Result<Vec<String>, Error> {
    let statement =
        client.prepare_cached(include_str!("../../sql/read/resource_types.sql")).await?;
    let rows = client.query(&statement, &[&tenant.as_str()]).await?;
    rows.iter().map(|row| row.try_get("kind")).collect()
}
