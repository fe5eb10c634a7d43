//! Which tenants a process knows, for its log.

use access::WriteAccess;
use web::KnownTenants;

/// Those of the roster that answers and decides.
pub(crate) fn of_writes(access: &WriteAccess) -> KnownTenants {
    let access = access.clone();
    KnownTenants::new(move |slug| access.has_tenant(slug))
}
