//! What counts as a person's teams, and what administrators may do to them.

use events::{EmployeeId, EventKind, TeamId};

use super::words::*;
use super::{History, given};
use crate::{BadText, EffectiveTeam, Intent, Origin, Rank, Refusal, TenantRoster};

const ADAS: EmployeeId = EmployeeId(ADA.0);

/// Ada is in Core, then in Sales; there is a chess team of the administrators' own.
fn ada_in_two() -> History {
    given([
        joins(ADA, "ada@x"),
        new_group(SALES, "Sales", &[]),
        new_group(CORE, "Core", &[&id(ADA)]),
        members(SALES, "Sales", vec![add(&[&id(ADA)])]),
        Intent::NewTeam { team: CHESS, name: "Chess".to_owned() },
    ])
}

fn adas_teams(tenant: &TenantRoster) -> Vec<TeamId> {
    let teams = tenant.teams_of(ADAS);
    assert!(teams.iter().skip(1).all(|team| team.rank == Rank::Additional));
    assert!(teams.first().is_none_or(|team| team.rank == Rank::Primary));
    teams.into_iter().map(|effective| effective.team).collect()
}

fn assign(team: TeamId) -> Intent {
    Intent::AssignTeam { employee: ADAS, team }
}

fn unassign(team: TeamId) -> Intent {
    Intent::UnassignTeam { employee: ADAS, team }
}

fn choose(team: TeamId) -> Intent {
    Intent::ChoosePrimary { employee: ADAS, team }
}

fn reset() -> Intent {
    Intent::ResetTeams { employee: ADAS }
}

#[test]
fn the_first_group_is_primary_and_later_ones_are_additional() {
    assert_eq!(adas_teams(ada_in_two().tenant()), [CORE, SALES]);
}

#[test]
fn when_the_primary_ends_the_oldest_that_is_left_takes_its_place() {
    let out_of_core = members(CORE, "Core", vec![remove(&[&id(ADA)])]);
    let left = ada_in_two().when(&out_of_core).so(|tenant| assert_eq!(adas_teams(tenant), [SALES]));
    // Removed and added again begins anew.
    left.when(&members(CORE, "Core", vec![add(&[&id(ADA)])]))
        .so(|tenant| assert_eq!(adas_teams(tenant), [SALES, CORE]));
    ada_in_two()
        .when(&Intent::NoGroup { team: CORE })
        .so(|tenant| assert_eq!(adas_teams(tenant), [SALES]));
}

#[test]
fn a_team_given_locally_comes_after_those_synced() {
    ada_in_two()
        .when(&assign(CHESS))
        .then([EventKind::UserTeamAssigned])
        .so(|tenant| assert_eq!(adas_teams(tenant), [CORE, SALES, CHESS]))
        .when(&members(CORE, "Core", vec![exactly(&[])]))
        .so(|tenant| assert_eq!(adas_teams(tenant), [SALES, CHESS]))
        .when(&members(SALES, "Sales", vec![exactly(&[])]))
        .so(|tenant| assert_eq!(adas_teams(tenant), [CHESS]));
}

#[test]
fn a_team_taken_away_locally_stays_away_whatever_is_synced() {
    let without =
        ada_in_two().when(&unassign(CORE)).then([EventKind::UserTeamUnassigned]).so(|tenant| {
            assert_eq!(adas_teams(tenant), [SALES]);
            assert!(tenant.has_member(CORE, &id(ADA)), "SCIM sees what was synced");
        });
    without
        .when(&members(CORE, "Core", vec![remove(&[&id(ADA)])]))
        .so(|_| ())
        .when(&members(CORE, "Core", vec![add(&[&id(ADA)])]))
        .so(|tenant| assert_eq!(adas_teams(tenant), [SALES]));
}

#[test]
fn of_local_edits_the_last_counts() {
    let edited = ada_in_two()
        .when(&unassign(CORE))
        .so(|_| ())
        .when(&assign(CORE))
        .then([EventKind::UserTeamAssigned])
        .so(|tenant| assert_eq!(adas_teams(tenant), [CORE, SALES]));
    edited
        .when(&members(CORE, "Core", vec![remove(&[&id(ADA)])]))
        .so(|tenant| {
            let core = tenant.teams_of(ADAS).into_iter().find(|one| one.team == CORE);
            assert_eq!(core.map(|core| core.origin), Some(Origin::Local));
        })
        .when(&unassign(CORE))
        .so(|tenant| assert_eq!(adas_teams(tenant), [SALES]));
}

#[test]
fn an_edit_that_changes_nothing_is_no_event() {
    ada_in_two().when(&assign(CORE)).then_nothing();
    ada_in_two().when(&unassign(CHESS)).then_nothing();
    ada_in_two().when(&reset()).then_nothing();
}

