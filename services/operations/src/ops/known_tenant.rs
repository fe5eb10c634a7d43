//! Whether there is such a tenant: a mistyped one has no rows and no events, and would seem sound.

use eventlog::{Log, ReadError, Selection};
use events::{Entity, Tenant};

use super::OpsError;

/// Refuses a tenant of whom no event tells that it was made.
pub(crate) async fn check_known(log: &Log, tenant: &Tenant) -> Result<(), OpsError> {
    if is_known(log, tenant).await? { Ok(()) } else { Err(OpsError::not_found(no_tenant(tenant))) }
}

/// Whether an event tells that the tenant was made. Most questions begin with this one.
pub(crate) async fn is_known(log: &Log, tenant: &Tenant) -> Result<bool, ReadError> {
    let made = Selection {
        tenant: Some(tenant.clone()),
        entity: Some(Entity::Tenant),
        fact: Some("created".to_owned()),
        ..Selection::default()
    };
    Ok(log.last_of(&made).await?.is_some())
}

/// What is said of a tenant that nobody made.
pub(crate) fn no_tenant(tenant: &Tenant) -> String {
    format!("there is no tenant {tenant}; `rollcall tenant list` shows them")
}
