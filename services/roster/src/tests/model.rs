//! The same rules, told as naively as can be: lists, and a walk through them for each question.

use std::collections::BTreeSet;

use events::{EmployeeId, IntegrationProfile, Profile, ResourceId, TeamId};

use crate::{Intent, MemberChange, NewMember};

#[derive(Clone, Debug)]
pub(super) struct ModelPerson {
    pub(super) employee: EmployeeId,
    pub(super) resource: ResourceId,
    pub(super) gone: bool,
    pub(super) profile: Profile,
    /// All user names that the resource has had.
    names: Vec<String>,
    went: usize,
}

/// A member as a group shows them: the value, and what they are called.
pub(super) type Shown = (String, Option<String>);

#[derive(Clone, Debug)]
struct ModelGroup {
    team: TeamId,
    /// Members as they were sent, and the step at which they came.
    members: Vec<(NewMember, usize)>,
}

/// Who a value means: whether it does can change when somebody arrives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Person(EmployeeId),
    Nobody(String),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    steps: usize,
    benefits: bool,
    pub(super) people: Vec<ModelPerson>,
    ever: Vec<(ResourceId, EmployeeId)>,
    /// Who took which user name, in that order.
    taken: Vec<(String, ResourceId)>,
    groups: Vec<ModelGroup>,
    own: BTreeSet<TeamId>,
    /// In the order in which they were made; the last counts.
    edits: Vec<(EmployeeId, TeamId, bool, usize)>,
    chosen: Vec<(EmployeeId, TeamId)>,
}

impl Model {
    /// Takes in an intent that was not refused.
    pub(super) fn tell(&mut self, intent: &Intent) {
        self.steps += 1;
        let step = self.steps;
        match intent {
            Intent::ActivateIntegration { profile, .. } => {
                self.benefits = *profile == IntegrationProfile::Benefits;
            }
            Intent::NewUser { resource, profile, .. } => self.arrive(*resource, profile),
            Intent::User { resource, profile, .. } => self.look(*resource, profile),
            Intent::NoUser { resource } => {
                let person = self.people.iter_mut().find(|person| person.resource == *resource);
                let person = person.unwrap();
                person.gone = true;
                person.went = step;
            }
            Intent::NewGroup { team, members, .. } => {
                let line = if self.groups.iter().any(|group| group.team == *team) {
                    MemberChange::Exactly(members.clone())
                } else {
                    self.groups.push(ModelGroup { team: *team, members: vec![] });
                    MemberChange::Add(members.clone())
                };
                self.change_members(*team, &[line]);
            }
            Intent::Group { team, members, .. } => self.change_members(*team, members),
            Intent::NoGroup { team } => self.groups.retain(|group| group.team != *team),
            Intent::AssignTeam { employee, team } => {
                if !self.teams_of(*employee).contains(team) {
                    self.edits.push((*employee, *team, true, step));
                }
            }
            Intent::UnassignTeam { employee, team } => {
                if self.teams_of(*employee).contains(team) {
                    self.edits.push((*employee, *team, false, step));
                }
            }
            Intent::ChoosePrimary { employee, team } => self.chosen.push((*employee, *team)),
            Intent::ResetTeams { employee } => {
                self.edits.retain(|edit| edit.0 != *employee);
                self.chosen.retain(|choice| choice.0 != *employee);
            }
            Intent::NewTeam { team, .. } => {
                self.own.insert(*team);
            }
            Intent::RemoveTeam { team } => {
                self.own.remove(team);
            }
            Intent::RenameTeam { .. }
            | Intent::NewTenant { .. }
            | Intent::DeactivateIntegration
            | Intent::IssueCredential { .. }
            | Intent::RevokeCredential { .. }
            | Intent::Booking { .. }
            | Intent::NoBooking { .. }
            | Intent::CancelLeaversBooking { .. }
            | Intent::DeclareExtension { .. }
            | Intent::RemoveExtension { .. }
            | Intent::SetGuard { .. }
            | Intent::ReleaseAlert { .. }
            | Intent::ReverseAlert { .. } => {}
        }
    }

    fn arrive(&mut self, resource: ResourceId, profile: &Profile) {
        if self.ever.iter().any(|(known, _)| *known == resource) {
            // Said again.
            self.look(resource, profile);
            return;
        }
        let same = |person: &&ModelPerson| {
            let (then, now) = (&person.profile.external_id, &profile.external_id);
            let agree = then.is_some() && then == now;
            let contradict = then.is_some() && now.is_some() && !agree;
            let name = profile.user_name.key();
            let had = person.names.contains(&name);
            let behind = |had: &String| had.len() == 32 + name.len() && had.ends_with(&name);
            let had_behind_id = person.names.iter().any(behind);
            let took = self.taken.iter().rfind(|(taken, _)| *taken == name);
            let had_last = took.is_some_and(|(_, resource)| *resource == person.resource);
            person.gone
                && if self.benefits {
                    had_last && !contradict || agree && (had || had_behind_id)
                } else {
                    agree
                }
        };
        let back = self.people.iter().filter(same).max_by_key(|person| person.went);
        let employee = back.map_or(EmployeeId(resource.0), |person| person.employee);
        self.people.retain(|person| person.employee != employee);
        let person = ModelPerson {
            employee,
            resource,
            gone: false,
            profile: profile.clone(),
            names: vec![],
            went: 0,
        };
        self.people.push(person);
        self.ever.push((resource, employee));
        self.look(resource, profile);
    }

