//! Who caused an event.

use crate::{AdministratorId, CredentialId};

/// What stands before the id of an actor that is a credential.
const CREDENTIAL: &str = "credential:";

/// What stands before the id of an actor that is an administrator.
const PORTAL: &str = "portal:";

/// Who caused an event: a credential, an operator at the command line, or an administrator in the portal. Kinds
/// may be added, so readers treat it as text; it holds ids, never names or addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor(String);

impl Actor {
    /// A SCIM or API client, by the credential it showed.
    pub fn credential(id: CredentialId) -> Self {
        Self(format!("{CREDENTIAL}{id}"))
    }

    /// The credential that the actor is, if it is one.
    pub fn as_credential(&self) -> Option<CredentialId> {
        self.0.strip_prefix(CREDENTIAL)?.parse().ok()
    }

    /// An operator, through the command line or the operators' API.
    pub fn operator() -> Self {
        Self("operator".to_owned())
    }

    /// An administrator who is signed in to the portal.
    pub fn portal(id: AdministratorId) -> Self {
        Self(format!("{PORTAL}{id}"))
    }

    /// The administrator that the actor is, if it is one.
    pub fn as_administrator(&self) -> Option<AdministratorId> {
        self.0.strip_prefix(PORTAL)?.parse().ok()
    }

    /// Rollcall itself, which carries out what was planned, or what a policy says.
    pub fn rollcall() -> Self {
        Self("rollcall".to_owned())
    }

    /// An actor as a header tells it.
    pub fn from_header(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text of the header, before it is encoded.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
