//! Whether there is such a tenant: a mistyped one has no rows and no events, and would seem sound.

use std::pin::pin;

use eventlog::{Log, ReadError, Selection};
use events::{Entity, Tenant};
use futures_util::StreamExt as _;

use super::OpsError;

/// Refuses a tenant of whom no event tells that it was made.
pub(crate) async fn check_known(log: &Log, tenant: &Tenant) -> Result<(), OpsError> {
    if is_known(log, tenant).await? { Ok(()) } else { Err(OpsError::not_found(no_tenant(tenant))) }
}

/// Whether an event tells that the tenant was made.
pub(crate) async fn is_known(log: &Log, tenant: &Tenant) -> Result<bool, ReadError> {
    let made = Selection {
        tenant: Some(tenant.clone()),
        entity: Some(Entity::Tenant),
        fact: Some("created".to_owned()),
        ..Selection::default()
    };
    Ok(pin!(log.select(made)).next().await.transpose()?.is_some())
}

/// What is said of a tenant that nobody made.
pub(crate) fn no_tenant(tenant: &Tenant) -> String {
    format!("there is no tenant {tenant}; `rollcall tenant list` shows them")
}
