//! The mass-change guard: whether what was decided is too much within too short a time.

use events::{
    AlertCause, AlertId, AlertPeople, EmployeeId, Event, RaisedAlert, Seq, TeamId, Tenant,
};
use jiff::Timestamp;

use crate::watch::SEVERAL;
use crate::{Roster, TenantRoster};

/// What an event takes away, which the guard has to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// A person who may have left with it.
    Person(EmployeeId),
    /// Members of a group, or all of it.
    Members(TeamId),
}

impl Loss {
    /// None for most events, so that the guard costs them nothing.
    pub fn by(event: &Event) -> Option<Self> {
        if let Event::UserDeactivated(state) | Event::UserDeleted(state) = event {
            return Some(Self::Person(state.employee_id));
        }
        if let Event::GroupMembersRemoved(body) = event {
            return Some(Self::Members(body.team_id));
        }
        let Event::GroupDeleted(body) = event else { return None };
        Some(Self::Members(body.team_id))
    }
}

/// The events that tell of a mass change, none if all is quiet.
///
/// The events with these `losses` have led from the roster `before` to the one `after`. What this
/// returns belongs into the same atomic decision, so that nobody sees the one without the other.
pub fn alarm(
    before: &Roster,
    after: &Roster,
    tenant: &Tenant,
    losses: &[Loss],
    now: Timestamp,
    mut new_id: impl FnMut() -> AlertId,
) -> Vec<Event> {
    let (since, before) = (before.position().seq, before.tenant(tenant));
    let (Some(before), Some(after)) = (before, after.tenant(tenant)) else { return vec![] };
    if !after.watch.guard.on {
        return vec![];
    }
    let mut events = departures(after, since, losses, &mut new_id);
    if let Some((team_id, deleted)) = emptied(before, after, losses, now) {
        events.push(Event::AlertRaised(RaisedAlert {
            alert_id: new_id(),
            cause: AlertCause::GroupEmptied { team_id, deleted },
            held: false,
            guard: after.watch.guard,
        }));
    }
    events
}

/// Raises an alert when too many have left, with all who left within the window; afterwards adds
/// whoever leaves next, while it still is too many.
fn departures(
    after: &TenantRoster,
    since: Seq,
    losses: &[Loss],
    new_id: &mut impl FnMut() -> AlertId,
) -> Vec<Event> {
    let leavers = &after.watch.leavers;
    let new = losses.iter().filter_map(|loss| match loss {
        Loss::Person(employee) => {
            leavers.left(*employee).is_some_and(|seq| seq > since).then_some(*employee)
        }
        Loss::Members(_) => None,
    });
    let new: Vec<EmployeeId> = new.collect();
    if new.is_empty() || !too_many(after) {
        return vec![];
    }
    if let Some(alert) = after.watch.episode {
        return people_added(alert, &new);
    }
    let alert_id = new_id();
    let raised = RaisedAlert {
        alert_id,
        cause: AlertCause::Deactivations {
            deactivations: count(leavers.len()),
            active_before: count(active_before(after)),
        },
        held: after.watch.guard.hold,
        guard: after.watch.guard,
    };
    let free = |leaver: &EmployeeId| after.watch.kept(*leaver).is_none();
    let people: Vec<EmployeeId> = leavers.iter().filter(free).collect();
    let mut events = vec![Event::AlertRaised(raised)];
    events.extend(people_added(alert_id, &people));
    events
}

fn too_many(tenant: &TenantRoster) -> bool {
    let (guard, left) = (tenant.watch.guard, tenant.watch.leavers.len());
    let part = left as u64 * 100 > u64::from(guard.percent) * active_before(tenant) as u64;
    // One who leaves is no mass, however the guard is set.
    part && left >= (guard.deactivations as usize).max(2)
}

/// How many would be Active if nobody had left within the window.
fn active_before(tenant: &TenantRoster) -> usize {
    tenant.people.active() + tenant.watch.leavers.len()
}

fn people_added(alert_id: AlertId, people: &[EmployeeId]) -> Vec<Event> {
    let piece = |people: &[EmployeeId]| AlertPeople { alert_id, people: people.to_vec() };
    people.chunks(AlertPeople::MAX).map(piece).map(Event::AlertPeopleAdded).collect()
}

/// The group that has just lost its last member or itself, if it had several within the window.
fn emptied(
    before: &TenantRoster,
    after: &TenantRoster,
    losses: &[Loss],
    now: Timestamp,
) -> Option<(TeamId, bool)> {
    let members =
        |tenant: &TenantRoster, team| tenant.groups.get(team).map_or(0, crate::Group::member_count);
    let emptied = |team: &TeamId| {
        let lately = before.watch.shrinking.get(team);
        let had_several = members(before, *team) >= SEVERAL
            || lately.is_some_and(|at| now.duration_since(*at) <= after.watch.window());
        members(before, *team) > 0 && members(after, *team) == 0 && had_several
    };
    let team = losses.iter().find_map(|loss| match loss {
        Loss::Members(team) => Some(*team).filter(emptied),
        Loss::Person(_) => None,
    })?;
    Some((team, after.groups.get(team).is_none()))
}

fn count(people: usize) -> u32 {
    u32::try_from(people).unwrap_or(u32::MAX)
}
