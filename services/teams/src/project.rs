//! What each event changes in the teams: pure.

use events::{
    CreatedGroup, EditedTeam, Event, GroupState, MemberRef, OwnTeam, Recorded, ResourceId, TeamId,
    UserState,
};
use projector::sql::storable;

use crate::change::{Authorship, Change, Edit, Moment, Origin, TeamRow};

/// What `event` changes in the teams.
pub(crate) fn project(event: &Recorded) -> Vec<Change> {
    let tenant = || event.tenant().clone();
    match &event.event {
        // A resource describes one person, from the first to its last day.
        Event::UserCreated(state) | Event::UserReturned(state) => vec![resource(event, state)],
        Event::GroupCreated(CreatedGroup { state, members }) => {
            let team = Change::Team(group(event, state));
            std::iter::once(team).chain(joined(event, state.team_id, members)).collect()
        }
        Event::GroupChanged(state) => vec![Change::Team(group(event, state))],
        Event::GroupMembersAdded(body) => joined(event, body.team_id, &body.members).collect(),
        Event::GroupMembersRemoved(body) => left(event, body.team_id, &body.members).collect(),
        Event::GroupMembersReplaced(body) => {
            let gone = left(event, body.team_id, &body.removed);
            gone.chain(joined(event, body.team_id, &body.added)).collect()
        }
        Event::GroupDeleted(body) => vec![Change::NoTeam { tenant: tenant(), team: body.team_id }],
        Event::TeamCreated(body) | Event::TeamRenamed(body) => {
            vec![Change::Team(own_team(event, body))]
        }
        Event::TeamDeleted(body) => vec![Change::NoTeam { tenant: tenant(), team: body.team_id }],
        Event::UserTeamAssigned(body) => vec![edited(event, body, Edit::Assigned)],
        Event::UserTeamUnassigned(body) => vec![edited(event, body, Edit::Unassigned)],
        Event::UserPrimaryChosen(body) => vec![Change::Primary {
            tenant: tenant(),
            employee: body.employee_id,
            team: body.team_id,
            by: authorship(event),
        }],
        Event::UserTeamsReset(body) => {
            vec![Change::Reset { tenant: tenant(), employee: body.employee_id }]
        }
        Event::UserErased(body) => vec![Change::Erased {
            tenant: tenant(),
            employee: body.employee_id,
            resources: body.resources.clone(),
            seq: moment(event).seq,
        }],
        // A leaver keeps their teams: should they come back, they are in them as before.
        Event::UserChanged(_)
        | Event::UserDeactivated(_)
        | Event::UserReactivated(_)
        | Event::UserDeleted(_)
        // A person of several resources is in a team by any of them.
        | Event::UserResourceChanged(_)
        | Event::UserResourceDeleted(_)
        | Event::GroupMemberResourcesChanged(_)
        | Event::TenantCreated(_)
        | Event::IntegrationActivated(_)
        | Event::IntegrationDeactivated(_)
        | Event::CredentialIssued(_)
        | Event::CredentialRevoked(_)
        | Event::BookingRecorded(_)
        | Event::BookingChanged(_)
        | Event::BookingCancelled(_)
        | Event::BookingClosed(_)
        | Event::BookingCancellationPlanned(_)
        | Event::BookingCancellationWithdrawn(_)
        | Event::BookingKept(_)
        | Event::BookingHandedOver(_)
        | Event::BookingReopened(_)
        | Event::TenantLeaverPolicySet(_)
        | Event::TenantGuardSet(_)
        | Event::TenantExtensionDeclared(_)
        | Event::TenantExtensionRemoved(_)
        | Event::AlertRaised(_)
        | Event::AlertPeopleAdded(_)
        | Event::AlertReleased(_)
        | Event::AlertReversed(_)
        | Event::UserReceiptClosed(_)
        | Event::AdministratorInvited(_)
        | Event::AdministratorLinkIssued(_)
        | Event::AdministratorSignedIn(_)
        | Event::AdministratorRolesChanged(_)
        | Event::AdministratorRemoved(_)
        | Event::SubscriberAdded(_)
        | Event::SubscriberChanged(_)
        | Event::SubscriberRemoved(_)
        | Event::SubscriberSecretIssued(_)
        | Event::SubscriberSecretWithdrawn(_)
        | Event::SubscriberDisabled(_)
        | Event::SubscriberPaused(_)
        | Event::SubscriberResumed(_)
        | Event::SubscriberReset(_)
        | Event::SubscriberTested(_)
        | Event::SubscriberReplayStarted(_)
        | Event::SubscriberReplayEnded(_)
        | Event::SubscriberEnabled(_)
        | Event::Unknown { .. } => vec![],
    }
}

fn resource(event: &Recorded, state: &UserState) -> Change {
    Change::Resource {
        tenant: event.tenant().clone(),
        resource: state.resource_id,
        employee: state.employee_id,
        seq: moment(event).seq,
    }
}

fn joined(event: &Recorded, team: TeamId, members: &[MemberRef]) -> impl Iterator<Item = Change> {
    let (tenant, since) = (event.tenant(), moment(event));
    members.iter().filter_map(move |member| {
        let resource = resource_id(&member.value)?;
        Some(Change::Member { tenant: tenant.clone(), team, resource, since })
    })
}

fn left(event: &Recorded, team: TeamId, members: &[MemberRef]) -> impl Iterator<Item = Change> {
    let (of, seq) = (event.tenant(), moment(event).seq);
    members.iter().filter_map(move |member| {
        let tenant = of.clone();
        match member.employee_id {
            Some(employee) => Some(Change::Left { tenant, team, employee, seq }),
            None => {
                let resource = resource_id(&member.value)?;
                Some(Change::NoMember { tenant, team, resource })
            }
        }
    })
}

/// The resource whose id this text is, to the letter: ids are case-exact (RFC 7643 §3.1). Any
/// other text can never become a person, since all ids that Rollcall gives look like this.
fn resource_id(value: &str) -> Option<ResourceId> {
    let canonical = value.len() == 36 && !value.bytes().any(|byte| byte.is_ascii_uppercase());
    canonical.then(|| value.parse().ok()).flatten()
}

fn group(event: &Recorded, state: &GroupState) -> TeamRow {
    let profile = &state.profile;
    TeamRow {
        tenant: event.tenant().clone(),
        team: state.team_id,
        name: storable(&profile.display_name),
        description: profile.description().map(storable),
        external_id: profile.external_id.as_ref().map(|id| storable(id.as_str())),
        origin: Origin::Synced,
        seq: moment(event).seq,
    }
}

fn own_team(event: &Recorded, body: &OwnTeam) -> TeamRow {
    TeamRow {
        tenant: event.tenant().clone(),
        team: body.team_id,
        name: storable(&body.name),
        description: None,
        external_id: None,
        origin: Origin::Local,
        seq: moment(event).seq,
    }
}

fn edited(event: &Recorded, body: &EditedTeam, edit: Edit) -> Change {
    Change::Edited {
        tenant: event.tenant().clone(),
        employee: body.employee_id,
        team: body.team_id,
        edit,
        by: authorship(event),
    }
}

fn authorship(event: &Recorded) -> Authorship {
    Authorship { actor: storable(event.envelope.actor.as_str()), moment: moment(event) }
}

fn moment(event: &Recorded) -> Moment {
    Moment { seq: event.seq.0.cast_signed(), at: event.envelope.time }
}
