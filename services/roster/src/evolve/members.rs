//! Members join groups and leave them.

use std::sync::Arc;

use events::{EmployeeId, MemberRef, MemberResources, ResourceId, TeamId};

use super::{Moment, alerts};
use crate::members::{Joined, MemberKey};
use crate::{Group, People, TenantRoster};

pub(super) fn added(tenant: &mut TenantRoster, at: Moment, team: TeamId, members: &[MemberRef]) {
    for (nth, member) in members.iter().enumerate() {
        let Some(key) = key_of(member, &tenant.people) else { continue };
        if tenant.memberships.get(team, &key).is_none() {
            join(tenant, team, key.clone(), Joined { seq: at.seq, nth });
            if let MemberKey::Person(employee) = key {
                let inherited = !tenant.people.is_current(employee, &member.value);
                set_inherited(tenant, team, employee, inherited);
            }
        }
        if let MemberKey::Person(employee) = key
            && tenant.people.has_several(employee)
        {
            let resource = tenant.people.one_of_several(employee, &member.value);
            name_too(tenant, team, employee, resource);
        }
    }
    touch(tenant, team, at);
}

pub(super) fn removed(tenant: &mut TenantRoster, at: Moment, team: TeamId, members: &[MemberRef]) {
    let before = shown(tenant, team);
    let mut erased_since = false;
    for member in members {
        let key = key_of(member, &tenant.people).unwrap_or_else(|| {
            erased_since = true;
            // As which they joined, if they were not known yet.
            MemberKey::Unknown(member.value.as_str().into())
        });
        leave(tenant, team, &key);
    }
    let shrunk = shown(tenant, team) < before;
    if shrunk {
        alerts::shrunk(tenant, at, team, before);
    }
    // Whoever looks at the group sees nothing of it if only those went who were hidden.
    if shrunk || erased_since {
        touch(tenant, team, at);
    }
}

/// How many members a group shows.
fn shown(tenant: &TenantRoster, team: TeamId) -> usize {
    tenant.groups.get(team).map_or(0, Group::member_count)
}

/// The group is gone, and all memberships with it.
pub(super) fn disbanded(tenant: &mut TenantRoster, team: TeamId) {
    tenant.guard.shrinking.remove(&team);
    let Some(group) = tenant.groups.take(team) else { return };
    for key in group.member_list.seen.values() {
        tenant.memberships.remove(team, key);
    }
    for employee in group.member_list.hidden.values() {
        tenant.memberships.remove(team, &MemberKey::Person(*employee));
    }
}

/// Values that waited for a person with this id have found them. Somebody who was a member
/// already, by an earlier id, has been one since the first of the two.
pub(super) fn recognise(
    tenant: &mut TenantRoster,
    at: Moment,
    resource: ResourceId,
    employee: EmployeeId,
) {
    let value: Arc<str> = resource.to_string().into();
    for team in tenant.memberships.awaiting(&value) {
        let person = MemberKey::Person(employee);
        let group = tenant.groups.get(team);
        // A resource that the client named itself takes the place of one that it did not.
        let group = group.filter(|group| !group.member_list.is_inherited(employee));
        let mut names = group.map_or(vec![], |group| group.member_list.names(employee).to_vec());
        let awaited = leave(tenant, team, &MemberKey::Unknown(Arc::clone(&value)));
        let known = leave(tenant, team, &person);
        if let Some(first) = awaited.into_iter().chain(known).min() {
            join(tenant, team, person, first);
            touch(tenant, team, at);
        }
        if tenant.people.has_several(employee) {
            names.push(resource);
            set_names(tenant, team, employee, names);
        }
    }
}

/// Somebody is back, and their groups are to show them by a resource that the client never named.
pub(super) fn inherit(tenant: &mut TenantRoster, employee: EmployeeId) {
    for (team, _) in groups_of(tenant, employee) {
        set_inherited(tenant, team, employee, true);
    }
}

/// Shows a person in their groups, who was hidden there.
pub(super) fn show(tenant: &mut TenantRoster, at: Moment, employee: EmployeeId) {
    for (team, joined) in groups_of(tenant, employee) {
        let Some(group) = tenant.groups.get_mut(team) else { continue };
        if group.member_list.hidden.remove(&joined).is_some() {
            group.member_list.seen.insert(joined, MemberKey::Person(employee));
            touch(tenant, team, at);
        }
    }
}

/// Hides a person in their groups: there is no resource to show any more.
pub(super) fn hide(tenant: &mut TenantRoster, at: Moment, employee: EmployeeId) {
    for (team, joined) in groups_of(tenant, employee) {
        let Some(group) = tenant.groups.get_mut(team) else { continue };
        if group.member_list.seen.remove(&joined).is_some() {
            group.member_list.hidden.insert(joined, employee);
            touch(tenant, team, at);
        }
    }
}

/// Somebody has a newer resource beside this one: their groups show them by the old one still, as
/// the client named them.
pub(super) fn superseded(tenant: &mut TenantRoster, employee: EmployeeId, older: ResourceId) {
    for (team, _) in groups_of(tenant, employee) {
        let Some(group) = tenant.groups.get(team) else { continue };
        if group.member_list.names(employee).is_empty() {
            set_names(tenant, team, employee, vec![older]);
        }
    }
}

