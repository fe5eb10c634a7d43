//! What events are about.

/// What an event is about: the third token of its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entity {
    /// A customer: one directory.
    Tenant,
    /// A tenant's SCIM integration.
    Integration,
    /// A secret token, an OAuth client or an API token.
    Credential,
    /// Somebody who signs in to the portal.
    Administrator,
    /// A person.
    User,
    /// A synced group, which is a team.
    Group,
    /// A team of the tenant's own.
    Team,
    /// A booking of a booking system.
    Booking,
    /// An alert of the mass-change guard.
    Alert,
    /// An application to which the tenant's feed is delivered.
    Subscriber,
}

impl Entity {
    /// All entities.
    pub const ALL: [Self; 10] = [
        Self::Tenant,
        Self::Integration,
        Self::Credential,
        Self::Administrator,
        Self::User,
        Self::Group,
        Self::Team,
        Self::Booking,
        Self::Alert,
        Self::Subscriber,
    ];

    /// The token in subjects and names.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Integration => "integration",
            Self::Credential => "credential",
            Self::Administrator => "administrator",
            Self::User => "user",
            Self::Group => "group",
            Self::Team => "team",
            Self::Booking => "booking",
            Self::Alert => "alert",
            Self::Subscriber => "subscriber",
        }
    }

    /// The entity with this token, if there is one.
    pub(crate) fn from_token(token: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|entity| entity.as_str() == token)
    }
}