    fn look(&mut self, resource: ResourceId, profile: &Profile) {
        let person = self.people.iter_mut().find(|person| person.resource == resource).unwrap();
        person.profile = profile.clone();
        person.names.push(profile.user_name.key());
        self.taken.push((profile.user_name.key(), resource));
    }

    fn change_members(&mut self, team: TeamId, line: &[MemberChange]) {
        let before = self.group(team).members.clone();
        let mut after: Vec<NewMember> = before.iter().map(|(member, _)| member.clone()).collect();
        for change in line {
            match change {
                MemberChange::Remove(values) => {
                    let out: Vec<Who> = values.iter().map(|value| self.who(value)).collect();
                    after.retain(|member| !out.contains(&self.who(&member.value)));
                }
                MemberChange::Add(members) => self.append(&mut after, members),
                MemberChange::Exactly(members) => {
                    after.clear();
                    self.append(&mut after, members);
                }
            }
        }
        let stay = |member: &NewMember| after.iter().any(|other| self.same(other, member));
        let mut members: Vec<(NewMember, usize)> =
            before.into_iter().filter(|(member, _)| stay(member)).collect();
        for member in &after {
            if !members.iter().any(|(other, _)| self.same(other, member)) {
                members.push((member.clone(), self.steps));
            }
        }
        let group = self.groups.iter_mut().find(|group| group.team == team);
        group.unwrap().members = members;
    }

    fn append(&self, list: &mut Vec<NewMember>, members: &[NewMember]) {
        for member in members {
            if !list.iter().any(|other| self.same(other, member)) {
                list.push(member.clone());
            }
        }
    }

    fn same(&self, one: &NewMember, other: &NewMember) -> bool {
        self.who(&one.value) == self.who(&other.value)
    }

    fn group(&self, team: TeamId) -> &ModelGroup {
        self.groups.iter().find(|group| group.team == team).unwrap()
    }

    fn who(&self, value: &str) -> Who {
        let known = self.ever.iter().find(|(resource, _)| resource.to_string() == value);
        known.map_or(Who::Nobody(value.to_owned()), |(_, employee)| Who::Person(*employee))
    }

    fn hidden(&self, who: &Who) -> bool {
        match who {
            Who::Person(employee) => self.person(*employee).gone,
            Who::Nobody(_) => false,
        }
    }

    fn person(&self, employee: EmployeeId) -> &ModelPerson {
        self.people.iter().find(|person| person.employee == employee).unwrap()
    }

    /// All groups with the members they show.
    pub(super) fn groups(&self) -> Vec<(TeamId, Vec<Shown>)> {
        let shown = |group: &ModelGroup| {
            let mut seen = BTreeSet::new();
            let members = group.members.iter().map(|(member, _)| member);
            members
                .map(|member| (self.who(&member.value), member.display.clone()))
                .filter(|(who, _)| seen.insert(who.clone()) && !self.hidden(who))
                .map(|(who, display)| match who {
                    Who::Person(employee) => (self.person(employee).resource.to_string(), display),
                    Who::Nobody(value) => (value, display),
                })
                .collect()
        };
        self.groups.iter().map(|group| (group.team, shown(group))).collect()
    }

    /// The teams that count for a person, the Primary one first.
    pub(super) fn teams_of(&self, employee: EmployeeId) -> Vec<TeamId> {
        let last = |team| self.edits.iter().rfind(|edit| edit.0 == employee && edit.1 == team);
        let mut teams: Vec<(bool, usize, TeamId)> = Vec::new();
        for group in &self.groups {
            let is_it =
                |member: &&(NewMember, usize)| self.who(&member.0.value) == Who::Person(employee);
            let began = group.members.iter().filter(is_it).map(|(_, step)| *step).min();
            match (began, last(group.team)) {
                (Some(step), None | Some((.., true, _))) => teams.push((false, step, group.team)),
                (None, Some((.., true, step))) => teams.push((true, *step, group.team)),
                (Some(_), Some((.., false, _))) | (None, None | Some((.., false, _))) => {}
            }
        }
        for team in &self.own {
            if let Some((.., true, step)) = last(*team) {
                teams.push((true, *step, *team));
            }
        }
        teams.sort_unstable();
        let mut teams: Vec<TeamId> = teams.into_iter().map(|(.., team)| team).collect();
        let chosen = self.chosen.iter().rfind(|choice| choice.0 == employee);
        if let Some(at) = teams.iter().position(|team| Some(*team) == chosen.map(|one| one.1)) {
            let primary = teams.remove(at);
            teams.insert(0, primary);
        }
        teams
    }
}
