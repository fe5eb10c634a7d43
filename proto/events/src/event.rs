//! All events: the one listing of them.

use schemars::{Schema, SchemaGenerator};
use uuid::Uuid;

use crate::body_source::BodySource;
use crate::entity::Entity;
use crate::{
    ActivatedIntegration, AddedSubscriber, AlertPeople, CancelledBooking,
    ChangedAdministratorRoles, ChangedMembers, ChangedResource, ChosenPrimary, ClosedBooking,
    ClosedReceipt, CreatedGroup, CreatedTenant, DeactivatedIntegration, DecidedAlert,
    DeclaredExtension, DeletedGroup, DeletedResource, DepartedUser, DisabledSubscriber, EditedTeam,
    EnabledSubscriber, EndedReplay, ErasedUser, GroupState, HandedOverBooking,
    InvitedAdministrator, IssuedCredential, IssuedSignInLink, IssuedSubscriberSecret, KeptBooking,
    MemberResources, OwnTeam, PausedSubscriber, PlannedCancellation, RaisedAlert, RecordedBooking,
    RemovedAdministrator, RemovedExtension, RemovedSubscriber, RemovedTeam, ReopenedBooking,
    ReplacedMembers, ResetSubscriber, ResetTeams, ResumedSubscriber, RevokedCredential, SetGuard,
    SetLeaverPolicy, SignedInAdministrator, StartedReplay, SubscriberState, Tenant,
    TestedSubscriber, UserState, WithdrawnCancellation, WithdrawnSubscriberSecret,
};

