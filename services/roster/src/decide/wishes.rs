//! What a line of changes asks for, member by member.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use events::{EmployeeId, ResourceId, TeamId};

use crate::members::{Name, Named};
use crate::{NewMember, People, TenantRoster};

/// Whom a wish is about, and by which of their resources if they have several.
type Whom = (Named, Option<ResourceId>);

/// Whether somebody named in a change is to be a member in the end, and how they were named.
pub(super) struct Wish<'a> {
    pub(super) member: bool,
    /// Whether the value is the id of a resource that they have, and not of one that was deleted.
    pub(super) current: bool,
    pub(super) value: &'a str,
    pub(super) display: Option<&'a str>,
    /// The place in the order of what was said last.
    pub(super) said: usize,
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
pub(super) struct Wishes<'a> {
    pub(super) tenant: &'a TenantRoster,
    pub(super) team: TeamId,
    /// Whether those stay of whom nothing was said.
    pub(super) others_stay: bool,
    pub(super) said: usize,
    pub(super) wishes: BTreeMap<Whom, Wish<'a>>,
}

impl<'a> Wishes<'a> {
    pub(super) fn come(&mut self, members: &'a [NewMember]) {
        for NewMember { value, display } in members {
            self.say(true, value, display.as_deref());
        }
    }

    pub(super) fn go(&mut self, values: &'a [String]) {
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
                    (There::Not, true) if self.is_inherited(employee) => {
                        let shown = names(self.tenant, self.team, employee);
                        (false, shown.first().map(|name| name.resource))
                    }
                    (There::Not, true) => (false, by),
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
        if self.is_inherited(employee) {
            There::Inherited(names.first().map(|name| name.resource))
        } else {
            There::Named
        }
    }

    /// Whether the group shows somebody, until now, by a resource that the client never named there.
    fn is_inherited(&self, employee: EmployeeId) -> bool {
        let group = self.tenant.groups.get(self.team);
        group.is_some_and(|group| group.roll.is_inherited(employee))
    }

    /// What was said of somebody, by each of their resources.
    pub(super) fn of(
        &self,
        employee: EmployeeId,
    ) -> impl Iterator<Item = (Option<ResourceId>, &Wish<'a>)> {
        let person = Named::Person(employee);
        let theirs = self.wishes.range((person.clone(), None)..);
        let theirs = theirs.take_while(move |((named, _), _)| *named == person);
        theirs.map(|((_, by), wish)| (*by, wish))
    }

    /// Whether the client now names somebody itself whom the group showed by a resource that it did
    /// not name.
    pub(super) fn confirms(&self, employee: EmployeeId) -> bool {
        self.is_inherited(employee)
            && self.of(employee).any(|(_, wish)| wish.member && wish.current)
    }
}

/// The resources by which a group names somebody who has several; none if they are no member.
pub(super) fn names(tenant: &TenantRoster, team: TeamId, employee: EmployeeId) -> Vec<Name> {
    tenant.groups.get(team).map_or(vec![], |group| group.roll.names(employee).to_vec())
}

/// Whom a value means.
fn whom(value: &str, people: &People) -> Whom {
    let named = Named::by(value, people);
    let several = employee(&named).filter(|employee| people.has_several(*employee));
    let by = several.map(|employee| people.one_of_several(employee, value));
    (named, by)
}

pub(super) fn employee(named: &Named) -> Option<EmployeeId> {
    match named {
        Named::Person(employee) => Some(*employee),
        Named::Unknown(_) => None,
    }
}
