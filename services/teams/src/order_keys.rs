//! What keeps each event in order: pure.

use events::{Event, MemberRef, Recorded, TeamId};
use projector::{OrderKey, Ordered};

/// The keys of `event`. Who leaves a team leaves it with each resource that they have, so such an
/// event keeps its place among those of the team and among those of everybody whom it names.
pub(crate) fn order_keys(event: &Recorded) -> Vec<OrderKey> {
    OrderKey::of(event.tenant(), ordered(&event.event))
}

fn ordered(event: &Event) -> Vec<Ordered> {
    match event {
        Event::UserCreated(state) | Event::UserReturned(state) => {
            vec![Ordered::Person(state.employee_id)]
        }
        Event::GroupCreated(body) => vec![Ordered::Team(body.state.team_id)],
        Event::GroupChanged(state) => vec![Ordered::Team(state.team_id)],
        Event::GroupMembersAdded(body) => vec![Ordered::Team(body.team_id)],
        Event::GroupMembersRemoved(body) => leaving(body.team_id, &body.members),
        Event::GroupMembersReplaced(body) => leaving(body.team_id, &body.removed),
        Event::GroupDeleted(body) => vec![Ordered::Team(body.team_id)],
        Event::TeamCreated(body) | Event::TeamRenamed(body) => vec![Ordered::Team(body.team_id)],
        Event::TeamDeleted(body) => vec![Ordered::Team(body.team_id)],
        Event::UserTeamAssigned(body) | Event::UserTeamUnassigned(body) => {
            vec![Ordered::Person(body.employee_id)]
        }
        Event::UserPrimaryChosen(body) => vec![Ordered::Person(body.employee_id)],
        Event::UserErased(body) => {
            let teams = body.teams.iter().copied().map(Ordered::Team);
            std::iter::once(Ordered::Person(body.employee_id)).chain(teams).collect()
        }
        Event::UserTeamsReset(body) => vec![Ordered::Person(body.employee_id)],
        // They change nothing here.
        Event::UserChanged(_)
        | Event::UserDeactivated(_)
        | Event::UserReactivated(_)
        | Event::UserDeleted(_)
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

fn leaving(team: TeamId, members: &[MemberRef]) -> Vec<Ordered> {
    let people = members.iter().filter_map(|member| member.employee_id).map(Ordered::Person);
    std::iter::once(Ordered::Team(team)).chain(people).collect()
}
