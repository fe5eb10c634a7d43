//! What a list of member changes asks for in the end, member by member.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use events::{EmployeeId, ResourceId, TeamId};

use crate::members::MemberKey;
use crate::{People, TenantRoster};

/// A member, and the resource by which the group is to show them if they have several.
type TargetKey = (MemberKey, Option<ResourceId>);

/// Whether somebody named in a change is to be a member in the end, and how they were named.
pub(super) struct Target<'a> {
    pub(super) member: bool,
    /// Whether the value is the id of a resource that they have, and not of one that was deleted.
    pub(super) current: bool,
    pub(super) value: &'a str,
    /// The position of the last change that named them.
    pub(super) order: usize,
}

/// Whether a person is in the group after the changes that were read so far, and by what.
enum Membership {
    Not,
    /// By an id that the client named.
    ByNamedId,
    /// By this one of several, or by the only one, which the client never named.
    Inherited(Option<ResourceId>),
}

/// What the changes that were read so far ask for.
pub(super) struct MemberTargets<'a> {
    pub(super) tenant: &'a TenantRoster,
    pub(super) team: TeamId,
    /// Whether those stay of whom nothing was said.
    pub(super) others_stay: bool,
    /// How many members were named so far.
    pub(super) order: usize,
    pub(super) targets: BTreeMap<TargetKey, Target<'a>>,
}

impl<'a> MemberTargets<'a> {
    pub(super) fn add(&mut self, members: &'a [String]) {
        for value in members {
            self.set(true, value);
        }
    }

    pub(super) fn remove(&mut self, values: &'a [String]) {
        for value in values {
            self.set(false, value);
        }
    }

    fn set(&mut self, member: bool, value: &'a str) {
        self.order += 1;
        let people = &self.tenant.people;
        let (key, by) = whom(value, people);
        let (current, by) = match employee(&key) {
            Some(employee) if !people.is_current(employee, value) => {
                match (self.there(employee), member) {
                    (Membership::Not, true) if self.is_inherited(employee) => {
                        let shown = names(self.tenant, self.team, employee);
                        (false, shown.first().copied())
                    }
                    (Membership::Not, true) => (false, by),
                    (Membership::Inherited(by), false) => (false, by),
                    // A deleted id says nothing against one that the client named since.
                    (Membership::Not | Membership::ByNamedId, false)
                    | (Membership::ByNamedId | Membership::Inherited(_), true) => return,
                }
            }
            Some(_) | None => (true, by),
        };
        if let (true, true, Some(one)) = (member, current, by.and(employee(&key))) {
            // A name that was only taken for want of this one.
            let for_want = self.of(one).find(|(_, target)| target.member && !target.current);
            if let Some((other, _)) = for_want.filter(|(other, _)| *other != by) {
                self.targets.remove(&(key.clone(), other));
            }
        }
        let target = Target { member, current, value, order: self.order };
        match self.targets.entry((key, by)) {
            Entry::Occupied(mut same) if same.get().member == member => {
                if current && !same.get().current {
                    same.get_mut().current = true;
                    same.get_mut().value = value;
                }
            }
            Entry::Occupied(mut other) => {
                other.insert(target);
            }
            Entry::Vacant(new) => {
                new.insert(target);
            }
        }
    }

    fn there(&self, employee: EmployeeId) -> Membership {
        let person = MemberKey::Person(employee);
        let mut inherited = None;
        for (by, target) in self.of(employee).filter(|(_, target)| target.member) {
            if target.current {
                return Membership::ByNamedId;
            }
            inherited = Some(by);
        }
        if let Some(by) = inherited {
            return Membership::Inherited(by);
        }
        let gone =
            |by| self.targets.get(&(person.clone(), by)).is_some_and(|target| !target.member);
        let names = names(self.tenant, self.team, employee);
        let all_gone = !names.is_empty() && names.iter().all(|name| gone(Some(*name)));
        let is_member = self.tenant.memberships.get(self.team, &person).is_some();
        if !self.others_stay || !is_member || gone(None) || all_gone {
            return Membership::Not;
        }
        if self.is_inherited(employee) {
            Membership::Inherited(names.first().copied())
        } else {
            Membership::ByNamedId
        }
    }

    /// Whether the group shows somebody, until now, by a resource that the client never named there.
    fn is_inherited(&self, employee: EmployeeId) -> bool {
        let group = self.tenant.groups.get(self.team);
        group.is_some_and(|group| group.member_list.is_inherited(employee))
    }

    /// What was said of somebody, by each of their resources.
    pub(super) fn of(
        &self,
        employee: EmployeeId,
    ) -> impl Iterator<Item = (Option<ResourceId>, &Target<'a>)> {
        let person = MemberKey::Person(employee);
        let theirs = self.targets.range((person.clone(), None)..);
        let theirs = theirs.take_while(move |((key, _), _)| *key == person);
        theirs.map(|((_, by), target)| (*by, target))
    }

    /// Whether the client now names somebody itself whom the group showed by a resource that it did
    /// not name.
    pub(super) fn confirms(&self, employee: EmployeeId) -> bool {
        self.is_inherited(employee)
            && self.of(employee).any(|(_, target)| target.member && target.current)
    }
}

/// The resources by which a group names somebody who has several; none if they are no member.
pub(super) fn names(tenant: &TenantRoster, team: TeamId, employee: EmployeeId) -> Vec<ResourceId> {
    tenant.groups.get(team).map_or(vec![], |group| group.member_list.names(employee).to_vec())
}

/// Whom a value means.
fn whom(value: &str, people: &People) -> TargetKey {
    let key = MemberKey::of(value, people);
    let several = employee(&key).filter(|employee| people.has_several(*employee));
    let by = several.map(|employee| people.one_of_several(employee, value));
    (key, by)
}

pub(super) fn employee(key: &MemberKey) -> Option<EmployeeId> {
    match key {
        MemberKey::Person(employee) => Some(*employee),
        MemberKey::Unknown(_) => None,
    }
}
