//! Tenants, their integrations, and the credentials that open them. Secrets never appear: a
//! credential is known by the SHA-256 of 256 random bits.

use std::collections::BTreeSet;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{BookingSource, CredentialId, Digest, IntegrationId, Tenant, TenantId};

/// A new tenant. The body of `tenant.created`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedTenant {
    pub tenant_id: TenantId,
    /// The name in URLs and in the subjects of the tenant's events; it never changes.
    pub slug: Tenant,
}

/// Which product an integration serves; it decides who counts as the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum IntegrationProfile {
    /// Desk and room booking: `externalId` is Entra's objectId and links a returning person.
    Workplace,
    /// Employee benefits: `externalId` is a payroll reference; the user name links.
    Benefits,
}

impl IntegrationProfile {
    /// The name, as in bodies and at the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Workplace => "workplace",
            Self::Benefits => "benefits",
        }
    }
}

/// An integration that now accepts SCIM requests. The body of `integration.activated`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActivatedIntegration {
    pub integration_id: IntegrationId,
    /// Which product it serves.
    pub profile: IntegrationProfile,
}

/// An integration that now refuses SCIM requests. The body of `integration.deactivated`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeactivatedIntegration {
    pub integration_id: IntegrationId,
}

/// A new credential, without its secret. The body of `credential.issued`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssuedCredential {
    pub credential_id: CredentialId,
    #[serde(flatten)]
    pub purpose: Purpose,
    /// SHA-256 of the secret, which itself is written down nowhere.
    pub secret_digest: Digest,
    /// What the administrator calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub label: Option<String>,
    /// From then on it opens nothing. Without it, the credential is good until it is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub expires_at: Option<Timestamp>,
}

/// What a credential opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "purpose", rename_all = "kebab-case")]
pub enum Purpose {
    /// The SCIM gateway, as a bearer token.
    SecretToken,
    /// The token endpoint, whose access tokens open the SCIM gateway; the credential id is the
    /// client id.
    OauthClient,
    /// The read API and its commands.
    ApiToken {
        /// What the token may do.
        scopes: Scopes,
        /// The one source whose bookings it writes and reads. Without it, a token writes those of
        /// the source `default`, and reads all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "BookingSource")]
        source: Option<BookingSource>,
    },
}

/// A credential that opens nothing any more. The body of `credential.revoked`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevokedCredential {
    pub credential_id: CredentialId,
}

/// What one API token may do.
pub type Scopes = BTreeSet<Scope>;

/// What an API token may do.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum Scope {
    /// Read employees.
    #[serde(rename = "employees:read")]
    EmployeesRead,
    /// Read teams and their members.
    #[serde(rename = "teams:read")]
    TeamsRead,
    /// Edit teams locally.
    #[serde(rename = "teams:write")]
    TeamsWrite,
    /// Read leavers and the bookings kept for them.
    #[serde(rename = "leavers:read")]
    LeaversRead,
    /// Cancel a leaver's future bookings.
    #[serde(rename = "leavers:cancel")]
    LeaversCancel,
    /// Record, change and withdraw bookings, as a booking system does.
    #[serde(rename = "bookings:write")]
    BookingsWrite,
    /// Read bookings, those of leavers too, to compare them with a booking system's.
    #[serde(rename = "bookings:read")]
    BookingsRead,
    /// Read the alerts of the mass-change guard.
    #[serde(rename = "alerts:read")]
    AlertsRead,
    /// Release alerts and reverse them.
    #[serde(rename = "alerts:decide")]
    AlertsDecide,
    /// Read the events of the feed, and take snapshots to begin with.
    #[serde(rename = "events:read")]
    EventsRead,
    /// Have a part of the feed sent to a subscriber once more.
    #[serde(rename = "events:replay")]
    EventsReplay,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 11] = [
        Self::EmployeesRead,
        Self::TeamsRead,
        Self::TeamsWrite,
        Self::LeaversRead,
        Self::LeaversCancel,
        Self::BookingsWrite,
        Self::BookingsRead,
        Self::AlertsRead,
        Self::AlertsDecide,
        Self::EventsRead,
        Self::EventsReplay,
    ];

    /// The name, as in bodies and at the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EmployeesRead => "employees:read",
            Self::TeamsRead => "teams:read",
            Self::TeamsWrite => "teams:write",
            Self::LeaversRead => "leavers:read",
            Self::LeaversCancel => "leavers:cancel",
            Self::BookingsWrite => "bookings:write",
            Self::BookingsRead => "bookings:read",
            Self::AlertsRead => "alerts:read",
            Self::AlertsDecide => "alerts:decide",
            Self::EventsRead => "events:read",
            Self::EventsReplay => "events:replay",
        }
    }
}

/// A text that names no scope.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no scope; there are {all}", all = all_scopes())]
pub struct UnknownScope(String);

fn all_scopes() -> String {
    let [others @ .., last] = Scope::ALL.map(Scope::as_str);
    format!("{} and {last}", others.join(", "))
}

impl std::str::FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or_else(|| UnknownScope(text.to_owned()))
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
