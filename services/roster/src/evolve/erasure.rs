//! A person is erased.

use events::{ErasedUser, Seq};

use super::{Moment, members};
use crate::TenantRoster;

/// Nothing is known of the person any more.
///
/// Whoever reads the log later reads it without the events that were named. They come to the same,
/// since all that is left of the person then, which is in the events of others, goes here too: that
/// is why the event names resources, groups and bookings. Two things alone differ until they have
/// passed: what the mass-change guard counted, and who had a user name before the person.
pub(super) fn erased(tenant: &mut TenantRoster, at: Moment, body: &ErasedUser) {
    let employee = body.employee_id;
    members::forget(tenant, at, employee, &body.resources, &body.teams);
    tenant.local.reset(employee);
    for booking in &body.bookings {
        tenant.bookings.remove(*booking, employee);
        tenant.reschedule(*booking, at.time);
    }
    tenant.guard.forget(employee);
    tenant.receipts.remove(&employee);
    tenant.leavers.left.remove(&employee);
    tenant.people.forget(employee, &body.resources);
    let named = tenant.erased.get(&employee).copied().unwrap_or(Seq(0));
    let last = body.events.iter().map(|event| event.seq).max().unwrap_or(Seq(0));
    tenant.erased.insert(employee, named.max(last));
    tenant.reschedule_person(employee, at.time);
}
