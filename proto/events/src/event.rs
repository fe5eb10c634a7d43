//! All events.

use uuid::Uuid;

use crate::{
    ActivatedIntegration, AlertPeople, CancelledBooking, ChangedMembers, ChangedResource,
    ChosenPrimary, CreatedGroup, CreatedTenant, DeactivatedIntegration, DecidedAlert,
    DeclaredExtension, DeletedGroup, DeletedResource, DepartedUser, EditedTeam, ErasedUser,
    EventKind, GroupState, IssuedCredential, MemberResources, OwnTeam, RaisedAlert,
    RecordedBooking, RemovedExtension, RemovedTeam, ReplacedMembers, ResetTeams, RevokedCredential,
    SetGuard, Tenant, UserState,
};

/// A fact. Past tense, complete, never edited.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    TenantCreated(CreatedTenant),
    TenantGuardSet(SetGuard),
    TenantExtensionDeclared(DeclaredExtension),
    TenantExtensionRemoved(RemovedExtension),
    IntegrationActivated(ActivatedIntegration),
    IntegrationDeactivated(DeactivatedIntegration),
    CredentialIssued(IssuedCredential),
    CredentialRevoked(RevokedCredential),
    /// Somebody joins whom the directory has not known before.
    UserCreated(UserState),
    UserChanged(UserState),
    /// Becomes Former; the SCIM resource stays.
    UserDeactivated(DepartedUser),
    /// Is Active again, on the same SCIM resource.
    UserReactivated(UserState),
    /// The SCIM resource is gone; the person stays in the directory as Former.
    UserDeleted(DepartedUser),
    /// A known person comes back on a new SCIM resource. The old one is gone, or inactive.
    UserReturned(UserState),
    /// One of several resources of a person changes, and the person does not.
    UserResourceChanged(ChangedResource),
    /// One of several resources of a person is gone; the person stays, with the others.
    UserResourceDeleted(DeletedResource),
    UserTeamAssigned(EditedTeam),
    UserTeamUnassigned(EditedTeam),
    UserPrimaryChosen(ChosenPrimary),
    UserTeamsReset(ResetTeams),
    /// A person's own events are removed from the log, at the positions that the event names.
    UserErased(ErasedUser),
    GroupCreated(CreatedGroup),
    GroupChanged(GroupState),
    GroupMembersAdded(ChangedMembers),
    GroupMembersRemoved(ChangedMembers),
    GroupMembersReplaced(ReplacedMembers),
    /// A group names a member by other resources than before.
    GroupMemberResourcesChanged(MemberResources),
    GroupDeleted(DeletedGroup),
    TeamCreated(OwnTeam),
    TeamRenamed(OwnTeam),
    TeamDeleted(RemovedTeam),
    BookingRecorded(RecordedBooking),
    BookingChanged(RecordedBooking),
    BookingCancelled(CancelledBooking),
    AlertRaised(RaisedAlert),
    /// More people belong to the alert. If it holds, they stay Active.
    AlertPeopleAdded(AlertPeople),
    /// What happened is right: held people become Former, as of the day on which they left.
    AlertReleased(DecidedAlert),
    /// What happened is wrong: held people stay Active, whatever is repeated about them.
    AlertReversed(DecidedAlert),
    /// An event of a later release. A reader that only shows or copies passes over it, and counts
    /// it; one that decides must not start without understanding it.
    Unknown {
        name: String,
    },
}

