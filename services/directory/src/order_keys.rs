//! What keeps each event in order: pure.

use events::{Event, Recorded};
use projector::{OrderKey, Ordered};

/// The keys of `event`. A deletion is judged by the alerts that there are, so it keeps its place
/// among all of the tenant's; who belongs to an alert is a row of each person's.
pub(crate) fn order_keys(event: &Recorded) -> Vec<OrderKey> {
    OrderKey::of(event.tenant(), ordered(&event.event))
}

fn ordered(event: &Event) -> Vec<Ordered> {
    match event {
        Event::UserCreated(state)
        | Event::UserChanged(state)
        | Event::UserReactivated(state)
        | Event::UserReturned(state) => vec![Ordered::Person(state.employee_id)],
        Event::UserDeactivated(body) => vec![Ordered::Person(body.state.employee_id)],
        Event::UserErased(body) => vec![Ordered::Person(body.employee_id)],
        Event::UserDeleted(body) => {
            vec![Ordered::Person(body.state.employee_id), Ordered::Alerts]
        }
        Event::TenantCreated(_)
        | Event::IntegrationActivated(_)
        | Event::IntegrationDeactivated(_) => vec![Ordered::Tenant],
        Event::CredentialIssued(body) => vec![Ordered::Credential(body.credential_id)],
        Event::CredentialRevoked(body) => vec![Ordered::Credential(body.credential_id)],
        Event::AlertPeopleAdded(body) => body.people.iter().copied().map(Ordered::Person).collect(),
        Event::GroupDeleted(_)
        | Event::AlertRaised(_)
        | Event::AlertReleased(_)
        | Event::AlertReversed(_) => vec![Ordered::Alerts],
        // They change nothing here.
        Event::UserResourceChanged(_)
        | Event::UserResourceDeleted(_)
        | Event::UserTeamAssigned(_)
        | Event::UserTeamUnassigned(_)
        | Event::UserPrimaryChosen(_)
        | Event::UserTeamsReset(_)
        | Event::UserReceiptClosed(_)
        | Event::GroupCreated(_)
        | Event::GroupChanged(_)
        | Event::GroupMembersAdded(_)
        | Event::GroupMembersRemoved(_)
        | Event::GroupMembersReplaced(_)
        | Event::GroupMemberResourcesChanged(_)
        | Event::TeamCreated(_)
        | Event::TeamRenamed(_)
        | Event::TeamDeleted(_)
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