events! {
    /// A fact. Past tense, complete, never edited.
    pub enum Event;

    /// Which event it is.
    pub enum EventKind;

    /// A tenant was created.
    TenantCreated(CreatedTenant) => Tenant, "created", 1, tenant_id;
    /// The mass-change guard of a tenant was set.
    TenantGuardSet(SetGuard) => Tenant, "guard-set", 1, tenant_id;
    /// What becomes of the bookings of one resource type when their person leaves was set.
    TenantLeaverPolicySet(SetLeaverPolicy) => Tenant, "leaver-policy-set", 1, tenant_id;
    /// A tenant's extension of SCIM's schemas was declared.
    TenantExtensionDeclared(DeclaredExtension) => Tenant, "extension-declared", 1, tenant_id;
    /// A tenant's extension is not declared any more.
    TenantExtensionRemoved(RemovedExtension) => Tenant, "extension-removed", 1, tenant_id;

    /// A tenant's SCIM integration was activated.
    IntegrationActivated(ActivatedIntegration) => Integration, "activated", 1, integration_id;
    /// A tenant's SCIM integration was deactivated: it refuses all requests.
    IntegrationDeactivated(DeactivatedIntegration) => Integration, "deactivated", 1, integration_id;

    /// A secret token, an OAuth client or an API token was issued.
    CredentialIssued(IssuedCredential) => Credential, "issued", 4, credential_id;
    /// A credential was revoked: it opens nothing any more.
    CredentialRevoked(RevokedCredential) => Credential, "revoked", 1, credential_id;

    /// An administrator was invited to the portal of a tenant.
    AdministratorInvited(InvitedAdministrator) => Administrator, "invited", 1, administrator_id;
    /// A new sign-in link of an administrator was issued; an earlier one opens nothing any more.
    AdministratorLinkIssued(IssuedSignInLink) => Administrator, "link-issued", 1, administrator_id;
    /// An administrator signed in.
    AdministratorSignedIn(SignedInAdministrator) => Administrator, "signed-in", 1, administrator_id;
    /// An administrator may do other things than before.
    AdministratorRolesChanged(ChangedAdministratorRoles) => Administrator, "roles-changed", 1, administrator_id;
    /// An administrator was removed: they may do nothing any more.
    AdministratorRemoved(RemovedAdministrator) => Administrator, "removed", 1, administrator_id;

    /// Somebody joined whom the directory had not known before.
    UserCreated(UserState) => User, "created", 1, employee_id;
    /// A person's profile changed.
    UserChanged(UserState) => User, "changed", 1, employee_id;
    /// A person became Former, unless they are held; the SCIM resource stays. The profile
    /// may have changed too.
    UserDeactivated(DepartedUser) => User, "deactivated", 2, state.employee_id;
    /// A Former person is Active again, on the same SCIM resource and in the same teams.
    /// The profile may have changed too.
    UserReactivated(UserState) => User, "reactivated", 1, employee_id;
    /// A person's last SCIM resource was deleted; the directory keeps the person, as
    /// Former.
    UserDeleted(DepartedUser) => User, "deleted", 2, state.employee_id;
    /// A Former person came back on a new SCIM resource. The old one was deleted before, or
    /// is inactive still.
    UserReturned(UserState) => User, "returned", 1, employee_id;
    /// One of several SCIM resources of a person changed; about the person nothing did.
    UserResourceChanged(ChangedResource) => User, "resource-changed", 1, employee_id;
    /// One of several SCIM resources of a person was deleted; the person stays, with the
    /// others.
    UserResourceDeleted(DeletedResource) => User, "resource-deleted", 1, employee_id;
    /// An administrator put a person into a team.
    UserTeamAssigned(EditedTeam) => User, "team-assigned", 1, employee_id;
    /// An administrator took a person out of a team.
    UserTeamUnassigned(EditedTeam) => User, "team-unassigned", 1, employee_id;
    /// An administrator chose a person's Primary team.
    UserPrimaryChosen(ChosenPrimary) => User, "primary-chosen", 1, employee_id;
    /// An administrator dropped all local edits of a person's teams; what is synced counts
    /// again.
    UserTeamsReset(ResetTeams) => User, "teams-reset", 1, employee_id;
    /// The receipt of a person's departure is closed: all subscribers have acknowledged it that wanted to
    /// be told, or the time for it is over.
    UserReceiptClosed(ClosedReceipt) => User, "receipt-closed", 1, employee_id;
    /// A person is erased: their events are removed from the log, and the event names the
    /// positions that stay empty.
    UserErased(ErasedUser) => User, "erased", 1, employee_id;

    /// A group was synced for the first time, with its first members; it is a team.
    GroupCreated(CreatedGroup) => Group, "created", 2, state.team_id;
    /// A group's name or other attributes changed.
    GroupChanged(GroupState) => Group, "changed", 1, team_id;
    /// Members were added to a group.
    GroupMembersAdded(ChangedMembers) => Group, "members-added", 1, team_id;
    /// Members were removed from a group; all others stay.
    GroupMembersRemoved(ChangedMembers) => Group, "members-removed", 1, team_id;
    /// Members were removed from a group and others added to it; all others stay.
    GroupMembersReplaced(ReplacedMembers) => Group, "members-replaced", 1, team_id;
    /// A group names a member by other SCIM resources than before; nobody joined it or
    /// left.
    GroupMemberResourcesChanged(MemberResources) => Group, "member-resources-changed", 1, team_id;
    /// A group was deleted, and the team with it.
    GroupDeleted(DeletedGroup) => Group, "deleted", 2, team_id;

    /// An administrator made a team of the tenant's own.
    TeamCreated(OwnTeam) => Team, "created", 1, team_id;
    /// An administrator renamed a team of the tenant's own.
    TeamRenamed(OwnTeam) => Team, "renamed", 1, team_id;
    /// An administrator deleted a team of the tenant's own.
    TeamDeleted(RemovedTeam) => Team, "deleted", 1, team_id;

    /// A booking system recorded a booking.
    BookingRecorded(RecordedBooking) => Booking, "recorded", 2, booking_id;
    /// A booking system changed a booking.
    BookingChanged(RecordedBooking) => Booking, "changed", 2, booking_id;
    /// A booking was cancelled, by its booking system or by an administrator.
    BookingCancelled(CancelledBooking) => Booking, "cancelled", 1, booking_id;
    /// A booking system withdrew what had been cancelled here: it knows of it, and nothing is left to
    /// do.
    BookingClosed(ClosedBooking) => Booking, "closed", 1, booking_id;

    /// The cancellation of a leaver's booking was planned: it is cancelled by itself when that is due.
    BookingCancellationPlanned(PlannedCancellation) => Booking, "cancellation-planned", 1, booking_id;
    /// A planned cancellation was withdrawn: the booking waits for a decision again.
    BookingCancellationWithdrawn(WithdrawnCancellation) => Booking, "cancellation-withdrawn", 1, booking_id;
    /// Somebody has seen a leaver's booking and decided to keep it.
    BookingKept(KeptBooking) => Booking, "kept", 1, booking_id;
    /// A leaver's booking is a colleague's from now on.
    BookingHandedOver(HandedOverBooking) => Booking, "handed-over", 1, booking.booking_id;
    /// What was decided about a leaver's booking was taken back: it waits for a decision again.
    BookingReopened(ReopenedBooking) => Booking, "reopened", 1, booking.booking_id;

    /// The mass-change guard raised an alert: many people left, or a group was emptied.
    AlertRaised(RaisedAlert) => Alert, "raised", 1, alert_id;
    /// People who left belong to an alert; if it holds, they stay Active until somebody
    /// decides.
    AlertPeopleAdded(AlertPeople) => Alert, "people-added", 1, alert_id;
    /// Somebody, whom `ce-actor` names, found an alert's changes right; held people are Former.
    AlertReleased(DecidedAlert) => Alert, "released", 1, alert_id;
    /// Somebody, whom `ce-actor` names, found an alert's changes wrong; held people stay Active.
    AlertReversed(DecidedAlert) => Alert, "reversed", 1, alert_id;

    /// A subscriber was added: the tenant's feed is delivered to it.
    SubscriberAdded(AddedSubscriber) => Subscriber, "added", 2, state.subscriber_id;
    /// A subscriber wants other facts, or its webhook is elsewhere.
    SubscriberChanged(SubscriberState) => Subscriber, "changed", 2, subscriber_id;
    /// A subscriber was removed: it gets nothing any more, and its name is free.
    SubscriberRemoved(RemovedSubscriber) => Subscriber, "removed", 1, subscriber_id;
    /// A secret of a subscriber was issued; up to two count at a time.
    SubscriberSecretIssued(IssuedSubscriberSecret) => Subscriber, "secret-issued", 1, subscriber_id;
    /// A secret of a subscriber counts no more.
    SubscriberSecretWithdrawn(WithdrawnSubscriberSecret) => Subscriber, "secret-withdrawn", 1, subscriber_id;
    /// A subscriber was disabled: it gets nothing until it is enabled.
    SubscriberDisabled(DisabledSubscriber) => Subscriber, "disabled", 1, subscriber_id;
    /// A subscriber was enabled: it goes on where it stood.
    SubscriberEnabled(EnabledSubscriber) => Subscriber, "enabled", 1, subscriber_id;
    /// A subscriber was paused: it is sent nothing until it is resumed.
    SubscriberPaused(PausedSubscriber) => Subscriber, "paused", 1, subscriber_id;
    /// A subscriber was resumed: it goes on where it was paused.
    SubscriberResumed(ResumedSubscriber) => Subscriber, "resumed", 1, subscriber_id;
    /// A subscriber begins anew elsewhere in the feed.
    SubscriberReset(ResetSubscriber) => Subscriber, "reset", 1, subscriber_id;
    /// A subscriber is sent an event that means nothing, to try whether it is there.
    SubscriberTested(TestedSubscriber) => Subscriber, "tested", 1, subscriber_id;
    /// A subscriber gets a part of the feed once more, beside what is new.
    SubscriberReplayStarted(StartedReplay) => Subscriber, "replay-started", 1, subscriber_id;
    /// A replay of a subscriber is at its end.
    SubscriberReplayEnded(EndedReplay) => Subscriber, "replay-ended", 1, subscriber_id;
}

impl Event {
    /// Where the event is published: `prov.<tenant>.<entity>.<id>.<fact>`; none for an unknown
    /// event, which is nobody's to publish.
    ///
    /// A person's own events, which hold the profile and the local edits, are under the employee id.
    /// Memberships are under the group, bookings and alerts under ids of their own; all of these name
    /// the person in the body.
    pub fn subject(&self, tenant: &Tenant) -> Option<String> {
        let (entity, fact) = self.kind()?.tokens();
        let mut id = Uuid::encode_buffer();
        let id = self.about()?.as_hyphenated().encode_lower(&mut id);
        Some(["prov", tenant.as_str(), entity.as_str(), id, fact].join("."))
    }
}

fn json(body: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("event bodies have string keys only")
}
