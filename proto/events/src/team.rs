//! What administrators do to teams locally. None of it ever travels to the identity provider.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{EmployeeId, TeamId};

/// A person was put into a team, or taken out of one, by hand. The body of `user.team-assigned`
/// and `user.team-unassigned`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EditedTeam {
    pub employee_id: EmployeeId,
    /// The team that was assigned or unassigned; synced, or of the administrators' own.
    pub team_id: TeamId,
}

/// A person's Primary team was chosen by hand. The body of `user.primary-chosen`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChosenPrimary {
    pub employee_id: EmployeeId,
    /// The team that is now the person's Primary; the others are Additional.
    pub team_id: TeamId,
}

/// A person's local edits were dropped; what is synced counts again. The body of
/// `user.teams-reset`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResetTeams {
    pub employee_id: EmployeeId,
}

/// A team of the administrators' own. The body of `team.created` and `team.renamed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnTeam {
    pub team_id: TeamId,
    /// What the team is called after the event.
    pub name: String,
}

/// A team of the administrators' own that is gone. The body of `team.deleted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemovedTeam {
    pub team_id: TeamId,
}
