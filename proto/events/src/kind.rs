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
}

impl Entity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Integration => "integration",
            Self::Credential => "credential",
            Self::User => "user",
            Self::Group => "group",
            Self::Team => "team",
            Self::Booking => "booking",
        }
    }
}

/// Which event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    TenantCreated,
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
    UserTeamAssigned,
    UserTeamUnassigned,
    UserPrimaryChosen,
    UserTeamsReset,
    GroupCreated,
    GroupChanged,
    GroupMembersAdded,
    GroupMembersRemoved,
    GroupDeleted,
    TeamCreated,
    TeamRenamed,
    TeamDeleted,
    BookingRecorded,
    BookingChanged,
    BookingCancelled,
}

impl Kind {
    pub const ALL: [Self; 26] = [
        Self::TenantCreated,
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
        Self::UserTeamAssigned,
        Self::UserTeamUnassigned,
        Self::UserPrimaryChosen,
        Self::UserTeamsReset,
        Self::GroupCreated,
        Self::GroupChanged,
        Self::GroupMembersAdded,
        Self::GroupMembersRemoved,
        Self::GroupDeleted,
        Self::TeamCreated,
        Self::TeamRenamed,
        Self::TeamDeleted,
        Self::BookingRecorded,
        Self::BookingChanged,
        Self::BookingCancelled,
    ];

    /// The entity and the fact, as in a subject.
    pub fn tokens(self) -> (Entity, &'static str) {
        match self {
            Self::TenantCreated => (Entity::Tenant, "created"),
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
            Self::UserTeamAssigned => (Entity::User, "team-assigned"),
            Self::UserTeamUnassigned => (Entity::User, "team-unassigned"),
            Self::UserPrimaryChosen => (Entity::User, "primary-chosen"),
            Self::UserTeamsReset => (Entity::User, "teams-reset"),
            Self::GroupCreated => (Entity::Group, "created"),
            Self::GroupChanged => (Entity::Group, "changed"),
            Self::GroupMembersAdded => (Entity::Group, "members-added"),
            Self::GroupMembersRemoved => (Entity::Group, "members-removed"),
            Self::GroupDeleted => (Entity::Group, "deleted"),
            Self::TeamCreated => (Entity::Team, "created"),
            Self::TeamRenamed => (Entity::Team, "renamed"),
            Self::TeamDeleted => (Entity::Team, "deleted"),
            Self::BookingRecorded => (Entity::Booking, "recorded"),
            Self::BookingChanged => (Entity::Booking, "changed"),
            Self::BookingCancelled => (Entity::Booking, "cancelled"),
        }
    }

    /// The entity and the fact as one word: `user.created`.
    pub fn name(self) -> String {
        let (entity, fact) = self.tokens();
        format!("{}.{fact}", entity.as_str())
    }

    /// The kind with this [`name`](Self::name), if this reader knows it.
    pub fn named(name: &str) -> Option<Self> {
        let (entity, fact) = name.split_once('.')?;
        Self::ALL.into_iter().find(|kind| {
            let (its_entity, its_fact) = kind.tokens();
            its_entity.as_str() == entity && its_fact == fact
        })
    }

    /// The version of the body's shape that this program writes. A shape that an old reader could
    /// not read gets the next number; a field that may be absent does not.
    pub fn version(self) -> u32 {
        1
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (entity, fact) = self.tokens();
        write!(f, "{}.{fact}", entity.as_str())
    }
}
