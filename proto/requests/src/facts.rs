//! What the rules look at besides requests.

use events::IntegrationProfile;
use jiff::Timestamp;

use crate::seen::Seen;

/// What is known of a tenant besides its requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Which product it serves; none, if it was never activated.
    pub profile: Option<IntegrationProfile>,
    /// Whether it is active.
    pub active: bool,
    /// How many people there are, Active or Former.
    pub people: u64,
    /// Credentials for SCIM that are not revoked.
    pub credentials: Vec<CredentialFact>,
    /// Attributes that were sent and are not stored, since no schema knows them.
    pub not_kept: Vec<(String, Seen)>,
}

/// A credential that was not revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialFact {
    /// What it is called.
    pub name: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it expires, or has expired.
    pub expires_at: Option<Timestamp>,
}
