//! Members join groups and leave them.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use events::{
    ChangedMembers, EmployeeId, Event, MemberRef, MemberResource, MemberResources, ReplacedMembers,
    ResourceId, TeamId,
};

use crate::members::{Name, Named};
use crate::{MemberChange, NewMember, People, TenantRoster};

/// Whom a wish is about, and by which of their resources if they have several.
type Whom = (Named, Option<ResourceId>);

/// Whether somebody named in a change is to be a member in the end, and how they were named.
struct Wish<'a> {
    member: bool,
    /// Whether the value is the id of a resource that they have, and not of one that was deleted.
    current: bool,
    value: &'a str,
    display: Option<&'a str>,
    /// The place in the order of what was said last.
    said: usize,
}

/// How a person is in the group, as far as the changes have been told.
enum There {
    Not,
    /// By an id that the client named.
    Named,
    /// By this one of several, or by the only one, which the client never named.
    Inherited(Option<ResourceId>),
}

/// All that a line of changes has said so far.
struct Wishes<'a> {
    tenant: &'a TenantRoster,
    team: TeamId,
    /// Whether those stay of whom nothing was said.
    others_stay: bool,
    said: usize,
    wishes: BTreeMap<Whom, Wish<'a>>,
}

impl<'a> Wishes<'a> {
    fn come(&mut self, members: &'a [NewMember]) {
        for NewMember { value, display } in members {
            self.say(true, value, display.as_deref());
        }
    }

    fn go(&mut self, values: &'a [String]) {
        for value in values {
            self.say(false, value, None);
        }
    }

    fn say(&mut self, member: bool, value: &'a str, display: Option<&'a str>) {
        self.said += 1;
        let people = &self.tenant.people;
        let (named, by) = whom(value, people);
        let (current, by) = match employee(&named) {
            Some(employee) if !people.is_current(employee, value) => {
                match (self.there(employee), member) {
                    (There::Not, true) => (false, self.inherited(employee).unwrap_or(by)),
                    (There::Inherited(by), false) => (false, by),
                    // A deleted id says nothing against one that the client named since.
                    (There::Not | There::Named, false)
                    | (There::Named | There::Inherited(_), true) => return,
                }
            }
            Some(_) | None => (true, by),
        };
        if let (true, true, Some(one)) = (member, current, by.and(employee(&named))) {
            // A name that was only taken for want of this one.
            let for_want = self.of(one).find(|(_, wish)| wish.member && !wish.current);
            if let Some((other, _)) = for_want.filter(|(other, _)| *other != by) {
                self.wishes.remove(&(named.clone(), other));
            }
        }
        let wish = Wish { member, current, value, display, said: self.said };
        match self.wishes.entry((named, by)) {
            Entry::Occupied(mut same) if same.get().member == member => {
                if current && !same.get().current {
                    same.get_mut().current = true;
                    same.get_mut().value = value;
                }
            }
            Entry::Occupied(mut other) => {
                other.insert(wish);
            }
            Entry::Vacant(new) => {
                new.insert(wish);
            }
        }
    }

    fn there(&self, employee: EmployeeId) -> There {
        let person = Named::Person(employee);
        let mut inherited = None;
        for (by, wish) in self.of(employee).filter(|(_, wish)| wish.member) {
            if wish.current {
                return There::Named;
            }
            inherited = Some(by);
        }
        if let Some(by) = inherited {
            return There::Inherited(by);
        }
        let gone = |by| self.wishes.get(&(person.clone(), by)).is_some_and(|wish| !wish.member);
        let names = names(self.tenant, self.team, employee);
        let all_gone = !names.is_empty() && names.iter().all(|name| gone(Some(name.resource)));
        let is_member = self.tenant.memberships.get(self.team, &person).is_some();
        if !self.others_stay || !is_member || gone(None) || all_gone {
            return There::Not;
        }
        self.inherited(employee).map_or(There::Named, There::Inherited)
    }

    /// By which of several resources, or by the only one, the group shows somebody until now whom the
    /// client never named by it.
    fn inherited(&self, employee: EmployeeId) -> Option<Option<ResourceId>> {
        let group = self.tenant.groups.get(self.team)?;
        let names = group.roll.names(employee);
        let by = names.first().map(|name| name.resource);
        group.roll.is_inherited(employee).then_some(by)
    }

    fn of(&self, employee: EmployeeId) -> impl Iterator<Item = (Option<ResourceId>, &Wish<'a>)> {
        let person = Named::Person(employee);
        let theirs = self.wishes.range((person.clone(), None)..);
        let theirs = theirs.take_while(move |((named, _), _)| *named == person);
        theirs.map(|((_, by), wish)| (*by, wish))
    }

    /// Whether the client now names somebody itself whom the group showed by a resource that it did
    /// not name.
    fn confirms(&self, employee: EmployeeId) -> bool {
        self.inherited(employee).is_some()
            && self.of(employee).any(|(_, wish)| wish.member && wish.current)
    }
}

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
        let after = names_after(employee, wishes, &before, others_stay && !confirmed);
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

/// The resources by which a group names somebody who has several; none if they are no member.
fn names(tenant: &TenantRoster, team: TeamId, employee: EmployeeId) -> Vec<Name> {
    tenant.groups.get(team).map_or(vec![], |group| group.roll.names(employee).to_vec())
}

/// The same after all was said, each with the place of what was said of it, if it is new.
fn names_after(
    employee: EmployeeId,
    wishes: &BTreeMap<Whom, Wish<'_>>,
    before: &[Name],
    others_stay: bool,
) -> Vec<(usize, Name)> {
    let person = Named::Person(employee);
    let stays = |name: &&Name| {
        let wish = wishes.get(&(person.clone(), Some(name.resource)));
        wish.map_or(others_stay, |wish| wish.member)
    };
    let stay = before.iter().filter(stays).map(|name| (0, name.clone()));
    let theirs = wishes.range((person.clone(), None)..);
    let theirs = theirs.take_while(|((named, _), _)| *named == person);
    let new = theirs.filter_map(|((_, by), wish)| {
        let resource = (*by)?;
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

/// Whom a value means.
fn whom(value: &str, people: &People) -> Whom {
    let named = Named::by(value, people);
    let several = employee(&named).filter(|employee| people.has_several(*employee));
    let by = several.map(|employee| people.one_of_several(employee, value));
    (named, by)
}

fn member_ref(named: &Named, value: &str, display: Option<&str>) -> MemberRef {
    MemberRef {
        value: value.to_owned(),
        employee_id: employee(named),
        display: display.map(str::to_owned),
    }
}

fn employee(named: &Named) -> Option<EmployeeId> {
    match named {
        Named::Person(employee) => Some(*employee),
        Named::Unknown(_) => None,
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
