//! Any event at all, as proptest strategies; behind the feature `proptest`.
//!
//! Every event is well-formed by itself; a series of them need not make sense as a history.

mod access;
mod administrators;
mod alerts;
mod bookings;
mod courses;
mod people;
mod receipts;
mod subscribers;
mod teams;
mod values;

use proptest::option;
use proptest::prelude::{BoxedStrategy, Strategy};
use proptest::sample::select;

use self::values::{tenant, timestamp, uuid};
use crate::{Actor, Envelope, Event, EventId, EventKind};

/// Any event that this program knows.
pub fn event() -> impl Strategy<Value = Event> {
    select(&EventKind::ALL[..]).prop_flat_map(event_of)
}

/// Any event of `kind`.
#[expect(clippy::too_many_lines, reason = "one row for each event, and nothing else")]
pub fn event_of(kind: EventKind) -> BoxedStrategy<Event> {
    match kind {
        EventKind::TenantCreated => any(access::created_tenant(), Event::TenantCreated),
        EventKind::TenantGuardSet => any(access::set_guard(), Event::TenantGuardSet),
        EventKind::TenantLeaverPolicySet => {
            any(access::set_leaver_policy(), Event::TenantLeaverPolicySet)
        }
        EventKind::TenantExtensionDeclared => {
            any(access::declared_extension(), Event::TenantExtensionDeclared)
        }
        EventKind::TenantExtensionRemoved => {
            any(access::removed_extension(), Event::TenantExtensionRemoved)
        }
        EventKind::IntegrationActivated => {
            any(access::activated_integration(), Event::IntegrationActivated)
        }
        EventKind::IntegrationDeactivated => {
            any(access::deactivated_integration(), Event::IntegrationDeactivated)
        }
        EventKind::CredentialIssued => any(access::credential(), Event::CredentialIssued),
        EventKind::CredentialRevoked => any(access::revoked_credential(), Event::CredentialRevoked),
        EventKind::AdministratorInvited => {
            any(administrators::invited(), Event::AdministratorInvited)
        }
        EventKind::AdministratorLinkIssued => {
            any(administrators::issued_link(), Event::AdministratorLinkIssued)
        }
        EventKind::AdministratorSignedIn => {
            any(administrators::signed_in(), Event::AdministratorSignedIn)
        }
        EventKind::AdministratorRolesChanged => {
            any(administrators::changed_roles(), Event::AdministratorRolesChanged)
        }
        EventKind::AdministratorRemoved => {
            any(administrators::removed(), Event::AdministratorRemoved)
        }
        EventKind::UserCreated => any(people::user_state(), Event::UserCreated),
        EventKind::UserChanged => any(people::user_state(), Event::UserChanged),
        EventKind::UserDeactivated => any(people::departed_user(), Event::UserDeactivated),
        EventKind::UserReactivated => any(people::user_state(), Event::UserReactivated),
        EventKind::UserDeleted => any(people::departed_user(), Event::UserDeleted),
        EventKind::UserReturned => any(people::user_state(), Event::UserReturned),
        EventKind::UserResourceChanged => {
            any(people::changed_resource(), Event::UserResourceChanged)
        }
        EventKind::UserResourceDeleted => {
            any(people::deleted_resource(), Event::UserResourceDeleted)
        }
        EventKind::UserTeamAssigned => any(people::edited_team(), Event::UserTeamAssigned),
        EventKind::UserTeamUnassigned => any(people::edited_team(), Event::UserTeamUnassigned),
        EventKind::UserPrimaryChosen => any(people::chosen_primary(), Event::UserPrimaryChosen),
        EventKind::UserTeamsReset => any(people::reset_teams(), Event::UserTeamsReset),
        EventKind::UserReceiptClosed => any(receipts::closed(), Event::UserReceiptClosed),
        EventKind::UserErased => any(people::erased_user(), Event::UserErased),
        EventKind::GroupCreated => any(teams::created_group(), Event::GroupCreated),
        EventKind::GroupChanged => any(teams::group_state(), Event::GroupChanged),
        EventKind::GroupMembersAdded => any(teams::changed_members(), Event::GroupMembersAdded),
        EventKind::GroupMembersRemoved => any(teams::changed_members(), Event::GroupMembersRemoved),
        EventKind::GroupMembersReplaced => {
            any(teams::replaced_members(), Event::GroupMembersReplaced)
        }
        EventKind::GroupMemberResourcesChanged => {
            any(teams::member_resources(), Event::GroupMemberResourcesChanged)
        }
        EventKind::GroupDeleted => any(teams::deleted_group(), Event::GroupDeleted),
        EventKind::TeamCreated => any(teams::own_team(), Event::TeamCreated),
        EventKind::TeamRenamed => any(teams::own_team(), Event::TeamRenamed),
        EventKind::TeamDeleted => any(teams::removed_team(), Event::TeamDeleted),
        EventKind::BookingRecorded => any(bookings::booking(), Event::BookingRecorded),
        EventKind::BookingChanged => any(bookings::booking(), Event::BookingChanged),
        EventKind::BookingCancelled => any(bookings::cancelled_booking(), Event::BookingCancelled),
        EventKind::BookingClosed => any(bookings::closed_booking(), Event::BookingClosed),
        EventKind::BookingCancellationPlanned => {
            any(bookings::planned_cancellation(), Event::BookingCancellationPlanned)
        }
        EventKind::BookingCancellationWithdrawn => {
            any(bookings::withdrawn_cancellation(), Event::BookingCancellationWithdrawn)
        }
        EventKind::BookingKept => any(bookings::kept_booking(), Event::BookingKept),
        EventKind::BookingHandedOver => {
            any(bookings::handed_over_booking(), Event::BookingHandedOver)
        }
        EventKind::BookingReopened => any(bookings::reopened_booking(), Event::BookingReopened),
        EventKind::AlertRaised => any(alerts::raised_alert(), Event::AlertRaised),
        EventKind::AlertPeopleAdded => any(alerts::alert_people(), Event::AlertPeopleAdded),
        EventKind::AlertReleased => any(alerts::decided_alert(), Event::AlertReleased),
        EventKind::AlertReversed => any(alerts::decided_alert(), Event::AlertReversed),
        EventKind::SubscriberAdded => any(subscribers::added(), Event::SubscriberAdded),
        EventKind::SubscriberChanged => any(subscribers::state(), Event::SubscriberChanged),
        EventKind::SubscriberRemoved => any(subscribers::removed(), Event::SubscriberRemoved),
        EventKind::SubscriberSecretIssued => {
            any(subscribers::issued_secret(), Event::SubscriberSecretIssued)
        }
        EventKind::SubscriberSecretWithdrawn => {
            any(subscribers::withdrawn_secret(), Event::SubscriberSecretWithdrawn)
        }
        EventKind::SubscriberDisabled => any(subscribers::disabled(), Event::SubscriberDisabled),
        EventKind::SubscriberEnabled => any(subscribers::enabled(), Event::SubscriberEnabled),
        EventKind::SubscriberPaused => any(courses::paused(), Event::SubscriberPaused),
        EventKind::SubscriberResumed => any(courses::resumed(), Event::SubscriberResumed),
        EventKind::SubscriberReset => any(courses::reset(), Event::SubscriberReset),
        EventKind::SubscriberTested => any(courses::tested(), Event::SubscriberTested),
        EventKind::SubscriberReplayStarted => {
            any(courses::started_replay(), Event::SubscriberReplayStarted)
        }
        EventKind::SubscriberReplayEnded => {
            any(courses::ended_replay(), Event::SubscriberReplayEnded)
        }
    }
}

fn any<B: std::fmt::Debug + 'static>(
    body: impl Strategy<Value = B> + 'static,
    event: fn(B) -> Event,
) -> BoxedStrategy<Event> {
    body.prop_map(event).boxed()
}

/// Any headers, less what depends on the body.
pub fn envelope() -> impl Strategy<Value = Envelope> {
    let sent = || option::of(".{1,40}");
    (uuid(), tenant(), timestamp(), ".{1,40}", sent(), sent()).prop_map(
        |(id, tenant, time, actor, request, trace_parent)| Envelope {
            id: EventId(id),
            tenant,
            time,
            actor: Actor::from_header(&actor),
            request,
            trace_parent,
        },
    )
}
