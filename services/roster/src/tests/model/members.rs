//! Who is in which group of the model, and by which of their resources.

use events::{EmployeeId, ResourceId, TeamId};

use super::{Model, ModelGroup, Who};
use crate::{MemberChange, NewMember};

impl Model {
    pub(super) fn name_in_groups(&mut self, employee: EmployeeId, resource: ResourceId) {
        let as_one = |group: &ModelGroup| {
            let is_it = |(member, _): &&(NewMember, usize)| {
                self.who(&member.value) == Who::Person(employee)
            };
            let (first, _) = group.members.iter().find(is_it)?;
            Some(NewMember { value: resource.to_string(), display: first.display.clone() })
        };
        let names: Vec<Option<NewMember>> = self.groups.iter().map(as_one).collect();
        for (group, name) in self.groups.iter_mut().zip(names) {
            group.names.extend(name.map(|name| (employee, vec![name])));
        }
    }

    pub(super) fn change_members(&mut self, team: TeamId, line: &[MemberChange]) {
        let before = self.group(team).members.clone();
        let mut after: Vec<NewMember> = Vec::new();
        for (member, _) in &before {
            match self.names_of(team, &self.who(&member.value)) {
                [] => self.append(&mut after, std::slice::from_ref(member)),
                names => self.append(&mut after, names),
            }
        }
        for change in line {
            match change {
                MemberChange::Remove(values) => {
                    let out: Vec<_> = values.iter().map(|value| self.whom(value)).collect();
                    after.retain(|member| !out.contains(&self.whom(&member.value)));
                }
                MemberChange::Add(members) => self.append(&mut after, members),
                MemberChange::Exactly(members) => {
                    after.clear();
                    self.append(&mut after, members);
                }
            }
        }
        let same =
            |one: &NewMember, other: &NewMember| self.who(&one.value) == self.who(&other.value);
        let stay = |member: &NewMember| after.iter().any(|other| same(other, member));
        let mut members: Vec<(NewMember, usize)> =
            before.into_iter().filter(|(member, _)| stay(member)).collect();
        for member in &after {
            if !members.iter().any(|(other, _)| same(other, member)) {
                members.push((member.clone(), self.steps));
            }
        }
        let mut names: Vec<(EmployeeId, Vec<NewMember>)> = Vec::new();
        for (member, _) in &members {
            let Who::Person(employee) = self.who(&member.value) else { continue };
            if self.is_several(employee) && names.iter().all(|(one, _)| *one != employee) {
                names.push((employee, self.names_after(team, employee, &after)));
            }
        }
        let group = self.groups.iter_mut().find(|group| group.team == team).unwrap();
        group.members = members;
        group.names = names;
    }

    /// Those that were there before, as they were, and then the new ones.
    fn names_after(
        &self,
        team: TeamId,
        employee: EmployeeId,
        after: &[NewMember],
    ) -> Vec<NewMember> {
        let Some((_, _)) = self.ever.iter().find(|(_, one)| *one == employee) else {
            return vec![];
        };
        let resource = |member: &NewMember| match self.whom(&member.value) {
            (Who::Person(one), Some(resource)) if one == employee => Some(resource),
            (Who::Person(_) | Who::Nobody(_), _) => None,
        };
        let before = self.names_of(team, &Who::Person(employee));
        let stays = |name: &&NewMember| after.iter().any(|other| resource(other) == resource(name));
        let stay: Vec<NewMember> = before.iter().filter(stays).cloned().collect();
        let new = after.iter().filter_map(|member| Some((resource(member)?, member)));
        let new = new.filter(|(one, _)| before.iter().all(|name| resource(name) != Some(*one)));
        let new = new.map(|(one, member)| NewMember {
            value: one.to_string(),
            display: member.display.clone(),
        });
        stay.into_iter().chain(new).collect()
    }

    fn append(&self, list: &mut Vec<NewMember>, members: &[NewMember]) {
        for member in members {
            let same = |other: &NewMember| self.whom(&other.value) == self.whom(&member.value);
            if !list.iter().any(same) {
                list.push(member.clone());
            }
        }
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

    pub(super) fn names_of(&self, team: TeamId, who: &Who) -> &[NewMember] {
        let Who::Person(employee) = who else { return &[] };
        let names = self.group(team).names.iter().find(|(one, _)| one == employee);
        names.map_or(&[], |(_, names)| names)
    }
}