/// A group names somebody by these resources, as the client does.
pub(super) fn renamed(tenant: &mut TenantRoster, at: Moment, body: &MemberResources) {
    let (team, employee) = (body.team_id, body.employee_id);
    if tenant.memberships.of_person(employee, team).is_none() {
        return;
    }
    let theirs = |named: &ResourceId| tenant.people.is_current(employee, &named.to_string());
    let names = body.resources.iter().map(|named| named.resource_id);
    let names: Vec<ResourceId> = names.filter(theirs).collect();
    if names.is_empty() {
        return;
    }
    set_inherited(tenant, team, employee, false);
    let before = tenant.groups.get(team).map_or(&[][..], |group| group.member_list.names(employee));
    // Whoever has one resource is shown by that.
    if tenant.people.has_several(employee) && names != before {
        set_names(tenant, team, employee, names);
        touch(tenant, team, at);
    }
}

/// One of somebody's several resources is gone. A group that showed them by it alone shows them by
/// the newest of the others, as it does when somebody returns; one resource needs no name.
pub(super) fn resource_gone(
    tenant: &mut TenantRoster,
    at: Moment,
    employee: EmployeeId,
    resource: ResourceId,
) {
    let several = tenant.people.has_several(employee);
    let newest = tenant.people.by_employee(employee).map(|newest| newest.resource);
    for (team, _) in groups_of(tenant, employee) {
        let Some(group) = tenant.groups.get_mut(team) else { continue };
        let mut names = group.member_list.names(employee).to_vec();
        let gone = names.iter().position(|name| *name == resource);
        let gone = gone.map(|place| names.remove(place));
        if let (true, Some(_), Some(newest)) = (names.is_empty(), gone, newest) {
            names.push(newest);
            group.member_list.set_inherited(employee, true);
        }
        if !several {
            names.clear();
        }
        group.member_list.set_names(employee, names);
        if gone.is_some() {
            touch(tenant, team, at);
        }
    }
}

/// Somebody is erased, and no member of anything; nor is any of their resources. These are the groups
/// that look otherwise now.
pub(super) fn forget(
    tenant: &mut TenantRoster,
    at: Moment,
    employee: EmployeeId,
    resources: &[ResourceId],
    teams: &[TeamId],
) {
    for (team, _) in groups_of(tenant, employee) {
        leave(tenant, team, &MemberKey::Person(employee));
    }
    for resource in resources {
        let value: Arc<str> = resource.to_string().into();
        for team in tenant.memberships.awaiting(&value) {
            leave(tenant, team, &MemberKey::Unknown(Arc::clone(&value)));
        }
    }
    for team in teams {
        touch(tenant, *team, at);
    }
}

fn name_too(tenant: &mut TenantRoster, team: TeamId, employee: EmployeeId, name: ResourceId) {
    let Some(group) = tenant.groups.get(team) else { return };
    let mut names = group.member_list.names(employee).to_vec();
    if !names.contains(&name) {
        names.push(name);
        set_names(tenant, team, employee, names);
    }
}

fn set_names(
    tenant: &mut TenantRoster,
    team: TeamId,
    employee: EmployeeId,
    names: Vec<ResourceId>,
) {
    if let Some(group) = tenant.groups.get_mut(team) {
        group.member_list.set_names(employee, names);
    }
}

fn set_inherited(tenant: &mut TenantRoster, team: TeamId, employee: EmployeeId, inherited: bool) {
    if let Some(group) = tenant.groups.get_mut(team) {
        group.member_list.set_inherited(employee, inherited);
    }
}

fn groups_of(tenant: &TenantRoster, employee: EmployeeId) -> Vec<(TeamId, Joined)> {
    tenant.memberships.of(employee).collect()
}

/// Whom an event means: the person it names, else whoever has the id. None for a person of whom
/// nothing is known: their own events are gone, since they were erased later.
fn key_of(member: &MemberRef, people: &People) -> Option<MemberKey> {
    match member.employee_id {
        Some(employee) if people.by_employee(employee).is_some() => {
            Some(MemberKey::Person(employee))
        }
        Some(_) => None,
        None => Some(MemberKey::of(&member.value, people)),
    }
}

fn join(tenant: &mut TenantRoster, team: TeamId, key: MemberKey, joined: Joined) {
    let Some(group) = tenant.groups.get_mut(team) else { return };
    tenant.memberships.insert(team, &key, joined);
    let hidden = match &key {
        MemberKey::Person(employee) => tenant.people.is_gone(*employee),
        MemberKey::Unknown(_) => false,
    };
    group.member_list.insert(key, joined, hidden);
}

fn leave(tenant: &mut TenantRoster, team: TeamId, key: &MemberKey) -> Option<Joined> {
    let joined = tenant.memberships.remove(team, key)?;
    let member_list = &mut tenant.groups.get_mut(team)?.member_list;
    if let MemberKey::Person(employee) = key {
        member_list.set_names(*employee, vec![]);
        member_list.set_inherited(*employee, false);
    }
    member_list.remove(joined);
    Some(joined)
}

fn touch(tenant: &mut TenantRoster, team: TeamId, at: Moment) {
    if let Some(group) = tenant.groups.get_mut(team) {
        group.version = at.seq;
        group.changed_at = at.time;
    }
}