#[test]
fn the_chosen_primary_counts_while_the_person_is_in_it() {
    let chosen = ada_in_two()
        .when(&choose(SALES))
        .then([EventKind::UserPrimaryChosen])
        .so(|tenant| assert_eq!(adas_teams(tenant), [SALES, CORE]));
    chosen.clone().when(&choose(SALES)).then_nothing();
    chosen
        .when(&members(SALES, "Sales", vec![exactly(&[])]))
        .so(|tenant| assert_eq!(adas_teams(tenant), [CORE]))
        .when(&members(SALES, "Sales", vec![add(&[&id(ADA)])]))
        .so(|tenant| assert_eq!(adas_teams(tenant), [SALES, CORE]));
}

#[test]
fn a_primary_must_be_a_team_that_the_person_is_in() {
    ada_in_two().when(&choose(CHESS)).refused(&Refusal::NotInTeam(CHESS));
}

#[test]
fn reset_to_synced_drops_every_local_edit() {
    let mut edited = ada_in_two();
    for intent in [assign(CHESS), unassign(CORE), choose(CHESS)] {
        edited.tell(&intent).unwrap();
    }
    assert_eq!(adas_teams(edited.tenant()), [CHESS, SALES]);
    edited
        .when(&reset())
        .then([EventKind::UserTeamsReset])
        .so(|tenant| assert_eq!(adas_teams(tenant), [CORE, SALES]))
        .when(&reset())
        .then_nothing();
}

#[test]
fn each_team_tells_where_it_comes_from_and_since_when() {
    let mut history = ada_in_two();
    history.tell(&assign(CHESS)).unwrap();
    let since = |kind| {
        let found = history.log.iter().rfind(|one| one.event.kind() == Some(kind));
        found.expect("such an event").seq
    };
    let teams = history.tenant().teams_of(ADAS);
    let additional =
        |team, origin, since| EffectiveTeam { team, rank: Rank::Additional, origin, since };
    assert_eq!(teams[1], additional(SALES, Origin::Synced, since(EventKind::GroupMembersAdded)));
    assert_eq!(teams[2], additional(CHESS, Origin::Local, since(EventKind::UserTeamAssigned)));
}

#[test]
fn edits_name_a_known_person_and_a_known_team() {
    let nobody = Intent::AssignTeam { employee: employee(EVE), team: CORE };
    ada_in_two().when(&nobody).refused(&Refusal::NoSuchEmployee(employee(EVE)));
    let nowhere = TeamId(EVE.0);
    ada_in_two().when(&assign(nowhere)).refused(&Refusal::NoSuchTeam(nowhere));
}

#[test]
fn an_own_team_can_be_renamed_and_removed() {
    let mut history = ada_in_two();
    history.tell(&assign(CHESS)).unwrap();
    let rename = Intent::RenameTeam { team: CHESS, name: "Go".to_owned() };
    let renamed = history.when(&rename.clone()).then([EventKind::TeamRenamed]).so(|tenant| {
        assert_eq!(tenant.own_team(CHESS).map(|team| team.name.as_str()), Some("Go"));
    });
    renamed.clone().when(&rename).then_nothing();
    renamed
        .when(&Intent::RemoveTeam { team: CHESS })
        .then([EventKind::TeamDeleted])
        .so(|tenant| assert_eq!(adas_teams(tenant), [CORE, SALES]))
        .when(&Intent::RemoveTeam { team: CHESS })
        .refused(&Refusal::NoSuchTeam(CHESS));
}

#[test]
fn a_synced_team_is_the_directorys() {
    let synced = Refusal::SyncedTeam(CORE);
    ada_in_two().when(&Intent::RemoveTeam { team: CORE }).refused(&synced);
    let rename = Intent::RenameTeam { team: CORE, name: "Mine".to_owned() };
    ada_in_two().when(&rename).refused(&synced);
}

#[test]
fn an_own_teams_name_is_its_alone() {
    let new = |name: &str| Intent::NewTeam { team: TeamId(EVE.0), name: name.to_owned() };
    let taken = |name: &str| Refusal::TeamNameTaken(name.to_owned());
    ada_in_two().when(&new("CHESS")).refused(&taken("CHESS"));
    ada_in_two().when(&new("core")).refused(&taken("core"));
    let blank = Refusal::BadText { what: "the team's name", problem: BadText::Blank };
    ada_in_two().when(&new(" ")).refused(&blank);
    ada_in_two().when(&new("\u{200d}\u{200d}")).refused(&blank);
    let turned = Refusal::BadText { what: "the team's name", problem: BadText::Hidden('\u{202e}') };
    ada_in_two().when(&new("a\u{202e}b")).refused(&turned);
    let nul = Refusal::BadText { what: "the team's name", problem: BadText::Nul };
    ada_in_two().when(&new("a\0b")).refused(&nul);
    let rename = |name: &str| Intent::RenameTeam { team: CHESS, name: name.to_owned() };
    ada_in_two().when(&rename("CHESS")).then([EventKind::TeamRenamed]);
    ada_in_two().when(&rename("Sales")).refused(&taken("Sales"));
    // The directory is not told no for something that it cannot see.
    ada_in_two().when(&new_group(TeamId(EVE.0), "Chess", &[])).then([EventKind::GroupCreated]);
}
