//! What administrators do to teams. None of it is ever told to the directory.

use events::{
    ChosenPrimary, EditedTeam, EmployeeId, Event, OwnTeam, RemovedTeam, ResetTeams, TeamId,
};

use super::text;
use crate::{Refusal, TenantRoster};

pub(super) fn assign(
    tenant: &TenantRoster,
    employee: EmployeeId,
    team: TeamId,
) -> Result<Vec<Event>, Refusal> {
    if is_in(tenant, employee, team)? {
        return Ok(vec![]);
    }
    Ok(vec![Event::UserTeamAssigned(EditedTeam { employee_id: employee, team_id: team })])
}

pub(super) fn unassign(
    tenant: &TenantRoster,
    employee: EmployeeId,
    team: TeamId,
) -> Result<Vec<Event>, Refusal> {
    if !is_in(tenant, employee, team)? {
        return Ok(vec![]);
    }
    Ok(vec![Event::UserTeamUnassigned(EditedTeam { employee_id: employee, team_id: team })])
}

pub(super) fn choose_primary(
    tenant: &TenantRoster,
    employee: EmployeeId,
    team: TeamId,
) -> Result<Vec<Event>, Refusal> {
    if !is_in(tenant, employee, team)? {
        return Err(Refusal::NotInTeam(team));
    }
    if tenant.local.chosen.get(&employee) == Some(&team) {
        return Ok(vec![]);
    }
    Ok(vec![Event::UserPrimaryChosen(ChosenPrimary { employee_id: employee, team_id: team })])
}

pub(super) fn reset(tenant: &TenantRoster, employee: EmployeeId) -> Result<Vec<Event>, Refusal> {
    known(tenant, employee)?;
    let edited = tenant.local.edits_of(employee).next().is_some()
        || tenant.local.chosen.contains_key(&employee);
    let events = edited.then_some(Event::UserTeamsReset(ResetTeams { employee_id: employee }));
    Ok(events.into_iter().collect())
}

pub(super) fn create(
    tenant: &TenantRoster,
    team: TeamId,
    name: &str,
) -> Result<Vec<Event>, Refusal> {
    if tenant.own_team(team).is_some() {
        return rename(tenant, team, name);
    }
    if tenant.has_team(team) {
        return Err(Refusal::IdReused(team.0));
    }
    free(tenant, name, None)?;
    Ok(vec![Event::TeamCreated(OwnTeam { team_id: team, name: name.to_owned() })])
}

pub(super) fn rename(
    tenant: &TenantRoster,
    team: TeamId,
    name: &str,
) -> Result<Vec<Event>, Refusal> {
    if own(tenant, team)?.name == name {
        return Ok(vec![]);
    }
    free(tenant, name, Some(team))?;
    Ok(vec![Event::TeamRenamed(OwnTeam { team_id: team, name: name.to_owned() })])
}

pub(super) fn remove(tenant: &TenantRoster, team: TeamId) -> Result<Vec<Event>, Refusal> {
    own(tenant, team)?;
    Ok(vec![Event::TeamDeleted(RemovedTeam { team_id: team })])
}

fn own(tenant: &TenantRoster, team: TeamId) -> Result<&OwnTeam, Refusal> {
    if tenant.groups().get(team).is_some() {
        return Err(Refusal::SyncedTeam(team));
    }
    tenant.own_team(team).ok_or(Refusal::NoSuchTeam(team))
}

fn known(tenant: &TenantRoster, employee: EmployeeId) -> Result<(), Refusal> {
    let person = tenant.people().by_employee(employee);
    person.map(drop).ok_or(Refusal::NoSuchEmployee(employee))
}

/// Whether a known person is in a known team.
fn is_in(tenant: &TenantRoster, employee: EmployeeId, team: TeamId) -> Result<bool, Refusal> {
    known(tenant, employee)?;
    if !tenant.has_team(team) {
        return Err(Refusal::NoSuchTeam(team));
    }
    Ok(tenant.teams_of(employee).iter().any(|effective| effective.team == team))
}

/// Whether a name can be had: no other team has it, synced or own.
fn free(tenant: &TenantRoster, name: &str, team: Option<TeamId>) -> Result<(), Refusal> {
    text::names("the team's name", name)?;
    let other_own = tenant.local.named(name).filter(|holder| Some(*holder) != team);
    if other_own.is_some() || tenant.groups().by_display_name(name).is_some() {
        return Err(Refusal::TeamNameTaken(name.to_owned()));
    }
    Ok(())
}
