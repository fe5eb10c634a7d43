//! Groups come, change and go.

use events::{ChangedMembers, CreatedGroup, DeletedGroup, Event, GroupProfile, GroupState, TeamId};

use super::{members, text, users};
use crate::{Group, MemberChange, Refusal, TenantRoster, changes};

pub(super) fn create(
    tenant: &TenantRoster,
    team: TeamId,
    profile: &GroupProfile,
    members: &[String],
) -> Result<Vec<Event>, Refusal> {
    let wanted = members.to_vec();
    if tenant.groups().get(team).is_some() {
        return change(tenant, team, profile, &[MemberChange::Exactly(wanted)]);
    }
    if tenant.own_team(team).is_some() {
        return Err(Refusal::IdReused(team.0));
    }
    judge(tenant, profile, None)?;
    let changed = changes::of_group(None, profile);
    let state = GroupState { team_id: team, profile: profile.clone(), changed };
    let mut difference = members::change(tenant, team, &[MemberChange::Add(wanted)]);
    let most = difference.joining.len().min(ChangedMembers::MAX);
    let members = difference.joining.drain(..most).collect();
    let mut events = vec![Event::GroupCreated(CreatedGroup { state, members })];
    events.extend(difference.events(team));
    Ok(events)
}

pub(super) fn change(
    tenant: &TenantRoster,
    team: TeamId,
    profile: &GroupProfile,
    members: &[MemberChange],
) -> Result<Vec<Event>, Refusal> {
    let group = present(tenant, team)?;
    let mut events = Vec::new();
    if group.profile() != profile {
        judge(tenant, profile, Some(team))?;
        let changed = changes::of_group(Some(group.profile()), profile);
        let state = GroupState { team_id: team, profile: profile.clone(), changed };
        events.push(Event::GroupChanged(state));
    }
    events.extend(members::change(tenant, team, members).events(team));
    Ok(events)
}

pub(super) fn delete(tenant: &TenantRoster, team: TeamId) -> Result<Vec<Event>, Refusal> {
    present(tenant, team)?;
    Ok(vec![Event::GroupDeleted(DeletedGroup { team_id: team, alert: None })])
}

fn present(tenant: &TenantRoster, team: TeamId) -> Result<&Group, Refusal> {
    tenant.groups().get(team).ok_or(Refusal::NoSuchGroup(team))
}

/// A group may have the name of a team that administrators made: the directory is not told no for
/// something that it cannot see.
fn judge(
    tenant: &TenantRoster,
    profile: &GroupProfile,
    own: Option<TeamId>,
) -> Result<(), Refusal> {
    users::recordable(&profile.attributes, ["displayName", "externalId"])?;
    let before = own.and_then(|team| tenant.groups().get(team)).map(Group::profile);
    if before.is_none_or(|before| before.display_name != profile.display_name) {
        text::said("displayName", &profile.display_name)?;
    }
    match tenant.groups().by_display_name(&profile.display_name) {
        Some(holder) if Some(holder.team) != own => {
            Err(Refusal::GroupNameTaken(profile.display_name.clone()))
        }
        Some(_) | None => Ok(()),
    }
}
