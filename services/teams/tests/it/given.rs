//! What the log says.

use events::{
    ChangedMembers, ChosenPrimary, CreatedGroup, DeletedGroup, EditedTeam, EmployeeId, Event,
    GroupProfile, GroupState, MemberRef, OwnTeam, Profile, RemovedTeam, ReplacedMembers,
    ResetTeams, ResourceId, Standing, TeamId, UserState,
};
use serde_json::Map;
use uuid::Uuid;

pub(crate) const ADA: EmployeeId = EmployeeId(Uuid::from_u128(0xada));
pub(crate) const BOB: EmployeeId = EmployeeId(Uuid::from_u128(0xb0b));
pub(crate) const CORE: TeamId = TeamId(Uuid::from_u128(1));
pub(crate) const DATA: TeamId = TeamId(Uuid::from_u128(2));
pub(crate) const EDGE: TeamId = TeamId(Uuid::from_u128(3));

/// The resource that a person joined with.
pub(crate) fn first(employee: EmployeeId) -> ResourceId {
    ResourceId(employee.0)
}

pub(crate) fn user(employee: EmployeeId, resource: ResourceId, standing: Standing) -> UserState {
    UserState {
        employee_id: employee,
        resource_id: resource,
        standing,
        profile: Profile {
            user_name: format!("{employee}@acme.example").parse().unwrap(),
            external_id: None,
            attributes: Map::new(),
        },
        changed: vec![],
    }
}

pub(crate) fn joined(employee: EmployeeId) -> Event {
    Event::UserCreated(user(employee, first(employee), Standing::Active))
}

pub(crate) fn group(team: TeamId, name: &str) -> Event {
    let profile = GroupProfile {
        display_name: name.to_owned(),
        external_id: None,
        attributes: Map::from_iter([("description".to_owned(), "They make it".into())]),
    };
    let state = GroupState { team_id: team, profile, changed: vec![] };
    Event::GroupCreated(CreatedGroup { state, members: vec![] })
}

pub(crate) fn group_gone(team: TeamId) -> Event {
    Event::GroupDeleted(DeletedGroup { team_id: team, alert: None })
}

pub(crate) fn added(team: TeamId, employees: &[EmployeeId]) -> Event {
    Event::GroupMembersAdded(by_first_resource(team, employees))
}

pub(crate) fn removed(team: TeamId, employees: &[EmployeeId]) -> Event {
    Event::GroupMembersRemoved(by_first_resource(team, employees))
}

pub(crate) fn replaced(team: TeamId, removed: &[EmployeeId], added: &[EmployeeId]) -> Event {
    let members = |employees| by_first_resource(team, employees).members;
    Event::GroupMembersReplaced(ReplacedMembers {
        team_id: team,
        removed: members(removed),
        added: members(added),
    })
}

/// A group that begins with these members.
pub(crate) fn group_of(team: TeamId, name: &str, employees: &[EmployeeId]) -> Event {
    let Event::GroupCreated(created) = group(team, name) else { unreachable!("it is created") };
    let members = by_first_resource(team, employees).members;
    Event::GroupCreated(CreatedGroup { members, ..created })
}

fn by_first_resource(team: TeamId, employees: &[EmployeeId]) -> ChangedMembers {
    let members = employees.iter().map(|employee| MemberRef {
        value: first(*employee).to_string(),
        employee_id: Some(*employee),
    });
    ChangedMembers { team_id: team, members: members.collect() }
}

/// Members named by values that nobody is known by.
pub(crate) fn added_unknown(team: TeamId, values: &[&str]) -> Event {
    let members =
        values.iter().map(|value| MemberRef { value: (*value).to_owned(), employee_id: None });
    Event::GroupMembersAdded(ChangedMembers { team_id: team, members: members.collect() })
}

pub(crate) fn assigned(employee: EmployeeId, team: TeamId) -> Event {
    Event::UserTeamAssigned(EditedTeam { employee_id: employee, team_id: team })
}

pub(crate) fn unassigned(employee: EmployeeId, team: TeamId) -> Event {
    Event::UserTeamUnassigned(EditedTeam { employee_id: employee, team_id: team })
}

pub(crate) fn chosen(employee: EmployeeId, team: TeamId) -> Event {
    Event::UserPrimaryChosen(ChosenPrimary { employee_id: employee, team_id: team })
}

pub(crate) fn reset(employee: EmployeeId) -> Event {
    Event::UserTeamsReset(ResetTeams { employee_id: employee })
}

pub(crate) fn own_team(team: TeamId, name: &str) -> Event {
    Event::TeamCreated(OwnTeam { team_id: team, name: name.to_owned() })
}

pub(crate) fn own_team_gone(team: TeamId) -> Event {
    Event::TeamDeleted(RemovedTeam { team_id: team })
}