impl Event {
    /// Which event this is; none for one that this reader does not know.
    pub fn kind(&self) -> Option<EventKind> {
        Some(match self {
            Self::TenantCreated(_) => EventKind::TenantCreated,
            Self::TenantGuardSet(_) => EventKind::TenantGuardSet,
            Self::TenantExtensionDeclared(_) => EventKind::TenantExtensionDeclared,
            Self::TenantExtensionRemoved(_) => EventKind::TenantExtensionRemoved,
            Self::IntegrationActivated(_) => EventKind::IntegrationActivated,
            Self::IntegrationDeactivated(_) => EventKind::IntegrationDeactivated,
            Self::CredentialIssued(_) => EventKind::CredentialIssued,
            Self::CredentialRevoked(_) => EventKind::CredentialRevoked,
            Self::UserCreated(_) => EventKind::UserCreated,
            Self::UserChanged(_) => EventKind::UserChanged,
            Self::UserDeactivated(_) => EventKind::UserDeactivated,
            Self::UserReactivated(_) => EventKind::UserReactivated,
            Self::UserDeleted(_) => EventKind::UserDeleted,
            Self::UserReturned(_) => EventKind::UserReturned,
            Self::UserResourceChanged(_) => EventKind::UserResourceChanged,
            Self::UserResourceDeleted(_) => EventKind::UserResourceDeleted,
            Self::UserTeamAssigned(_) => EventKind::UserTeamAssigned,
            Self::UserTeamUnassigned(_) => EventKind::UserTeamUnassigned,
            Self::UserPrimaryChosen(_) => EventKind::UserPrimaryChosen,
            Self::UserTeamsReset(_) => EventKind::UserTeamsReset,
            Self::UserErased(_) => EventKind::UserErased,
            Self::GroupCreated(_) => EventKind::GroupCreated,
            Self::GroupChanged(_) => EventKind::GroupChanged,
            Self::GroupMembersAdded(_) => EventKind::GroupMembersAdded,
            Self::GroupMembersRemoved(_) => EventKind::GroupMembersRemoved,
            Self::GroupMembersReplaced(_) => EventKind::GroupMembersReplaced,
            Self::GroupMemberResourcesChanged(_) => EventKind::GroupMemberResourcesChanged,
            Self::GroupDeleted(_) => EventKind::GroupDeleted,
            Self::TeamCreated(_) => EventKind::TeamCreated,
            Self::TeamRenamed(_) => EventKind::TeamRenamed,
            Self::TeamDeleted(_) => EventKind::TeamDeleted,
            Self::BookingRecorded(_) => EventKind::BookingRecorded,
            Self::BookingChanged(_) => EventKind::BookingChanged,
            Self::BookingCancelled(_) => EventKind::BookingCancelled,
            Self::AlertRaised(_) => EventKind::AlertRaised,
            Self::AlertPeopleAdded(_) => EventKind::AlertPeopleAdded,
            Self::AlertReleased(_) => EventKind::AlertReleased,
            Self::AlertReversed(_) => EventKind::AlertReversed,
            Self::Unknown { .. } => return None,
        })
    }

    /// The id of what the event is about: the fourth token of its subject. A person's own events,
    /// which hold the profile and the local edits, are under the employee id; memberships are the
    /// group's, bookings and alerts have ids of their own, and all of these name the person in the
    /// body.
    fn about(&self) -> Option<Uuid> {
        Some(match self {
            Self::TenantCreated(body) => body.tenant_id.0,
            Self::TenantGuardSet(body) => body.tenant_id.0,
            Self::TenantExtensionDeclared(body) => body.tenant_id.0,
            Self::TenantExtensionRemoved(body) => body.tenant_id.0,
            Self::IntegrationActivated(body) => body.integration_id.0,
            Self::IntegrationDeactivated(body) => body.integration_id.0,
            Self::CredentialIssued(body) => body.credential_id.0,
            Self::CredentialRevoked(body) => body.credential_id.0,
            Self::UserCreated(body)
            | Self::UserChanged(body)
            | Self::UserReactivated(body)
            | Self::UserReturned(body) => body.employee_id.0,
            Self::UserDeactivated(body) | Self::UserDeleted(body) => body.state.employee_id.0,
            Self::UserResourceChanged(body) => body.employee_id.0,
            Self::UserResourceDeleted(body) => body.employee_id.0,
            Self::UserTeamAssigned(body) | Self::UserTeamUnassigned(body) => body.employee_id.0,
            Self::UserPrimaryChosen(body) => body.employee_id.0,
            Self::UserTeamsReset(body) => body.employee_id.0,
            Self::UserErased(body) => body.employee_id.0,
            Self::GroupCreated(body) => body.state.team_id.0,
            Self::GroupChanged(body) => body.team_id.0,
            Self::GroupMembersAdded(body) | Self::GroupMembersRemoved(body) => body.team_id.0,
            Self::GroupMembersReplaced(body) => body.team_id.0,
            Self::GroupMemberResourcesChanged(body) => body.team_id.0,
            Self::GroupDeleted(body) => body.team_id.0,
            Self::TeamCreated(body) | Self::TeamRenamed(body) => body.team_id.0,
            Self::TeamDeleted(body) => body.team_id.0,
            Self::BookingRecorded(body) | Self::BookingChanged(body) => body.booking_id.0,
            Self::BookingCancelled(body) => body.booking_id.0,
            Self::AlertRaised(body) => body.alert_id.0,
            Self::AlertPeopleAdded(body) => body.alert_id.0,
            Self::AlertReleased(body) | Self::AlertReversed(body) => body.alert_id.0,
            Self::Unknown { .. } => return None,
        })
    }

