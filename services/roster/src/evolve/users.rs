//! People come, change and go.

use events::{ChangedResource, DeletedResource, EmployeeId, UserState};

use super::{Moment, alerts, leavers, members};
use crate::{Person, TenantRoster};

/// Somebody has a new resource: a new person, or one who is back.
pub(super) fn arrived(tenant: &mut TenantRoster, at: Moment, state: &UserState) {
    alerts::stands(tenant, at, state);
    settle(tenant, at, state);
    leavers::stands(tenant, at, state);
}

/// A resource becomes the newest of its person, whether the one before is gone or stays beside it.
fn settle(tenant: &mut TenantRoster, at: Moment, state: &UserState) {
    let before = tenant.people.by_employee(state.employee_id);
    let stays = before.filter(|before| !before.gone && before.resource != state.resource_id);
    let stays = stays.map(|before| before.resource);
    if before.is_some_and(|before| before.gone && before.resource != state.resource_id) {
        members::inherit(tenant, state.employee_id);
    }
    tenant.people.put(Person::arriving(state, at.seq, at.time));
    if let Some(older) = stays {
        members::superseded(tenant, state.employee_id, older);
    }
    members::recognise(tenant, at, state.resource_id, state.employee_id);
    members::show(tenant, at, state.employee_id);
}

pub(super) fn changed(tenant: &mut TenantRoster, at: Moment, state: &UserState) {
    alerts::stands(tenant, at, state);
    change(tenant, at, state);
    leavers::stands(tenant, at, state);
}

/// Somebody leaves, which is counted whichever of their resources it was that made them leave.
pub(super) fn deactivated(tenant: &mut TenantRoster, at: Moment, state: &UserState) {
    tenant.guard.leaves(state.employee_id, at.time, at.seq);
    change(tenant, at, state);
    leavers::stands(tenant, at, state);
}

fn change(tenant: &mut TenantRoster, at: Moment, state: &UserState) {
    let before = tenant.people.by_employee(state.employee_id);
    let Some(before) = before.filter(|person| person.resource == state.resource_id) else {
        return settle(tenant, at, state);
    };
    // While another resource is active, where the person stands says nothing about this one.
    let by_another = tenant.people.superseded_of(state.employee_id).any(Person::active);
    let person = Person {
        gone: before.gone,
        created: before.created,
        created_at: before.created_at,
        standing: if by_another { before.standing } else { state.standing },
        ..Person::arriving(state, at.seq, at.time)
    };
    tenant.people.put(person);
}

/// The resource is gone. The person stays, and so do the memberships, out of SCIM's sight.
pub(super) fn deleted(tenant: &mut TenantRoster, at: Moment, state: &UserState) {
    let employee = state.employee_id;
    drop_older(tenant, at, employee);
    alerts::resource_gone(tenant, at, employee);
    changed(tenant, at, state);
    // If the log tells of a resource that was not the newest, it is now.
    drop_older(tenant, at, employee);
    if let Some(person) = tenant.people.by_employee(employee) {
        let gone = Person { gone: true, ..person.clone() };
        tenant.people.put(gone);
    }
    members::hide(tenant, at, employee);
}

/// Leaves a person the newest of their resources: it is the last one that is told to be gone. No
/// decision of ours says that while there are others.
fn drop_older(tenant: &mut TenantRoster, at: Moment, employee: EmployeeId) {
    while let Some(older) = tenant.people.heir(employee) {
        tenant.people.drop_resource(employee, older);
        members::resource_gone(tenant, at, employee, older);
    }
}

/// One of several resources of a person changes.
pub(super) fn resource_changed(tenant: &mut TenantRoster, at: Moment, body: &ChangedResource) {
    let before = tenant.people.by_resource(body.resource_id);
    let before = before.filter(|person| person.employee == body.employee_id);
    let Some(before) = before else { return };
    let state = UserState {
        employee_id: body.employee_id,
        resource_id: body.resource_id,
        standing: Person::standing_if(body.active),
        profile: body.profile.clone(),
        changed: Vec::new(),
    };
    let person = Person {
        created: before.created,
        created_at: before.created_at,
        ..Person::arriving(&state, at.seq, at.time)
    };
    tenant.people.put_resource(person);
}

/// One of several resources of a person is gone; the person stays, with the others.
pub(super) fn resource_deleted(tenant: &mut TenantRoster, at: Moment, body: &DeletedResource) {
    let (employee, resource) = (body.employee_id, body.resource_id);
    let known = tenant.people.by_resource(resource);
    let theirs = known.is_some_and(|person| person.employee == employee);
    if theirs && tenant.people.has_several(employee) {
        tenant.people.drop_resource(employee, resource);
        members::resource_gone(tenant, at, employee, resource);
    }
}
