//! People leave and come back under the guard's eyes; alerts are raised and decided.

use std::sync::Arc;

use events::{
    AlertCause, AlertId, DepartedUser, EmployeeId, Guard, RaisedAlert, Standing, TeamId, UserState,
};

use super::leavers;
use super::moment::Moment;
use crate::TenantRoster;
use crate::guard::{Alert, AlertOutcome, MIN_ALERT_MEMBERS, StandingOverride};

pub(super) fn guard_set(tenant: &mut TenantRoster, at: Moment, guard: Guard) {
    tenant.guard.set(guard, at.time);
}

/// Notes whether somebody leaves or is back. To be called before the event changes the person.
pub(super) fn stands(tenant: &mut TenantRoster, at: Moment, state: &UserState) {
    let was_active = tenant.people.is_active(state.employee_id);
    match state.standing {
        Standing::Active => tenant.guard.is_back(state.employee_id),
        Standing::Former if was_active => tenant.guard.leaves(state.employee_id, at.time, at.seq),
        Standing::Former => {}
    }
}

/// A reversal does not outlast the person's resource: that it was deleted is news. A hold does.
pub(super) fn resource_gone(tenant: &mut TenantRoster, at: Moment, employee: EmployeeId) {
    match tenant.guard.standing_override(employee) {
        Some(StandingOverride::Reversed) => {
            tenant.guard.leaves(employee, at.time, at.seq);
            leavers::leaves_anew(tenant, at, employee);
        }
        Some(StandingOverride::Held(_)) | None => {}
    }
}

/// Somebody who has just left belongs to an alert, if their departure says so.
pub(super) fn departed(tenant: &mut TenantRoster, at: Moment, departed: &DepartedUser) {
    if let Some(alert) = departed.alert {
        people_added(tenant, at, alert.alert_id, &[departed.state.employee_id]);
    }
}

/// Notes that a group has lost members, of which it had so many.
pub(super) fn shrunk(tenant: &mut TenantRoster, at: Moment, team: TeamId, had: usize) {
    if had >= MIN_ALERT_MEMBERS {
        tenant.guard.shrinking.insert(team, at.time);
    }
}

/// To be called before a group that is deleted with it is gone, as the alert keeps its name.
pub(super) fn raised(tenant: &mut TenantRoster, at: Moment, body: &RaisedAlert) {
    let group = match body.cause {
        AlertCause::Deactivations { .. } => None,
        AlertCause::GroupEmptied { team_id, .. } => {
            tenant.groups.get(team_id).map(|group| group.display_name().to_owned())
        }
    };
    let alert = Alert {
        id: body.alert_id,
        raised_at: at.time,
        cause: body.cause,
        held: body.held,
        departures: 0,
        decision: None,
        group,
    };
    tenant.guard.alerts.insert(body.alert_id, Arc::new(alert));
    match body.cause {
        AlertCause::Deactivations { .. } => tenant.guard.current_alert = Some(body.alert_id),
        AlertCause::GroupEmptied { .. } => {}
    }
}

pub(super) fn people_added(
    tenant: &mut TenantRoster,
    at: Moment,
    id: AlertId,
    people: &[EmployeeId],
) {
    let Some(alert) = tenant.guard.alerts.get_mut(&id).map(Arc::make_mut) else { return };
    alert.departures += people.len();
    let held = alert.held;
    for employee in people {
        tenant.guard.belongs(*employee, id);
        if !held {
            continue;
        }
        let known = tenant.people.by_employee(*employee).is_some();
        if known && !tenant.people.is_active(*employee) {
            tenant.guard.set_override(*employee, StandingOverride::Held(id));
            tenant.reschedule_person(*employee, at.time);
        }
    }
}

pub(super) fn decided(tenant: &mut TenantRoster, at: Moment, id: AlertId, decision: AlertOutcome) {
    let Some(alert) = tenant.guard.alerts.get_mut(&id).map(Arc::make_mut) else { return };
    alert.decision = Some(decision);
    for employee in tenant.guard.decided(id, decision) {
        tenant.reschedule_person(employee, at.time);
    }
}
