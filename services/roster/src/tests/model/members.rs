//! Who is in which group of the model, and by which of their resources.

use std::collections::BTreeSet;

use events::{EmployeeId, ResourceId, TeamId};

use super::{Model, ModelGroup, NamedMember, Who};
use crate::MemberChange;

impl Model {
    pub(super) fn name_in_groups(&mut self, employee: EmployeeId, resource: ResourceId) {
        let as_one = |group: &ModelGroup| {
            let is_it = |(member, _): &&(NamedMember, usize)| {
                self.who(&member.value) == Who::Person(employee)
            };
            group.members.iter().find(is_it)?;
            Some(NamedMember { value: resource.to_string() })
        };
        let names: Vec<Option<NamedMember>> = self.groups.iter().map(as_one).collect();
        for (group, name) in self.groups.iter_mut().zip(names) {
            group.names.extend(name.map(|name| (employee, vec![name])));
        }
    }

    /// Somebody is back: no group of theirs has named the new resource.
    pub(super) fn inherit_in_groups(&mut self, employee: EmployeeId) {
        let is_in = |group: &ModelGroup| {
            let mut members = group.members.iter();
            members.any(|(member, _)| self.who(&member.value) == Who::Person(employee))
        };
        let theirs: Vec<bool> = self.groups.iter().map(is_in).collect();
        for (group, _) in self.groups.iter_mut().zip(theirs).filter(|(_, is_in)| *is_in) {
            group.inherited.insert(employee);
        }
    }

    pub(super) fn change_members(&mut self, team: TeamId, line: &[MemberChange]) {
        let before = self.group(team).members.clone();
        let inherited = self.group(team).inherited.clone();
        let was_inherited = |who: &Who| match who {
            Who::Person(employee) => inherited.contains(employee),
            Who::Nobody(_) => false,
        };
        // Each with whether the client named it itself.
        let mut after: Vec<(NamedMember, bool)> = Vec::new();
        for (member, _) in &before {
            let who = self.who(&member.value);
            let shown = match self.names_of(team, &who) {
                [] => std::slice::from_ref(member),
                names => names,
            };
            for member in shown {
                if !after.iter().any(|(other, _)| self.same(other, member)) {
                    after.push((member.clone(), !was_inherited(&who)));
                }
            }
        }
        for change in line {
            match change {
                MemberChange::Remove(values) => {
                    for value in values {
                        self.remove(&mut after, value);
                    }
                }
                MemberChange::Add(members) => self.append(&mut after, team, members),
                MemberChange::Exactly(members) => {
                    after.clear();
                    self.append(&mut after, team, members);
                }
            }
        }
        let by_client: Vec<Who> = after
            .iter()
            .filter(|(_, named)| *named)
            .map(|(member, _)| self.who(&member.value))
            .collect();
        // What was never named gives way to what is.
        let after: Vec<NamedMember> = after
            .into_iter()
            .filter(|(member, is)| *is || !by_client.contains(&self.who(&member.value)))
            .map(|(member, _)| member)
            .collect();
        let same =
            |one: &NamedMember, other: &NamedMember| self.who(&one.value) == self.who(&other.value);
        let stay = |member: &NamedMember| after.iter().any(|other| same(other, member));
        let was_member: Vec<Who> =
            before.iter().map(|(member, _)| self.who(&member.value)).collect();
        let mut members: Vec<(NamedMember, usize)> =
            before.into_iter().filter(|(member, _)| stay(member)).collect();
        for member in &after {
            if !members.iter().any(|(other, _)| same(other, member)) {
                members.push((member.clone(), self.steps));
            }
        }
        let mut names: Vec<(EmployeeId, Vec<NamedMember>)> = Vec::new();
        let mut still_inherited = BTreeSet::new();
        for (member, _) in &members {
            let who = self.who(&member.value);
            let Who::Person(employee) = who else { continue };
            if self.is_several(employee) && names.iter().all(|(one, _)| *one != employee) {
                names.push((employee, self.names_after(team, employee, &after)));
            }
            if !by_client.contains(&who) && (!was_member.contains(&who) || was_inherited(&who)) {
                still_inherited.insert(employee);
            }
        }
        let group = self.groups.iter_mut().find(|group| group.team == team).unwrap();
        group.members = members;
        group.names = names;
        group.inherited = still_inherited;
    }

