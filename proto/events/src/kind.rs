//! The names of all events.

/// What an event is about: the third token of its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entity {
    Tenant,
    Integration,
    Credential,
    User,
    Group,
    Team,
    Booking,
    Alert,
}

impl Entity {
    pub const ALL: [Self; 8] = [
        Self::Tenant,
        Self::Integration,
        Self::Credential,
        Self::User,
        Self::Group,
        Self::Team,
        Self::Booking,
        Self::Alert,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Integration => "integration",
            Self::Credential => "credential",
            Self::User => "user",
            Self::Group => "group",
            Self::Team => "team",
            Self::Booking => "booking",
            Self::Alert => "alert",
        }
    }

    /// Whether applications of the tenant may read its events. Those about credentials are for the
    /// services alone: they hold what a secret is recognised by.
    pub fn is_for_applications(self) -> bool {
        match self {
            Self::Tenant
            | Self::Integration
            | Self::User
            | Self::Group
            | Self::Team
            | Self::Booking
            | Self::Alert => true,
            Self::Credential => false,
        }
    }
}

/// Which event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventKind {
    TenantCreated,
    TenantGuardSet,
    TenantExtensionDeclared,
    TenantExtensionRemoved,
    IntegrationActivated,
    IntegrationDeactivated,
    CredentialIssued,
    CredentialRevoked,
    UserCreated,
    UserChanged,
    UserDeactivated,
    UserReactivated,
    UserDeleted,
    UserReturned,
    UserResourceChanged,
    UserResourceDeleted,
    UserTeamAssigned,
    UserTeamUnassigned,
    UserPrimaryChosen,
    UserTeamsReset,
    UserErased,
    GroupCreated,
    GroupChanged,
    GroupMembersAdded,
    GroupMembersRemoved,
    GroupMembersReplaced,
    GroupMemberResourcesChanged,
    GroupDeleted,
    TeamCreated,
    TeamRenamed,
    TeamDeleted,
    BookingRecorded,
    BookingChanged,
    BookingCancelled,
    AlertRaised,
    AlertPeopleAdded,
    AlertReleased,
    AlertReversed,
}

impl EventKind {
    pub const ALL: [Self; 38] = [
        Self::TenantCreated,
        Self::TenantGuardSet,
        Self::TenantExtensionDeclared,
        Self::TenantExtensionRemoved,
        Self::IntegrationActivated,
        Self::IntegrationDeactivated,
        Self::CredentialIssued,
        Self::CredentialRevoked,
        Self::UserCreated,
        Self::UserChanged,
        Self::UserDeactivated,
        Self::UserReactivated,
        Self::UserDeleted,
        Self::UserReturned,
        Self::UserResourceChanged,
        Self::UserResourceDeleted,
        Self::UserTeamAssigned,
        Self::UserTeamUnassigned,
        Self::UserPrimaryChosen,
        Self::UserTeamsReset,
        Self::UserErased,
        Self::GroupCreated,
        Self::GroupChanged,
        Self::GroupMembersAdded,
        Self::GroupMembersRemoved,
        Self::GroupMembersReplaced,
        Self::GroupMemberResourcesChanged,
        Self::GroupDeleted,
        Self::TeamCreated,
        Self::TeamRenamed,
        Self::TeamDeleted,
        Self::BookingRecorded,
        Self::BookingChanged,
        Self::BookingCancelled,
        Self::AlertRaised,
        Self::AlertPeopleAdded,
        Self::AlertReleased,
        Self::AlertReversed,
    ];

    /// The entity and the fact, as in a subject.
    pub fn tokens(self) -> (Entity, &'static str) {
        match self {
            Self::TenantCreated => (Entity::Tenant, "created"),
            Self::TenantGuardSet => (Entity::Tenant, "guard-set"),
            Self::TenantExtensionDeclared => (Entity::Tenant, "extension-declared"),
            Self::TenantExtensionRemoved => (Entity::Tenant, "extension-removed"),
            Self::IntegrationActivated => (Entity::Integration, "activated"),
            Self::IntegrationDeactivated => (Entity::Integration, "deactivated"),
            Self::CredentialIssued => (Entity::Credential, "issued"),
            Self::CredentialRevoked => (Entity::Credential, "revoked"),
            Self::UserCreated => (Entity::User, "created"),
            Self::UserChanged => (Entity::User, "changed"),
            Self::UserDeactivated => (Entity::User, "deactivated"),
            Self::UserReactivated => (Entity::User, "reactivated"),
            Self::UserDeleted => (Entity::User, "deleted"),
            Self::UserReturned => (Entity::User, "returned"),
            Self::UserResourceChanged => (Entity::User, "resource-changed"),
            Self::UserResourceDeleted => (Entity::User, "resource-deleted"),
            Self::UserTeamAssigned => (Entity::User, "team-assigned"),
            Self::UserTeamUnassigned => (Entity::User, "team-unassigned"),
            Self::UserPrimaryChosen => (Entity::User, "primary-chosen"),
            Self::UserTeamsReset => (Entity::User, "teams-reset"),
            Self::UserErased => (Entity::User, "erased"),
            Self::GroupCreated => (Entity::Group, "created"),
            Self::GroupChanged => (Entity::Group, "changed"),
            Self::GroupMembersAdded => (Entity::Group, "members-added"),
            Self::GroupMembersRemoved => (Entity::Group, "members-removed"),
            Self::GroupMembersReplaced => (Entity::Group, "members-replaced"),
            Self::GroupMemberResourcesChanged => (Entity::Group, "member-resources-changed"),
            Self::GroupDeleted => (Entity::Group, "deleted"),
            Self::TeamCreated => (Entity::Team, "created"),
            Self::TeamRenamed => (Entity::Team, "renamed"),
            Self::TeamDeleted => (Entity::Team, "deleted"),
            Self::BookingRecorded => (Entity::Booking, "recorded"),
            Self::BookingChanged => (Entity::Booking, "changed"),
            Self::BookingCancelled => (Entity::Booking, "cancelled"),
            Self::AlertRaised => (Entity::Alert, "raised"),
            Self::AlertPeopleAdded => (Entity::Alert, "people-added"),
            Self::AlertReleased => (Entity::Alert, "released"),
            Self::AlertReversed => (Entity::Alert, "reversed"),
        }
    }

