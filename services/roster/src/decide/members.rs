//! Members join groups and leave them.

use std::collections::{BTreeMap, BTreeSet};

use events::{
    ChangedMembers, EmployeeId, Event, MemberRef, MemberResource, MemberResources, ReplacedMembers,
    ResourceId, TeamId,
};

use super::wishes::{Wishes, employee, names};
use crate::members::{Name, Named};
use crate::{MemberChange, TenantRoster};

/// So many people are told of in one decision who are named by other resources: a batch has its
/// bounds. Of those beyond, a deleted id means the membership as before.
const MOST_NAMED: usize = 500;

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
        let renamed = renamed.into_iter().take(MOST_NAMED).map(Event::GroupMemberResourcesChanged);
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

/// What brings a group's members to where a line of changes ends. What was added and removed again
/// within the line never happened.
///
/// Costs no more for a large group than for a small one, unless all its members are replaced.
pub(super) fn change(tenant: &TenantRoster, team: TeamId, line: &[MemberChange]) -> Difference {
    let wishes = BTreeMap::new();
    let mut heard = Wishes { tenant, team, others_stay: true, said: 0, wishes };
    for step in line {
        match step {
            MemberChange::Add(members) => heard.come(members),
            MemberChange::Remove(values) => heard.go(values),
            MemberChange::Exactly(members) => {
                heard.others_stay = false;
                heard.wishes.clear();
                heard.come(members);
            }
        }
    }
    let Wishes { ref wishes, others_stay, .. } = heard;

    let mut difference = Difference::default();
    let mut joining: Vec<(usize, MemberRef)> = Vec::new();
    for ((named, by), wish) in wishes {
        if by.is_some() {
            continue;
        }
        match (tenant.memberships.get(team, named).is_some(), wish.member) {
            (false, true) => {
                joining.push((wish.said, member_ref(named, wish.value, wish.display)));
            }
            (true, false) => difference.leaving.push(member_ref(named, wish.value, None)),
            (true, true) => {
                let one = employee(named).filter(|one| heard.confirms(*one));
                difference.renamed.extend(one.and_then(|one| only_resource(tenant, team, one)));
            }
            (false, false) => {}
        }
    }
    let mut several: BTreeSet<EmployeeId> = wishes
        .keys()
        .filter(|(_, by)| by.is_some())
        .filter_map(|(named, _)| employee(named))
        .collect();
    if !others_stay && let Some(group) = tenant.groups.get(team) {
        // Those who cannot be seen too: they must not be back in it once they are made anew.
        for named in group.roll.everybody() {
            match employee(&named).filter(|one| !group.roll.names(*one).is_empty()) {
                Some(one) => drop(several.insert(one)),
                None if wishes.contains_key(&(named.clone(), None)) => {}
                None => {
                    let value = shown(tenant, &named);
                    difference.leaving.push(member_ref(&named, &value, None));
                }
            }
        }
    }
    for employee in several {
        let before = names(tenant, team, employee);
        let confirmed = heard.confirms(employee);
        let after = names_after(&heard, employee, &before, others_stay && !confirmed);
        let value = |name: &Name| {
            let wish = wishes.get(&(Named::Person(employee), Some(name.resource)));
            wish.map_or_else(|| name.resource.to_string(), |wish| wish.value.to_owned())
        };
        if before.is_empty() {
            let joins = after.iter().map(|(said, name)| {
                let named = Named::Person(employee);
                (*said, member_ref(&named, &value(name), name.display.as_deref()))
            });
            joining.extend(joins);
        } else {
            difference.of_several(team, employee, &before, after, confirmed);
        }
    }
    joining.sort_by_key(|(said, _)| *said);
    difference.joining = joining.into_iter().map(|(_, member)| member).collect();
    difference
}

/// The same after all was said, each with the place of what was said of it, if it is new.
fn names_after(
    heard: &Wishes<'_>,
    employee: EmployeeId,
    before: &[Name],
    others_stay: bool,
) -> Vec<(usize, Name)> {
    let person = Named::Person(employee);
    let stays = |name: &&Name| {
        let wish = heard.wishes.get(&(person.clone(), Some(name.resource)));
        wish.map_or(others_stay, |wish| wish.member)
    };
    let stay = before.iter().filter(stays).map(|name| (0, name.clone()));
    let new = heard.of(employee).filter_map(|(by, wish)| {
        let resource = by?;
        let is_new = wish.member && before.iter().all(|name| name.resource != resource);
        let display = wish.display.map(Into::into);
        is_new.then_some((wish.said, Name { resource, display }))
    });
    let mut names: Vec<(usize, Name)> = stay.chain(new).collect();
    names.sort_by_key(|(said, _)| *said);
    names
}

impl Difference {
    /// Takes in what becomes of a member who has several resources: one member, however many of them
    /// the group names.
    fn of_several(
        &mut self,
        team: TeamId,
        employee: EmployeeId,
        before: &[Name],
        after: Vec<(usize, Name)>,
        confirmed: bool,
    ) {
        let member =
            |name: &Name| member_ref(&Named::Person(employee), &name.resource.to_string(), None);
        let resources = |names: &mut dyn Iterator<Item = &Name>| -> BTreeSet<ResourceId> {
            names.map(|name| name.resource).collect()
        };
        let same =
            resources(&mut before.iter()) == resources(&mut after.iter().map(|(_, name)| name));
        match after.as_slice() {
            [] => self.leaving.extend(before.iter().map(member)),
            _ if same && !confirmed => {}
            _ => self.renamed.push(MemberResources {
                team_id: team,
                employee_id: employee,
                resources: after
                    .into_iter()
                    .map(|(_, name)| MemberResource {
                        resource_id: name.resource,
                        display: name.display.as_deref().map(str::to_owned),
                    })
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
    let joined = tenant.memberships.of_person(employee, team)?;
    let display = tenant.groups.get(team)?.roll.display(joined).map(str::to_owned);
    let resource_id = tenant.people.by_employee(employee)?.resource;
    let resources = vec![MemberResource { resource_id, display }];
    Some(MemberResources { team_id: team, employee_id: employee, resources })
}

fn member_ref(named: &Named, value: &str, display: Option<&str>) -> MemberRef {
    MemberRef {
        value: value.to_owned(),
        employee_id: employee(named),
        display: display.map(str::to_owned),
    }
}

/// The value by which a group shows somebody, or did last.
fn shown(tenant: &TenantRoster, named: &Named) -> String {
    match named {
        Named::Person(employee) => tenant
            .people
            .by_employee(*employee)
            .map_or_else(|| employee.to_string(), |person| person.resource.to_string()),
        Named::Unknown(value) => value.to_string(),
    }
}