    /// Where the event is published: `prov.<tenant>.<entity>.<id>.<fact>`; none for an unknown
    /// event, which is nobody's to publish.
    pub fn subject(&self, tenant: &Tenant) -> Option<String> {
        let (entity, fact) = self.kind()?.tokens();
        let mut id = Uuid::encode_buffer();
        let id = self.about()?.as_hyphenated().encode_lower(&mut id);
        Some(["prov", tenant.as_str(), entity.as_str(), id, fact].join("."))
    }

    /// The JSON body; none for an unknown event.
    pub fn body(&self) -> Option<Vec<u8>> {
        fn json(body: &impl serde::Serialize) -> Vec<u8> {
            serde_json::to_vec(body).expect("event bodies have string keys only")
        }
        Some(match self {
            Self::TenantCreated(body) => json(body),
            Self::TenantGuardSet(body) => json(body),
            Self::TenantExtensionDeclared(body) => json(body),
            Self::TenantExtensionRemoved(body) => json(body),
            Self::IntegrationActivated(body) => json(body),
            Self::IntegrationDeactivated(body) => json(body),
            Self::CredentialIssued(body) => json(body),
            Self::CredentialRevoked(body) => json(body),
            Self::UserCreated(body)
            | Self::UserChanged(body)
            | Self::UserReactivated(body)
            | Self::UserReturned(body) => json(body),
            Self::UserDeactivated(body) | Self::UserDeleted(body) => json(body),
            Self::UserResourceChanged(body) => json(body),
            Self::UserResourceDeleted(body) => json(body),
            Self::UserTeamAssigned(body) | Self::UserTeamUnassigned(body) => json(body),
            Self::UserPrimaryChosen(body) => json(body),
            Self::UserTeamsReset(body) => json(body),
            Self::UserErased(body) => json(body),
            Self::GroupCreated(body) => json(body),
            Self::GroupChanged(body) => json(body),
            Self::GroupMembersAdded(body) | Self::GroupMembersRemoved(body) => json(body),
            Self::GroupMembersReplaced(body) => json(body),
            Self::GroupMemberResourcesChanged(body) => json(body),
            Self::GroupDeleted(body) => json(body),
            Self::TeamCreated(body) | Self::TeamRenamed(body) => json(body),
            Self::TeamDeleted(body) => json(body),
            Self::BookingRecorded(body) | Self::BookingChanged(body) => json(body),
            Self::BookingCancelled(body) => json(body),
            Self::AlertRaised(body) => json(body),
            Self::AlertPeopleAdded(body) => json(body),
            Self::AlertReleased(body) | Self::AlertReversed(body) => json(body),
            Self::Unknown { .. } => return None,
        })
    }
}
