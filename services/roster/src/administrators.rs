//! Administrators: people who sign in to the portal of a tenant.

use std::sync::Arc;

use events::{
    AdministratorId, AdministratorRole, AdministratorRoles, Digest, EmailAddress, OidcIdentity, Seq,
};
use imbl::OrdMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Refusal;

/// Somebody who may sign in to the portal of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Administrator {
    /// Their id.
    pub id: AdministratorId,
    /// Unique in the tenant without regard to case.
    pub email: EmailAddress,
    /// What they are called, if somebody said so.
    pub name: Option<String>,
    /// What they were given; whoever asks whether they may asks [`Administrator::has_any`].
    pub roles: AdministratorRoles,
    /// The newest link by which they sign in.
    pub link: SignInLink,
    /// Who they are at an `OpenID` provider, once they signed in there.
    pub identity: Option<OidcIdentity>,
    /// Where in the log they were invited.
    pub invited: Seq,
    /// When they were invited, by the clock.
    pub invited_at: Timestamp,
    /// When they signed in last, by the clock.
    pub signed_in_at: Option<Timestamp>,
}

/// A link by which an administrator signs in once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInLink {
    /// SHA-256 of its secret.
    pub digest: Digest,
    /// From when on it opens nothing.
    pub expires_at: Timestamp,
    /// When its administrator signed in, by it or otherwise, by the clock: it opens nothing since.
    pub spent_at: Option<Timestamp>,
}

impl SignInLink {
    /// Refuses one that was used, or has expired.
    pub fn opens(&self, now: Timestamp) -> Result<(), Refusal> {
        if let Some(at) = self.spent_at {
            return Err(Refusal::LinkSpent(at));
        }
        if self.expires_at <= now {
            return Err(Refusal::LinkExpired(self.expires_at));
        }
        Ok(())
    }
}

impl Administrator {
    /// Whether they have one of these roles: an owner has them all, and everybody is a viewer.
    pub fn has_any(&self, roles: &[AdministratorRole]) -> bool {
        has_any_role(&self.roles, roles)
    }

    /// Whether they may do everything.
    pub fn is_owner(&self) -> bool {
        self.roles.contains(&AdministratorRole::Owner)
    }
}

/// Whether whoever was given `roles` has one of those that are `needed`: an owner has them all, and everybody
/// is a viewer.
pub fn has_any_role(roles: &AdministratorRoles, needed: &[AdministratorRole]) -> bool {
    let owner = roles.contains(&AdministratorRole::Owner);
    needed.iter().any(|role| match role {
        AdministratorRole::Viewer => true,
        AdministratorRole::TeamEditor
        | AdministratorRole::IntegrationManager
        | AdministratorRole::Operator
        | AdministratorRole::Owner => owner || roles.contains(role),
    })
}

/// The administrators of a tenant, less those who were removed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Administrators(OrdMap<AdministratorId, Arc<Administrator>>);

impl Administrators {
    /// An administrator, by their id.
    pub fn get(&self, id: AdministratorId) -> Option<&Administrator> {
        self.0.get(&id).map(Arc::as_ref)
    }

    /// An administrator, by their e-mail address in any letter case.
    pub fn with_email(&self, email: &EmailAddress) -> Option<&Administrator> {
        let key = email.key();
        self.iter().find(|administrator| administrator.email.key() == key)
    }

    /// An administrator, by who they are at an `OpenID` provider.
    pub fn with_identity(&self, identity: &OidcIdentity) -> Option<&Administrator> {
        self.iter().find(|administrator| administrator.identity.as_ref() == Some(identity))
    }

    /// All of them, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Administrator> {
        self.0.values().map(Arc::as_ref)
    }

    pub(crate) fn put(&mut self, administrator: Administrator) {
        self.0.insert(administrator.id, Arc::new(administrator));
    }

    pub(crate) fn take(&mut self, id: AdministratorId) -> Option<Arc<Administrator>> {
        self.0.remove(&id)
    }

    pub(crate) fn get_mut(&mut self, id: AdministratorId) -> Option<&mut Administrator> {
        self.0.get_mut(&id).map(Arc::make_mut)
    }
}
