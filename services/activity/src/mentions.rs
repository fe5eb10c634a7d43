//! Whom and what an event concerns: pure.

use std::collections::BTreeSet;

use events::{Event, MemberRef, UserState};
use uuid::Uuid;

/// The ids under which an event is to be found again: of the people whom it names and of their SCIM
/// resources, and of the group, team, booking or alert that it is about if it says how that stands.
///
/// Members are found by both names that the event has for them: the person as they were known, and
/// the resource as the client named it, which may be somebody's only later.
pub fn mentions(event: &Event) -> BTreeSet<Uuid> {
    match event {
        Event::UserCreated(state)
        | Event::UserChanged(state)
        | Event::UserReactivated(state)
        | Event::UserReturned(state) => person(state),
        Event::UserDeactivated(body) | Event::UserDeleted(body) => person(&body.state),
        Event::UserResourceChanged(body) => {
            BTreeSet::from([body.employee_id.0, body.resource_id.0])
        }
        Event::UserResourceDeleted(body) => {
            BTreeSet::from([body.employee_id.0, body.resource_id.0])
        }
        Event::UserTeamAssigned(body) | Event::UserTeamUnassigned(body) => {
            BTreeSet::from([body.employee_id.0])
        }
        Event::UserPrimaryChosen(body) => BTreeSet::from([body.employee_id.0]),
        Event::UserTeamsReset(body) => BTreeSet::from([body.employee_id.0]),
        Event::UserReceiptClosed(body) => BTreeSet::from([body.employee_id.0]),
        Event::UserErased(body) => BTreeSet::from([body.employee_id.0]),
        Event::GroupCreated(body) => {
            [body.state.team_id.0].into_iter().chain(members(&body.members)).collect()
        }
        Event::GroupChanged(body) => BTreeSet::from([body.team_id.0]),
        Event::GroupDeleted(body) => BTreeSet::from([body.team_id.0]),
        Event::GroupMembersAdded(body) | Event::GroupMembersRemoved(body) => {
            members(&body.members).collect()
        }
        Event::GroupMembersReplaced(body) => {
            members(&body.removed).chain(members(&body.added)).collect()
        }
        Event::GroupMemberResourcesChanged(body) => BTreeSet::from([body.employee_id.0]),
        Event::TeamCreated(body) | Event::TeamRenamed(body) => BTreeSet::from([body.team_id.0]),
        Event::TeamDeleted(body) => BTreeSet::from([body.team_id.0]),
        Event::BookingRecorded(body) | Event::BookingChanged(body) => {
            BTreeSet::from([body.booking_id.0, body.employee_id.0])
        }
        Event::BookingCancelled(body) => BTreeSet::from([body.booking_id.0, body.employee_id.0]),
        Event::BookingClosed(body) => BTreeSet::from([body.booking_id.0, body.employee_id.0]),
        Event::BookingCancellationPlanned(body) => {
            BTreeSet::from([body.booking_id.0, body.employee_id.0])
        }
        Event::BookingCancellationWithdrawn(body) => {
            BTreeSet::from([body.booking_id.0, body.employee_id.0])
        }
        Event::BookingKept(body) => BTreeSet::from([body.booking_id.0, body.employee_id.0]),
        Event::BookingHandedOver(body) => {
            BTreeSet::from([body.booking.booking_id.0, body.booking.employee_id.0])
        }
        Event::BookingReopened(body) => {
            BTreeSet::from([body.booking.booking_id.0, body.booking.employee_id.0])
        }
        Event::AlertRaised(body) => BTreeSet::from([body.alert_id.0]),
        Event::AlertPeopleAdded(body) => body.people.iter().map(|person| person.0).collect(),
        Event::AlertReleased(body) | Event::AlertReversed(body) => {
            BTreeSet::from([body.alert_id.0])
        }
        Event::TenantCreated(_)
        | Event::TenantGuardSet(_)
        | Event::TenantLeaverPolicySet(_)
        | Event::TenantExtensionDeclared(_)
        | Event::TenantExtensionRemoved(_)
        | Event::IntegrationActivated(_)
        | Event::IntegrationDeactivated(_)
        | Event::CredentialIssued(_)
        | Event::CredentialRevoked(_)
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
        | Event::Unknown { .. } => BTreeSet::new(),
    }
}

fn person(state: &UserState) -> BTreeSet<Uuid> {
    BTreeSet::from([state.employee_id.0, state.resource_id.0])
}

fn members(members: &[MemberRef]) -> impl Iterator<Item = Uuid> {
    members.iter().flat_map(|member| {
        let person = member.employee_id.map(|employee| employee.0);
        person.into_iter().chain(resource(&member.value))
    })
}

/// The id that a value is, to the letter: ids are case-exact (RFC 7643 §3.1), so another spelling
/// never comes to mean somebody.
fn resource(value: &str) -> Option<Uuid> {
    let id: Uuid = value.parse().ok()?;
    (id.to_string() == value).then_some(id)
}
