//! People leave and are back, and what becomes of their bookings is set.

use std::sync::Arc;

use events::{EmployeeId, Envelope, LeaverPolicy, SetLeaverPolicy, Standing, UserState};

use super::moment::Moment;
use crate::TenantRoster;
use crate::leavers::{Departure, SetPolicy};

/// Notes where the directory says that somebody stands. Who has left leaves once, until they are back.
pub(super) fn stands(tenant: &mut TenantRoster, at: Moment, state: &UserState) {
    let (employee, left) = (state.employee_id, &mut tenant.leavers.left);
    match (state.standing, left.contains_key(&employee)) {
        (Standing::Active, false) | (Standing::Former, true) => {}
        (Standing::Active, true) => {
            left.remove(&employee);
        }
        (Standing::Former, false) => {
            left.insert(employee, Departure { at: at.time, seq: at.seq });
        }
    }
    tenant.reschedule_person(employee, at.time);
}

/// A departure that was reversed is none; somebody leaves now.
pub(super) fn leaves_anew(tenant: &mut TenantRoster, at: Moment, employee: EmployeeId) {
    tenant.leavers.left.insert(employee, Departure { at: at.time, seq: at.seq });
}

pub(super) fn policy_set(
    tenant: &mut TenantRoster,
    at: Moment,
    envelope: &Envelope,
    body: &SetLeaverPolicy,
) {
    match body.policy {
        LeaverPolicy::Keep => {
            tenant.leavers.policies.remove(body.resource_type.as_str());
        }
        policy @ (LeaverPolicy::CancelAfter { .. } | LeaverPolicy::HandOver { .. }) => {
            let set = SetPolicy { policy, actor: envelope.actor.to_string() };
            tenant.leavers.policies.insert(body.resource_type.as_str().into(), Arc::new(set));
        }
    }
    tenant.reschedule_all(at.time);
}
