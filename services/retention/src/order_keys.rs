//! What keeps each event in order: pure.

use events::{Event, Recorded};
use projector::{OrderKey, Ordered};

/// The keys of `event`. A deletion is judged by the alerts that there are, so it keeps its place
/// among all of the tenant's; who belongs to an alert is a row of each person's. A booking is a row
/// of its own, whoever it is for.
pub(crate) fn order_keys(event: &Recorded) -> Vec<OrderKey> {
    OrderKey::of(event.tenant(), ordered(&event.event))
}

fn ordered(event: &Event) -> Vec<Ordered> {
    match event {
        Event::UserCreated(state) | Event::UserReactivated(state) | Event::UserReturned(state) => {
            vec![Ordered::Person(state.employee_id)]
        }
        Event::UserDeactivated(body) => vec![Ordered::Person(body.state.employee_id)],
        Event::UserDeleted(body) => {
            vec![Ordered::Person(body.state.employee_id), Ordered::Alerts]
        }
        Event::AlertPeopleAdded(body) => body.people.iter().copied().map(Ordered::Person).collect(),
        Event::AlertRaised(_) | Event::AlertReleased(_) | Event::AlertReversed(_) => {
            vec![Ordered::Alerts]
        }
        Event::BookingRecorded(body) | Event::BookingChanged(body) => {
            vec![Ordered::Booking(body.booking_id)]
        }
        Event::BookingCancelled(body) => vec![Ordered::Booking(body.booking_id)],
        Event::BookingClosed(body) => vec![Ordered::Booking(body.booking_id)],
        Event::BookingHandedOver(body) => vec![Ordered::Booking(body.booking.booking_id)],
        Event::BookingReopened(body) => vec![Ordered::Booking(body.booking.booking_id)],
        Event::BookingCancellationPlanned(body) => vec![Ordered::Booking(body.booking_id)],
        Event::BookingCancellationWithdrawn(body) => vec![Ordered::Booking(body.booking_id)],
        Event::BookingKept(body) => vec![Ordered::Booking(body.booking_id)],
        Event::TenantLeaverPolicySet(_) => vec![Ordered::Tenant],
        Event::UserErased(body) => {
            let bookings = body.bookings.iter().copied().map(Ordered::Booking);
            std::iter::once(Ordered::Person(body.employee_id)).chain(bookings).collect()
        }
        // They change nothing here.
        Event::UserChanged(_)
        | Event::UserResourceChanged(_)
        | Event::UserResourceDeleted(_)
        | Event::TenantCreated(_)
        | Event::IntegrationActivated(_)
        | Event::IntegrationDeactivated(_)
        | Event::CredentialIssued(_)
        | Event::CredentialRevoked(_)
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
        | Event::GroupDeleted(_)
        | Event::TeamCreated(_)
        | Event::TeamRenamed(_)
        | Event::TeamDeleted(_)
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
