//! Who may come in: a tenant's integration and its credentials.

use events::{CredentialId, Digest, IntegrationId, IntegrationProfile, Purpose, Seq};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A tenant's SCIM integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integration {
    /// Its id.
    pub id: IntegrationId,
    /// By whose rules people are linked.
    pub profile: IntegrationProfile,
    /// Whether it lets anybody in.
    pub active: bool,
}

/// A secret token, an OAuth client or an API token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// What it opens.
    pub purpose: Purpose,
    /// SHA-256 of the secret.
    pub secret_digest: Digest,
    /// A name for people.
    pub label: Option<String>,
    /// Where in the log it was issued. It alone says which of two is the older: clocks, and ids made
    /// from them, can be set back.
    pub issued: Seq,
    /// When it was issued, by the clock.
    pub issued_at: Timestamp,
    /// From then on it opens nothing; without it, it is good until it is revoked.
    pub expires_at: Option<Timestamp>,
    /// A revoked credential opens nothing, ever again.
    pub revoked: bool,
}

impl Credential {
    /// Whether it opens anything at this time.
    pub fn is_live(&self, now: Timestamp) -> bool {
        !self.revoked && !self.has_expired(now)
    }

    /// Whether its time is over.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|expires| expires <= now)
    }
}
