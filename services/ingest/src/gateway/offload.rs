//! Reading a roster on the worker threads, where that is too much for the threads that answer everybody.

use std::borrow::Borrow;

use events::Tenant;
use roster::{Roster, TenantRoster};
use writer::Outage;

use super::error::ScimError;
use crate::state::Gateway;

/// Reads a roster to which a write has led. The write is durable, so that this is never refused because
/// too much waits.
pub(super) async fn after_write<T: Send + 'static>(
    gateway: &Gateway,
    tenant: &Tenant,
    roster: Roster,
    read: impl FnOnce(&TenantRoster) -> Result<T, ScimError> + Send + 'static,
) -> Result<T, ScimError> {
    let owner = tenant.clone();
    let reading =
        gateway.workers.go_on(tenant, move |_| read(roster.tenant(&owner).ok_or(Outage::Fault)?));
    reading.await?
}

/// Reads a tenant's part of a roster, or refuses if too much waits.
pub(super) async fn read_roster<T: Send + 'static>(
    gateway: &Gateway,
    tenant: &Tenant,
    roster: impl Borrow<Roster> + Send + 'static,
    read: impl FnOnce(&TenantRoster) -> Result<T, ScimError> + Send + 'static,
) -> Result<T, ScimError> {
    let owner = tenant.clone();
    let reading = gateway
        .workers
        .run(tenant, move |_| read(roster.borrow().tenant(&owner).ok_or(Outage::Fault)?));
    reading.await?
}
