//! Everything that has happened, as it stands now.

use std::sync::Arc;

use events::{CredentialId, Digest, Position, Seq, Tenant};
use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use crate::{Credential, TenantRoster};

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
}
