//! The teams that count for a person: what is synced, and what administrators made of it.

use std::sync::Arc;

use events::{ChosenPrimary, EditedTeam, EmployeeId, OwnTeam, Seq, TeamId};
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::members::Joined;
use crate::{TenantRoster, lookups};

/// A team that counts for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EffectiveTeam {
    /// The team.
    pub team: TeamId,
    /// Primary or Additional.
    pub rank: Rank,
    /// Synced or local.
    pub origin: Origin,
    /// The event with which it began.
    pub since: Seq,
}

/// Every person with a team has one Primary team; the others are Additional.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// The one Primary team.
    Primary,
    /// Any other.
    Additional,
}

/// Where a membership comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The identity provider.
    Synced,
    /// An administrator.
    Local,
}

/// Which part of the Primary rule found somebody's Primary team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrimaryRule {
    /// An administrator chose it, and the person is in it.
    Chosen,
    /// Of the synced teams that count, it is the one that the person has been in for longest.
    FirstSynced,
    /// No synced team counts; of the local ones, it is the oldest.
    OldestLocal,
}

impl TenantRoster {
    /// The Primary team of a person, and which part of the rule found it.
    pub fn primary_of(&self, employee: EmployeeId) -> Option<(EffectiveTeam, PrimaryRule)> {
        let primary = self.teams_of(employee).into_iter().next()?;
        let rule = match primary.origin {
            _ if self.local.chosen.get(&employee) == Some(&primary.team) => PrimaryRule::Chosen,
            Origin::Synced => PrimaryRule::FirstSynced,
            Origin::Local => PrimaryRule::OldestLocal,
        };
        Some((primary, rule))
    }

    /// The teams that count for a person, the Primary one first: those synced and not taken away
    /// locally, and those given locally.
    ///
    /// Primary is the chosen team, while they are in it; else the synced team that they have been
    /// in for longest; else the local one.
    ///
    /// The same rule stands in SQL, in the view `current_memberships` of `services/teams/sql/schema.sql`:
    /// this home judges commands, that one is read. The law
    /// `the_roster_and_the_tables_derive_the_same_teams_and_the_same_primary` in `services/teams/tests`
    /// holds the two together.
    pub fn teams_of(&self, employee: EmployeeId) -> Vec<EffectiveTeam> {
        let local: Vec<(TeamId, Edit)> = self.local.edits_of(employee).collect();
        // The edits are sorted by team.
        let edit = |team| {
            let place = local.binary_search_by(|(edited, _)| {
                lookups::count();
                edited.cmp(&team)
            });
            local.get(place.ok()?).map(|(_, edit)| *edit)
        };
        let mut synced: Vec<(Joined, TeamId)> = self
            .memberships
            .of(employee)
            .filter(|(team, _)| edit(*team) != Some(Edit::Unassigned))
            .map(|(team, joined)| (joined, team))
            .collect();
        synced.sort_unstable();
        let mut given: Vec<(Seq, TeamId)> = local
            .iter()
            .filter_map(|(team, edit)| match edit {
                Edit::Assigned(since) => Some((*since, *team)),
                Edit::Unassigned => None,
            })
            .filter(|(_, team)| self.has_team(*team))
            .filter(|(_, team)| self.memberships.of_person(employee, *team).is_none())
            .collect();
        given.sort_unstable();

        let additional = |origin| {
            move |(since, team)| EffectiveTeam { team, rank: Rank::Additional, origin, since }
        };
        let synced = synced.into_iter().map(|(joined, team)| (joined.seq, team));
        let mut teams: Vec<EffectiveTeam> = synced
            .map(additional(Origin::Synced))
            .chain(given.into_iter().map(additional(Origin::Local)))
            .collect();
        let chosen = self.local.chosen.get(&employee);
        let primary = teams.iter().position(|one| Some(&one.team) == chosen).unwrap_or(0);
        if let Some(up_to_primary) = teams.get_mut(..=primary) {
            up_to_primary.rotate_right(1);
            up_to_primary[0].rank = Rank::Primary;
        }
        teams
    }

    /// Whether there is such a team, synced or of the administrators' own.
    pub fn has_team(&self, team: TeamId) -> bool {
        self.groups.get(team).is_some() || self.local.own.contains_key(&team)
    }

    /// A team that administrators made.
    pub fn own_team(&self, team: TeamId) -> Option<&OwnTeam> {
        self.local.own.get(&team)
    }
}

/// What administrators did to a person's membership of a team. The last word counts, whatever is
/// synced later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Edit {
    Assigned(Seq),
    Unassigned,
}

/// All that administrators did to teams.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct LocalTeams {
    pub(crate) own: OrdMap<TeamId, OwnTeam>,
    pub(crate) names: OrdMap<Arc<str>, TeamId>,
    pub(crate) edits: OrdMap<(EmployeeId, TeamId), Edit>,
    pub(crate) chosen: OrdMap<EmployeeId, TeamId>,
}

impl LocalTeams {
    pub(crate) fn edits_of(&self, employee: EmployeeId) -> impl Iterator<Item = (TeamId, Edit)> {
        self.edits
            .range((employee, TeamId(Uuid::nil()))..=(employee, TeamId(Uuid::max())))
            .map(|((_, team), edit)| (*team, *edit))
    }

    /// The own team with a name, however it is spelt.
    pub(crate) fn named(&self, name: &str) -> Option<TeamId> {
        self.names.get(name.to_lowercase().as_str()).copied()
    }

    pub(crate) fn edit(&mut self, edited: &EditedTeam, edit: Edit) {
        self.edits.insert((edited.employee_id, edited.team_id), edit);
    }

    pub(crate) fn choose(&mut self, chosen: &ChosenPrimary) {
        self.chosen.insert(chosen.employee_id, chosen.team_id);
    }

    /// Drops all that was edited for a person.
    pub(crate) fn reset(&mut self, employee: EmployeeId) {
        let edited: Vec<TeamId> = self.edits_of(employee).map(|(team, _)| team).collect();
        for team in edited {
            self.edits.remove(&(employee, team));
        }
        self.chosen.remove(&employee);
    }

    pub(crate) fn put(&mut self, team: OwnTeam) {
        self.take(team.team_id);
        self.names.insert(team.name.to_lowercase().into(), team.team_id);
        self.own.insert(team.team_id, team);
    }

    pub(crate) fn take(&mut self, team: TeamId) {
        let Some(gone) = self.own.remove(&team) else { return };
        let name = gone.name.to_lowercase();
        if self.names.get(name.as_str()) == Some(&team) {
            self.names.remove(name.as_str());
        }
    }
}
