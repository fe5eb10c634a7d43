//! People leave and come back under the guard's eyes; alerts are raised and decided.

use std::sync::Arc;

use events::{
    AlertCause, AlertId, AlertPeople, EmployeeId, Guard, RaisedAlert, Standing, TeamId, UserState,
};

use super::Moment;
use crate::watch::{Alert, Decision, Kept, Leavers, SEVERAL};
use crate::{Person, TenantRoster};

/// A changed guard judges anew: whoever leaves next belongs to no alert of before.
pub(super) fn guard_set(tenant: &mut TenantRoster, guard: Guard) {
    tenant.watch.guard = guard;
    tenant.watch.episode = None;
}

/// Notes whether somebody leaves or is back. To be called before the event changes the person.
pub(super) fn stands(tenant: &mut TenantRoster, at: Moment, state: &UserState) {
    let was_active = tenant.people.by_employee(state.employee_id).is_some_and(Person::active);
    match state.standing {
        Standing::Active => {
            tenant.watch.leavers.remove(state.employee_id);
            tenant.watch.kept.remove(&state.employee_id);
        }
        Standing::Former if was_active => left(tenant, at, state.employee_id),
        Standing::Former => {}
    }
}

/// A reversal does not outlast the person's resource: that it was deleted is news. A hold does.
pub(super) fn resource_gone(tenant: &mut TenantRoster, at: Moment, employee: EmployeeId) {
    match tenant.watch.kept(employee) {
        Some(Kept::Reversed) => {
            tenant.watch.kept.remove(&employee);
            left(tenant, at, employee);
        }
        Some(Kept::Held(_)) | None => {}
    }
}

fn left(tenant: &mut TenantRoster, at: Moment, employee: EmployeeId) {
    let window = tenant.watch.window();
    tenant.watch.leavers.not_after(at.time);
    // A time so early that the window begins before all times forgets nobody.
    if let Ok(begin) = at.time.checked_sub(window) {
        tenant.watch.leavers.forget_before(begin);
    }
    if tenant.watch.leavers.len() == 0 {
        tenant.watch.episode = None;
    }
    tenant.watch.leavers.put(employee, at.time, at.seq);
}

/// Notes that a group has lost members, of which it had so many.
pub(super) fn shrunk(tenant: &mut TenantRoster, at: Moment, team: TeamId, had: usize) {
    if had >= SEVERAL {
        tenant.watch.shrinking.insert(team, at.time);
    }
}

pub(super) fn raised(tenant: &mut TenantRoster, at: Moment, body: &RaisedAlert) {
    let alert = Alert {
        id: body.alert_id,
        raised_at: at.time,
        cause: body.cause,
        held: body.held,
        departures: 0,
        decision: None,
    };
    tenant.watch.alerts.insert(body.alert_id, Arc::new(alert));
    match body.cause {
        AlertCause::Deactivations { .. } => tenant.watch.episode = Some(body.alert_id),
        AlertCause::GroupEmptied { .. } => {}
    }
}

pub(super) fn people_added(tenant: &mut TenantRoster, body: &AlertPeople) {
    let Some(alert) = tenant.watch.alerts.get_mut(&body.alert_id).map(Arc::make_mut) else {
        return;
    };
    alert.departures += body.people.len();
    if !alert.held {
        return;
    }
    for employee in &body.people {
        let has_left = |person: &Person| !person.active();
        if tenant.people.by_employee(*employee).is_some_and(has_left) {
            tenant.watch.kept.insert(*employee, Kept::Held(body.alert_id));
        }
    }
}

/// Nobody on whom it was decided counts again as one who left.
pub(super) fn decided(tenant: &mut TenantRoster, id: AlertId, decision: Decision) {
    let Some(alert) = tenant.watch.alerts.get_mut(&id).map(Arc::make_mut) else { return };
    alert.decision = Some(decision);
    let of_it = |kept: &Kept| *kept == Kept::Held(id);
    let people: Vec<EmployeeId> =
        tenant.watch.kept.iter().filter(|(_, kept)| of_it(kept)).map(|(one, _)| *one).collect();
    for employee in people {
        tenant.watch.leavers.remove(employee);
        match decision {
            Decision::Released => tenant.watch.kept.remove(&employee),
            Decision::Reversed => tenant.watch.kept.insert(employee, Kept::Reversed),
        };
    }
    if tenant.watch.episode == Some(id) {
        tenant.watch.episode = None;
        tenant.watch.leavers = Leavers::default();
    }
}
