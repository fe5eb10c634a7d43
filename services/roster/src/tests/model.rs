//! The same rules, told as naively as can be: lists, and a walk through them for each question.

mod members;
mod people;

use std::collections::BTreeSet;

use events::{EmployeeId, IntegrationProfile, Profile, ResourceId, TeamId};

use crate::{Intent, MemberChange};

/// A person by one of their resources: present, or the last one.
#[derive(Clone, Debug)]
pub(super) struct ModelPerson {
    pub(super) employee: EmployeeId,
    pub(super) resource: ResourceId,
    pub(super) gone: bool,
    pub(super) active: bool,
    pub(super) profile: Profile,
    /// All user names that the resource has had.
    names: Vec<String>,
    /// The steps at which it came, was heard of last, and went.
    made: usize,
    heard: usize,
}

/// A member, by a value that the client sent, or by one of their resources.
#[derive(Clone, Debug)]
struct NamedMember {
    value: String,
}

#[derive(Clone, Debug)]
struct ModelGroup {
    team: TeamId,
    /// Members as they were sent, and the step at which they came.
    members: Vec<(NamedMember, usize)>,
    /// By which resources those are shown who have several.
    names: Vec<(EmployeeId, Vec<NamedMember>)>,
    /// Who is shown by a resource that was never named here.
    inherited: BTreeSet<EmployeeId>,
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
            Intent::NewUser { resource, profile, active } => {
                self.arrive(*resource, profile, *active);
            }
            Intent::User { resource, profile, active } => self.look(*resource, profile, *active),
            Intent::NoUser { resource } => self.delete(*resource),
            Intent::NewGroup { team, members, .. } => {
                let line = if self.groups.iter().any(|group| group.team == *team) {
                    MemberChange::Exactly(members.clone())
                } else {
                    self.groups.push(ModelGroup {
                        team: *team,
                        members: vec![],
                        names: vec![],
                        inherited: BTreeSet::new(),
                    });
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
            | Intent::IssueCredential(_)
            | Intent::RotateSecret { .. }
            | Intent::RevokeCredential { .. }
            | Intent::Administrator(_)
            | Intent::Booking { .. }
            | Intent::NoBooking { .. }
            | Intent::Leavers(_)
            | Intent::DeclareExtension { .. }
            | Intent::RemoveExtension { .. }
            | Intent::SetGuard { .. }
            | Intent::ReleaseAlert { .. }
            | Intent::ReverseAlert { .. }
            | Intent::CloseReceipt { .. }
            | Intent::AddSubscriber { .. }
            | Intent::ChangeSubscriber { .. }
            | Intent::RemoveSubscriber { .. }
            | Intent::IssueSubscriberSecret { .. }
            | Intent::WithdrawSubscriberSecret { .. }
            | Intent::DisableSubscriber { .. }
            | Intent::EnableSubscriber { .. }
            | Intent::PauseSubscriber(_)
            | Intent::ResumeSubscriber(_)
            | Intent::ResetSubscriber(_)
            | Intent::TestSubscriber(_)
            | Intent::StartReplay(_)
            | Intent::EndReplay(_) => {}
            Intent::EraseUser { .. } => unreachable!("the small world erases nobody"),
        }
    }

    fn arrive(&mut self, resource: ResourceId, profile: &Profile, active: bool) {
        if self.ever.iter().any(|(known, _)| *known == resource) {
            // Said again.
            self.look(resource, profile, active);
            return;
        }
        let back = self.people.iter().filter(|person| self.is_back(person, profile));
        // Who had the external id too, by whichever resource, comes before whoever had but the name.
        let agrees = |person: &ModelPerson| {
            !person.gone || person.profile.external_id == profile.external_id
        };
        let back = back.max_by_key(|person| (agrees(person), person.heard));
        let back = back.map(|person| person.employee);
        let employee = back.unwrap_or(EmployeeId(resource.0));
        // A group that showed them by the one resource that they had goes on to do so.
        if let [only] = self.present(employee)[..] {
            self.name_in_groups(employee, only.resource);
        }
        if self.people.iter().any(|person| person.employee == employee && person.gone) {
            self.inherit_in_groups(employee);
        }
        self.people.retain(|person| person.employee != employee || !person.gone);
        self.people.push(ModelPerson {
            employee,
            resource,
            gone: false,
            active,
            profile: profile.clone(),
            names: vec![],
            made: self.steps,
            heard: self.steps,
        });
        self.ever.push((resource, employee));
        self.look(resource, profile, active);
        let several = self.is_several(employee);
        let value = resource.to_string();
        for group in &mut self.groups {
            let awaited = group.members.iter().find(|(member, _)| member.value == value);
            let Some((awaited, _)) = awaited else { continue };
            let awaited = awaited.clone();
            if group.inherited.remove(&employee) {
                group.names.retain(|(one, _)| *one != employee);
            }
            if several {
                match group.names.iter_mut().find(|(one, _)| *one == employee) {
                    Some((_, names)) => names.push(awaited),
                    None => group.names.push((employee, vec![awaited])),
                }
            }
        }
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
            Who::Person(employee) => self.newest(*employee).gone,
            Who::Nobody(_) => false,
        }
    }

    fn present(&self, employee: EmployeeId) -> Vec<&ModelPerson> {
        self.people.iter().filter(|one| one.employee == employee && !one.gone).collect()
    }

    fn is_several(&self, employee: EmployeeId) -> bool {
        self.present(employee).len() > 1
    }

    /// By which of their resources somebody is described.
    pub(super) fn newest(&self, employee: EmployeeId) -> &ModelPerson {
        let theirs = self.people.iter().filter(|person| person.employee == employee);
        theirs.max_by_key(|person| person.made).unwrap()
    }

    /// All groups with the members they show.
    pub(super) fn groups(&self) -> Vec<(TeamId, Vec<String>)> {
        let shown = |group: &ModelGroup| {
            let mut seen = BTreeSet::new();
            let members = group.members.iter().map(|(member, _)| member);
            members
                .map(|member| self.who(&member.value))
                .filter(|who| seen.insert(who.clone()) && !self.hidden(who))
                .flat_map(|who| match self.names_of(group.team, &who) {
                    [] => vec![self.shown(who)],
                    names => names.iter().map(|one| one.value.clone()).collect(),
                })
                .collect()
        };
        self.groups.iter().map(|group| (group.team, shown(group))).collect()
    }

    fn shown(&self, who: Who) -> String {
        match who {
            Who::Person(employee) => self.newest(employee).resource.to_string(),
            Who::Nobody(value) => value,
        }
    }

    /// The teams that count for a person, the Primary one first.
    pub(super) fn teams_of(&self, employee: EmployeeId) -> Vec<TeamId> {
        let last = |team| self.edits.iter().rfind(|edit| edit.0 == employee && edit.1 == team);
        let mut teams: Vec<(bool, usize, TeamId)> = Vec::new();
        for group in &self.groups {
            let is_it =
                |member: &&(NamedMember, usize)| self.who(&member.0.value) == Who::Person(employee);
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
