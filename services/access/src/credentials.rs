//! Who holds a credential, looked up in the roster.

use events::{CredentialId, Digest, Purpose};
use jiff::Timestamp;
use roster::{Credential, Roster};
use web::{Permission, Permissions, Principal};

/// A credential that was shown, and was not revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It opens something to its holder.
    Live(Principal),
    /// It did so until its time was over.
    Expired(CredentialId),
}

/// Whose credential it is whose secret has this digest. The secret of an OAuth client permits nothing by
/// itself: it is good for the token endpoint only.
pub fn shown_by_secret(roster: &Roster, digest: &Digest, now: Timestamp) -> Option<Shown> {
    let (tenant, credential) = roster.credential_by_digest(digest)?;
    let (permissions, source) = match &credential.purpose {
        Purpose::SecretToken => (Permissions::from([Permission::Provision]), None),
        Purpose::OauthClient => (Permissions::new(), None),
        Purpose::ApiToken { scopes, source } => {
            (scopes.iter().copied().map(Permission::Api).collect(), source.clone())
        }
    };
    let tenant = tenant.clone();
    let holder = Principal::Credential { tenant, credential: credential.id, permissions, source };
    Some(unless_expired(credential, holder, now))
}

/// Whose the OAuth client is to whom an access token was granted, unless it was revoked.
pub fn shown_by_client(roster: &Roster, client: &CredentialId, now: Timestamp) -> Option<Shown> {
    let (tenant, credential) = roster.credential(client)?;
    if credential.purpose != Purpose::OauthClient || credential.revoked {
        return None;
    }
    let permissions = Permissions::from([Permission::Provision]);
    let (tenant, id) = (tenant.clone(), credential.id);
    let holder = Principal::Credential { tenant, credential: id, permissions, source: None };
    Some(unless_expired(credential, holder, now))
}

fn unless_expired(credential: &Credential, holder: Principal, now: Timestamp) -> Shown {
    if credential.has_expired(now) { Shown::Expired(credential.id) } else { Shown::Live(holder) }
}
