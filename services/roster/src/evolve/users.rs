//! People come, change and go.

use events::UserState;

use super::{Moment, alerts, members};
use crate::{Person, TenantRoster};

/// Somebody has a new resource: a new person, or one who is back.
pub(super) fn arrived(tenant: &mut TenantRoster, at: Moment, state: &UserState) {
    alerts::stands(tenant, at, state);
    settle(tenant, at, state);
}

fn settle(tenant: &mut TenantRoster, at: Moment, state: &UserState) {
    tenant.people.put(Person::arriving(state, at.seq, at.time));
    members::recognise(tenant, at, state.resource_id, state.employee_id);
    members::show(tenant, at, state.employee_id);
}

pub(super) fn changed(tenant: &mut TenantRoster, at: Moment, state: &UserState) {
    alerts::stands(tenant, at, state);
    let before = tenant.people.by_employee(state.employee_id);
    let Some(before) = before.filter(|person| person.resource == state.resource_id) else {
        return settle(tenant, at, state);
    };
    let person = Person {
        gone: before.gone,
        created: before.created,
        created_at: before.created_at,
        ..Person::arriving(state, at.seq, at.time)
    };
    tenant.people.put(person);
}

/// The resource is gone. The person stays, and so do the memberships, out of SCIM's sight.
pub(super) fn deleted(tenant: &mut TenantRoster, at: Moment, state: &UserState) {
    alerts::resource_gone(tenant, at, state.employee_id);
    changed(tenant, at, state);
    if let Some(person) = tenant.people.by_employee(state.employee_id) {
        let gone = Person { gone: true, ..person.clone() };
        tenant.people.put(gone);
    }
    members::hide(tenant, at, state.employee_id);
}
