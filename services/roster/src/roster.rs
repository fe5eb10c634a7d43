//! Everything that has happened, as it stands now.

use std::sync::Arc;

use events::{
    AdministratorId, CredentialId, Digest, EmailAddress, OidcIdentity, Position, Seq, Tenant,
};
use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use crate::{Administrator, Credential, TenantRoster};

/// The fold of the whole log, all tenants. A clone costs nothing to speak of and stays as it is,
/// so a reader keeps a consistent picture while the next events come in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Roster {
    pub(crate) position: Position,
    pub(crate) tenants: OrdMap<Tenant, Arc<TenantRoster>>,
    /// Whose a credential is, revoked or not.
    pub(crate) credentials: OrdMap<CredentialId, Tenant>,
    /// The secrets that open something.
    pub(crate) secrets: OrdMap<Digest, CredentialId>,
    /// Whose administrator somebody is, or was before they were removed.
    pub(crate) administrators: OrdMap<AdministratorId, Tenant>,
    /// The newest sign-in link of each administrator, spent or not.
    pub(crate) sign_in_links: OrdMap<Digest, AdministratorId>,
    /// The last event that erased somebody.
    pub(crate) last_erasure: Seq,
}

impl Roster {
    /// Names the rules that fold the log into a roster: other sources, other name. One that was
    /// saved by other rules must be folded anew.
    pub const RULES: &str = env!("ROSTER_RULES");

    /// The last event that is in here.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The last event that erased somebody; a picture of the time before it shows who is to be
    /// forgotten.
    pub fn last_erasure(&self) -> Seq {
        self.last_erasure
    }

    /// A tenant that was made.
    pub fn tenant(&self, tenant: &Tenant) -> Option<&TenantRoster> {
        self.tenants.get(tenant).map(Arc::as_ref)
    }

    /// All tenants, by slug.
    pub fn tenants(&self) -> impl Iterator<Item = (&Tenant, &TenantRoster)> {
        self.tenants.iter().map(|(tenant, roster)| (tenant, roster.as_ref()))
    }

    /// The credential that a secret belongs to, unless it was revoked.
    pub fn credential_by_digest(&self, digest: &Digest) -> Option<(&Tenant, &Credential)> {
        self.credential(self.secrets.get(digest)?)
    }

    /// A credential, revoked or not.
    pub fn credential(&self, id: &CredentialId) -> Option<(&Tenant, &Credential)> {
        let tenant = self.credentials.get(id)?;
        Some((tenant, self.tenant(tenant)?.credential(id)?))
    }

    /// An administrator who was not removed, and whose they are.
    pub fn administrator(&self, id: &AdministratorId) -> Option<(&Tenant, &Administrator)> {
        let tenant = self.administrators.get(id)?;
        Some((tenant, self.tenant(tenant)?.administrators().get(*id)?))
    }

    /// The administrator whose newest sign-in link has this digest, spent or not.
    pub fn administrator_by_link(&self, digest: &Digest) -> Option<(&Tenant, &Administrator)> {
        self.administrator(self.sign_in_links.get(digest)?)
    }

    /// The administrators who are bound to this identity: one of a tenant at most. It looks at
    /// all administrators; people sign in seldom.
    pub fn administrators_by_identity(
        &self,
        identity: &OidcIdentity,
    ) -> impl Iterator<Item = (&Tenant, &Administrator)> {
        self.tenants().filter_map(|(slug, tenant)| {
            Some((slug, tenant.administrators().with_identity(identity)?))
        })
    }

    /// The administrators who have this e-mail address, in any letter case: one of a tenant at most.
    /// It looks at all administrators.
    pub fn administrators_by_email(
        &self,
        email: &EmailAddress,
    ) -> impl Iterator<Item = (&Tenant, &Administrator)> {
        self.tenants()
            .filter_map(|(slug, tenant)| Some((slug, tenant.administrators().with_email(email)?)))
    }
}
