//! Who may come in: a tenant's integration and its credentials.

use events::{CredentialId, Digest, IntegrationId, IntegrationProfile, Purpose, Seq};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A tenant's SCIM integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integration {
    pub id: IntegrationId,
    pub profile: IntegrationProfile,
    pub active: bool,
}

/// A secret token, an OAuth client or an API token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    pub id: CredentialId,
    pub purpose: Purpose,
    /// SHA-256 of the secret.
    pub secret_digest: Digest,
    pub label: Option<String>,
    /// Where in the log it was issued. It alone says which of two is the older: clocks, and ids made
    /// from them, can be set back.
    pub issued: Seq,
    pub issued_at: Timestamp,
    /// A revoked credential opens nothing, ever again.
    pub revoked: bool,
}