    /// The entity and the fact as one word: `user.created`.
    pub fn name(self) -> String {
        let (entity, fact) = self.tokens();
        format!("{}.{fact}", entity.as_str())
    }

    /// The kind with this [`name`](Self::name), if this reader knows it.
    pub fn from_name(name: &str) -> Option<Self> {
        let (entity, fact) = name.split_once('.')?;
        Self::ALL.into_iter().find(|kind| {
            let (its_entity, its_fact) = kind.tokens();
            its_entity.as_str() == entity && its_fact == fact
        })
    }

    /// What happened, in a sentence for those who read the events.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::TenantCreated => "A tenant was created.",
            Self::TenantGuardSet => "The mass-change guard of a tenant was set.",
            Self::TenantExtensionDeclared => "A tenant's extension of SCIM's schemas was declared.",
            Self::TenantExtensionRemoved => "A tenant's extension is not declared any more.",
            Self::IntegrationActivated => "A tenant's SCIM integration was activated.",
            Self::IntegrationDeactivated => {
                "A tenant's SCIM integration was deactivated: it refuses all requests."
            }
            Self::CredentialIssued => "A secret token, an OAuth client or an API token was issued.",
            Self::CredentialRevoked => "A credential was revoked: it opens nothing any more.",
            Self::UserCreated => "Somebody joined whom the directory had not known before.",
            Self::UserChanged => "A person's profile changed.",
            Self::UserDeactivated => {
                "A person became Former, unless they are held; the SCIM resource stays. The profile may \
                 have changed too."
            }
            Self::UserReactivated => {
                "A Former person is Active again, on the same SCIM resource and in the same teams. The \
                 profile may have changed too."
            }
            Self::UserDeleted => {
                "A person's last SCIM resource was deleted; the directory keeps the person, as Former."
            }
            Self::UserReturned => {
                "A Former person came back on a new SCIM resource. The old one was deleted before, or \
                 is inactive still."
            }
            Self::UserResourceChanged => {
                "One of several SCIM resources of a person changed; about the person nothing did."
            }
            Self::UserResourceDeleted => {
                "One of several SCIM resources of a person was deleted; the person stays, with the \
                 others."
            }
            Self::UserTeamAssigned => "An administrator put a person into a team.",
            Self::UserTeamUnassigned => "An administrator took a person out of a team.",
            Self::UserPrimaryChosen => "An administrator chose a person's Primary team.",
            Self::UserTeamsReset => {
                "An administrator dropped all local edits of a person's teams; what is synced \
                 counts again."
            }
            Self::UserErased => {
                "A person's own events are removed from the log; the event names the positions \
                 that stay empty."
            }
            Self::GroupCreated => {
                "A group was synced for the first time, with its first members; it is a team."
            }
            Self::GroupChanged => "A group's name or other attributes changed.",
            Self::GroupMembersAdded => "Members were added to a group.",
            Self::GroupMembersRemoved => "Members were removed from a group; all others stay.",
            Self::GroupMembersReplaced => {
                "Members were removed from a group and others added to it; all others stay."
            }
            Self::GroupMemberResourcesChanged => {
                "A group names a member by other SCIM resources than before; nobody joined it or left."
            }
            Self::GroupDeleted => "A group was deleted, and the team with it.",
            Self::TeamCreated => "An administrator made a team of the tenant's own.",
            Self::TeamRenamed => "An administrator renamed a team of the tenant's own.",
            Self::TeamDeleted => "An administrator deleted a team of the tenant's own.",
            Self::BookingRecorded => "A booking system recorded a booking.",
            Self::BookingChanged => "A booking system changed a booking.",
            Self::BookingCancelled => {
                "A booking was cancelled, by its booking system or by an administrator."
            }
            Self::AlertRaised => {
                "The mass-change guard raised an alert: many people left, or a group was emptied."
            }
            Self::AlertPeopleAdded => {
                "People who left belong to an alert; if it holds, they stay Active until somebody \
                 decides."
            }
            Self::AlertReleased => {
                "An administrator found an alert's changes right; held people are Former."
            }
            Self::AlertReversed => {
                "An administrator found an alert's changes wrong; held people stay Active."
            }
        }
    }

    /// The version of the body's shape that this program writes. A shape that an old reader could
    /// not read, or would take for less than it says, gets the next number; a field that may be
    /// absent, and that a reader may pass over, does not.
    pub fn version(self) -> u32 {
        let second = matches!(
            self,
            Self::UserDeactivated | Self::UserDeleted | Self::GroupCreated | Self::GroupDeleted
        );
        if second { 2 } else { 1 }
    }
}

impl std::fmt::Display for EventKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (entity, fact) = self.tokens();
        write!(f, "{}.{fact}", entity.as_str())
    }
}
