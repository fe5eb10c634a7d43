//! Whether there is such a tenant: a mistyped one has no rows and no events, and would seem sound.

use eventlog::{Log, ReadError};
use events::Tenant;

use super::OpsError;

/// Refuses a tenant of whom no event tells that it was made.
pub(crate) async fn check_known(log: &Log, tenant: &Tenant) -> Result<(), OpsError> {
    if is_known(log, tenant).await? { Ok(()) } else { Err(OpsError::not_found(no_tenant(tenant))) }
}

/// Whether an event tells that the tenant was made. Most questions begin with this one, so it is looked up: a
/// selection opens a connection and makes a consumer, and takes a hundred times as long.
pub(crate) async fn is_known(log: &Log, tenant: &Tenant) -> Result<bool, ReadError> {
    let made = format!("prov.{tenant}.tenant.*.created");
    Ok(log.last_on(&made).await?.is_some())
}

/// What is said of a tenant that nobody made.
pub(crate) fn no_tenant(tenant: &Tenant) -> String {
    format!("there is no tenant {tenant}; `rollcall tenant list` shows them")
}
