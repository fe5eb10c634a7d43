//! Members join groups and leave them.

use std::collections::{BTreeMap, BTreeSet};

use events::{
    ChangedMembers, EmployeeId, Event, MemberRef, MemberResource, MemberResources, ReplacedMembers,
    ResourceId, TeamId,
};

use super::member_targets::{MemberTargets, employee, names};
use crate::members::MemberKey;
use crate::{MemberChange, TenantRoster};

/// So many people are told of in one decision who are named by other resources: a batch has its
/// bounds. Of those beyond, a deleted id means the membership as before.
const MAX_NAMED_PEOPLE: usize = 500;

/// Who leaves a group and who joins it, in the order in which they shall be there.
#[derive(Debug, Default)]
pub(super) struct Difference {
    leaving: Vec<MemberRef>,
    pub(super) joining: Vec<MemberRef>,
    /// Who stays, by other resources than before.
    renamed: Vec<MemberResources>,
}

impl Difference {
    /// One event if that can hold it.
    pub(super) fn events(self, team: TeamId) -> Vec<Event> {
        let Self { leaving, joining, renamed } = self;
        let renamed =
            renamed.into_iter().take(MAX_NAMED_PEOPLE).map(Event::GroupMemberResourcesChanged);
        let both = !leaving.is_empty() && !joining.is_empty();
        if both && leaving.len() + joining.len() <= ChangedMembers::MAX {
            let body = ReplacedMembers { team_id: team, removed: leaving, added: joining };
            return [Event::GroupMembersReplaced(body)].into_iter().chain(renamed).collect();
        }
        let left = pieces(team, &leaving).map(Event::GroupMembersRemoved);
        let joined = pieces(team, &joining).map(Event::GroupMembersAdded);
        left.chain(joined).chain(renamed).collect()
    }
}

fn pieces(team: TeamId, members: &[MemberRef]) -> impl Iterator<Item = ChangedMembers> {
    members
        .chunks(ChangedMembers::MAX)
        .map(move |piece| ChangedMembers { team_id: team, members: piece.into() })
}

/// The difference between a group's members now and after a list of changes. What the list adds and
/// removes again counts for nothing.
///
/// Costs no more for a large group than for a small one, unless all its members are replaced.
pub(super) fn change(tenant: &TenantRoster, team: TeamId, changes: &[MemberChange]) -> Difference {
    let targets = BTreeMap::new();
    let mut requested = MemberTargets { tenant, team, others_stay: true, order: 0, targets };
    for step in changes {
        match step {
            MemberChange::Add(members) => requested.add(members),
            MemberChange::Remove(values) => requested.remove(values),
            MemberChange::Exactly(members) => {
                requested.others_stay = false;
                requested.targets.clear();
                requested.add(members);
            }
        }
    }
    let MemberTargets { ref targets, others_stay, .. } = requested;

    let mut difference = Difference::default();
    let mut joining: Vec<(usize, MemberRef)> = Vec::new();
    for ((key, by), target) in targets {
        if by.is_some() {
            continue;
        }
        match (tenant.memberships.get(team, key).is_some(), target.member) {
            (false, true) => {
                joining.push((target.order, member_ref(key, target.value)));
            }
            (true, false) => difference.leaving.push(member_ref(key, target.value)),
            (true, true) => {
                let one = employee(key).filter(|one| requested.confirms(*one));
                difference.renamed.extend(one.and_then(|one| only_resource(tenant, team, one)));
            }
            (false, false) => {}
        }
    }
    let mut several: BTreeSet<EmployeeId> = targets
        .keys()
        .filter(|(_, by)| by.is_some())
        .filter_map(|(key, _)| employee(key))
        .collect();
    if !others_stay && let Some(group) = tenant.groups.get(team) {
        // Those who cannot be seen too: they must not be back in it once they are made anew.
        for key in group.member_list.all() {
            match employee(&key).filter(|one| !group.member_list.names(*one).is_empty()) {
                Some(one) => drop(several.insert(one)),
                None if targets.contains_key(&(key.clone(), None)) => {}
                None => {
                    let value = shown(tenant, &key);
                    difference.leaving.push(member_ref(&key, &value));
                }
            }
        }
    }
    for employee in several {
        let before = names(tenant, team, employee);
        let confirmed = requested.confirms(employee);
        let after = names_after(&requested, employee, &before, others_stay && !confirmed);
        let value = |name: &ResourceId| {
            let target = targets.get(&(MemberKey::Person(employee), Some(*name)));
            target.map_or_else(|| name.to_string(), |target| target.value.to_owned())
        };
        if before.is_empty() {
            let joins = after.iter().map(|(order, name)| {
                let key = MemberKey::Person(employee);
                (*order, member_ref(&key, &value(name)))
            });
            joining.extend(joins);
        } else {
            difference.of_several(team, employee, &before, after, confirmed);
        }
    }
    joining.sort_by_key(|(order, _)| *order);
    difference.joining = joining.into_iter().map(|(_, member)| member).collect();
    difference
}

