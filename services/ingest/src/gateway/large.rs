//! Work on a roster that is too much for the threads that answer everybody.

use std::borrow::Borrow;

use events::Tenant;
use roster::{Roster, TenantRoster};
use writer::Outage;

use super::failure::Failure;
use crate::state::Gateway;

/// Lets the workers look at a roster to which a write has led. It was made, so that the answer must
/// not be refused because others wait.
pub(super) async fn look_after_writing<T: Send + 'static>(
    gateway: &Gateway,
    tenant: &Tenant,
    roster: Roster,
    look: impl FnOnce(&TenantRoster) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let owner = tenant.clone();
    let looking =
        gateway.workers.go_on(tenant, move |_| look(roster.tenant(&owner).ok_or(Outage::Fault)?));
    looking.await?
}

/// Lets a tenant's part of a roster be looked at by the workers.
pub(super) async fn look<T: Send + 'static>(
    gateway: &Gateway,
    tenant: &Tenant,
    roster: impl Borrow<Roster> + Send + 'static,
    look: impl FnOnce(&TenantRoster) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let owner = tenant.clone();
    let looking = gateway
        .workers
        .run(tenant, move |_| look(roster.borrow().tenant(&owner).ok_or(Outage::Fault)?));
    looking.await?
}