    /// Whether a value is an id that its person had before, and has no longer.
    fn is_old(&self, value: &str) -> bool {
        let Who::Person(employee) = self.who(value) else { return false };
        let newest = self.newest(employee);
        let mut current = self.present(employee);
        current.push(newest);
        current.iter().all(|one| one.resource.to_string() != value)
    }

    fn remove(&self, list: &mut Vec<(NamedMember, bool)>, value: &str) {
        let who = self.who(value);
        let theirs = |member: &NamedMember| self.who(&member.value) == who;
        if !self.is_old(value) {
            list.retain(|(member, _)| self.whom(&member.value) != self.whom(value));
        } else if !list.iter().any(|(member, named)| theirs(member) && *named) {
            list.retain(|(member, _)| !theirs(member));
        }
    }

    /// Those that were there before, as they were, and then the new ones.
    fn names_after(
        &self,
        team: TeamId,
        employee: EmployeeId,
        after: &[NamedMember],
    ) -> Vec<NamedMember> {
        let Some((_, _)) = self.ever.iter().find(|(_, one)| *one == employee) else {
            return vec![];
        };
        let resource = |member: &NamedMember| match self.whom(&member.value) {
            (Who::Person(one), Some(resource)) if one == employee => Some(resource),
            (Who::Person(_) | Who::Nobody(_), _) => None,
        };
        let before = self.names_of(team, &Who::Person(employee));
        let stays =
            |name: &&NamedMember| after.iter().any(|other| resource(other) == resource(name));
        let stay: Vec<NamedMember> = before.iter().filter(stays).cloned().collect();
        let new = after.iter().filter_map(|member| Some((resource(member)?, member)));
        let new = new.filter(|(one, _)| before.iter().all(|name| resource(name) != Some(*one)));
        let new = new.map(|(one, _)| NamedMember { value: one.to_string() });
        stay.into_iter().chain(new).collect()
    }

    fn append(&self, list: &mut Vec<(NamedMember, bool)>, team: TeamId, members: &[String]) {
        for value in members {
            let who = self.who(value);
            let old = self.is_old(value);
            if old && list.iter().any(|(other, _)| self.who(&other.value) == who) {
                continue;
            }
            let mut member = NamedMember { value: value.clone() };
            let Who::Person(employee) = who else {
                if !list.iter().any(|(other, _)| self.same(other, &member)) {
                    list.push((member, true));
                }
                continue;
            };
            if old
                && self.group(team).inherited.contains(&employee)
                && let [only] = self.names_of(team, &who)
            {
                member.value.clone_from(&only.value);
            }
            match list.iter_mut().find(|(other, _)| self.same(other, &member)) {
                Some((_, named)) => *named = true,
                None => list.push((member, !old)),
            }
        }
    }

    fn same(&self, one: &NamedMember, other: &NamedMember) -> bool {
        self.whom(&one.value) == self.whom(&other.value)
    }

    /// Whom a value means, and by which resource if they have several.
    fn whom(&self, value: &str) -> (Who, Option<ResourceId>) {
        let who = self.who(value);
        let Who::Person(employee) = who else { return (who, None) };
        let several = self.is_several(employee).then(|| {
            let present = self.present(employee);
            let named = present.iter().find(|one| one.resource.to_string() == value);
            named.map_or(self.newest(employee).resource, |one| one.resource)
        });
        (who, several)
    }

    pub(super) fn names_of(&self, team: TeamId, who: &Who) -> &[NamedMember] {
        let Who::Person(employee) = who else { return &[] };
        let names = self.group(team).names.iter().find(|(one, _)| one == employee);
        names.map_or(&[], |(_, names)| names)
    }
}