/// The same after all was said, each with the place of what was said of it, if it is new.
fn names_after(
    requested: &MemberTargets<'_>,
    employee: EmployeeId,
    before: &[ResourceId],
    others_stay: bool,
) -> Vec<(usize, ResourceId)> {
    let person = MemberKey::Person(employee);
    let stays = |name: &ResourceId| {
        let target = requested.targets.get(&(person.clone(), Some(*name)));
        target.map_or(others_stay, |target| target.member)
    };
    let stay = before.iter().copied().filter(stays).map(|name| (0, name));
    let new = requested.of(employee).filter_map(|(by, target)| {
        let resource = by?;
        let is_new = target.member && !before.contains(&resource);
        is_new.then_some((target.order, resource))
    });
    let mut names: Vec<(usize, ResourceId)> = stay.chain(new).collect();
    names.sort_by_key(|(order, _)| *order);
    names
}

impl Difference {
    /// Takes in what becomes of a member who has several resources: one member, however many of them
    /// the group names.
    fn of_several(
        &mut self,
        team: TeamId,
        employee: EmployeeId,
        before: &[ResourceId],
        after: Vec<(usize, ResourceId)>,
        confirmed: bool,
    ) {
        let member =
            |name: &ResourceId| member_ref(&MemberKey::Person(employee), &name.to_string());
        let names: BTreeSet<&ResourceId> = before.iter().collect();
        let same = names == after.iter().map(|(_, name)| name).collect();
        match after.as_slice() {
            [] => self.leaving.extend(before.iter().map(member)),
            _ if same && !confirmed => {}
            _ => self.renamed.push(MemberResources {
                team_id: team,
                employee_id: employee,
                resources: after
                    .into_iter()
                    .map(|(_, resource_id)| MemberResource { resource_id })
                    .collect(),
            }),
        }
    }
}

/// How it is told that the client named somebody by the one resource that they have.
fn only_resource(
    tenant: &TenantRoster,
    team: TeamId,
    employee: EmployeeId,
) -> Option<MemberResources> {
    tenant.memberships.of_person(employee, team)?;
    let resource_id = tenant.people.by_employee(employee)?.resource;
    let resources = vec![MemberResource { resource_id }];
    Some(MemberResources { team_id: team, employee_id: employee, resources })
}

fn member_ref(key: &MemberKey, value: &str) -> MemberRef {
    MemberRef { value: value.to_owned(), employee_id: employee(key) }
}

/// The value by which a group shows somebody, or did last.
fn shown(tenant: &TenantRoster, key: &MemberKey) -> String {
    match key {
        MemberKey::Person(employee) => tenant
            .people
            .by_employee(*employee)
            .map_or_else(|| employee.to_string(), |person| person.resource.to_string()),
        MemberKey::Unknown(value) => value.to_string(),
    }
}
