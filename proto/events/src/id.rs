//! The kinds of id, kept apart by type so that a team can never pass for a person.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Declares id types. All are `UUIDv7`: unique without asking, and in order of creation.
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(transparent)]
        #[schemars(extend("pattern" = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"))]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

id! {
    /// A tenant: one customer, one directory.
    TenantId
    /// A person, for good: the id of the person's first SCIM resource.
    EmployeeId
    /// A SCIM User resource. Never given twice (RFC 7643 §3.1): a person who is deleted and comes
    /// back keeps the employee id and gets a new one of these.
    ResourceId
    /// A team: a synced SCIM group, whose resource id this is, or a team made in the portal.
    TeamId
    /// A booking, as Rollcall numbers it.
    BookingId
    /// Somebody who signs in to the portal of a tenant.
    AdministratorId
    /// A tenant's activated SCIM integration.
    IntegrationId
    /// A secret token, an OAuth client or an API token.
    CredentialId
    /// One alert of the mass-change guard.
    AlertId
    /// An application to which a tenant's feed is delivered.
    SubscriberId
    /// A replay of a part of the feed for one subscriber.
    ReplayId
    /// A new beginning of a subscriber.
    ResetId
    /// A test event.
    TestId
    /// A secret of a subscriber.
    SecretId
    /// One event.
    EventId
}
