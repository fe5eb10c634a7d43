//! Members join groups and leave them.

use std::sync::Arc;

use events::{EmployeeId, MemberRef, ResourceId, TeamId};

use super::{Moment, alerts};
use crate::members::{Entry, Joined, Named};
use crate::{Group, People, TenantRoster};

pub(super) fn added(tenant: &mut TenantRoster, at: Moment, team: TeamId, members: &[MemberRef]) {
    for (nth, member) in members.iter().enumerate() {
        let named = named(member, &tenant.people);
        if tenant.memberships.get(team, &named).is_none() {
            let display = member.display.as_deref().map(Arc::from);
            let entry = Entry { joined: Joined { seq: at.seq, nth }, display };
            join(tenant, team, named, entry);
        }
    }
    touch(tenant, team, at);
}

pub(super) fn removed(tenant: &mut TenantRoster, at: Moment, team: TeamId, members: &[MemberRef]) {
    let before = shown(tenant, team);
    for member in members {
        let named = named(member, &tenant.people);
        leave(tenant, team, &named);
    }
    // Whoever looks at the group sees nothing of it if only those went who were hidden.
    if shown(tenant, team) < before {
        alerts::shrunk(tenant, at, team, before);
        touch(tenant, team, at);
    }
}

/// How many members a group shows.
fn shown(tenant: &TenantRoster, team: TeamId) -> usize {
    tenant.groups.get(team).map_or(0, Group::member_count)
}

/// The group is gone, and all memberships with it.
pub(super) fn disbanded(tenant: &mut TenantRoster, team: TeamId) {
    tenant.watch.shrinking.remove(&team);
    let Some(group) = tenant.groups.take(team) else { return };
    for named in group.roll.seen.values() {
        tenant.memberships.remove(team, named);
    }
    for employee in group.roll.hidden.values() {
        tenant.memberships.remove(team, &Named::Person(*employee));
    }
}

/// Values that waited for a person with this id have found them. Somebody who was a member
/// already, by an earlier id, has been one since the first of the two, and is called as then.
pub(super) fn recognise(
    tenant: &mut TenantRoster,
    at: Moment,
    resource: ResourceId,
    employee: EmployeeId,
) {
    let value: Arc<str> = resource.to_string().into();
    for team in tenant.memberships.awaiting(&value) {
        let person = Named::Person(employee);
        let awaited = leave(tenant, team, &Named::Unknown(Arc::clone(&value)));
        let known = leave(tenant, team, &person);
        if let Some(first) = awaited.into_iter().chain(known).min() {
            join(tenant, team, person, first);
            touch(tenant, team, at);
        }
    }
}

/// Shows a person in their groups, who was hidden there.
pub(super) fn show(tenant: &mut TenantRoster, at: Moment, employee: EmployeeId) {
    for (team, joined) in groups_of(tenant, employee) {
        let Some(group) = tenant.groups.get_mut(team) else { continue };
        if group.roll.hidden.remove(&joined).is_some() {
            group.roll.seen.insert(joined, Named::Person(employee));
            touch(tenant, team, at);
        }
    }
}

/// Hides a person in their groups: there is no resource to show any more.
pub(super) fn hide(tenant: &mut TenantRoster, at: Moment, employee: EmployeeId) {
    for (team, joined) in groups_of(tenant, employee) {
        let Some(group) = tenant.groups.get_mut(team) else { continue };
        if group.roll.seen.remove(&joined).is_some() {
            group.roll.hidden.insert(joined, employee);
            touch(tenant, team, at);
        }
    }
}

fn groups_of(tenant: &TenantRoster, employee: EmployeeId) -> Vec<(TeamId, Joined)> {
    tenant.memberships.of(employee).collect()
}

/// Whom an event means: the person it names, else whoever has the id.
fn named(member: &MemberRef, people: &People) -> Named {
    match member.employee_id.filter(|employee| people.by_employee(*employee).is_some()) {
        Some(employee) => Named::Person(employee),
        None => Named::by(&member.value, people),
    }
}

fn join(tenant: &mut TenantRoster, team: TeamId, named: Named, entry: Entry) {
    let Some(group) = tenant.groups.get_mut(team) else { return };
    tenant.memberships.insert(team, &named, entry.joined);
    let hidden = match &named {
        Named::Person(employee) => tenant.people.is_gone(*employee),
        Named::Unknown(_) => false,
    };
    group.roll.enter(named, entry, hidden);
}

fn leave(tenant: &mut TenantRoster, team: TeamId, named: &Named) -> Option<Entry> {
    let joined = tenant.memberships.remove(team, named)?;
    Some(tenant.groups.get_mut(team)?.roll.strike(joined))
}

fn touch(tenant: &mut TenantRoster, team: TeamId, at: Moment) {
    if let Some(group) = tenant.groups.get_mut(team) {
        group.version = at.seq;
        group.changed_at = at.time;
    }
}
