//! Which tenants a process knows, for its log.

use ingest::Gateway;
use web::KnownTenants;

/// Those of the roster that answers and decides.
pub(crate) fn of_gateway(gateway: &Gateway) -> KnownTenants {
    let gateway = gateway.clone();
    KnownTenants::new(move |slug| gateway.has_tenant(slug))
}
