//! Who holds a credential, looked up in the roster.

use events::{CredentialId, Digest, Purpose};
use roster::Roster;
use web::{Permission, Permissions, Principal};

/// Who holds the living credential whose secret has this digest. The secret of an OAuth client
/// permits nothing by itself: it is good for the token endpoint only.
pub fn principal_by_secret(roster: &Roster, digest: &Digest) -> Option<Principal> {
    let (tenant, credential) = roster.credential_by_digest(digest)?;
    let (permissions, source) = match &credential.purpose {
        Purpose::SecretToken => (Permissions::from([Permission::Provision]), None),
        Purpose::OauthClient => (Permissions::new(), None),
        Purpose::ApiToken { scopes, source } => {
            (scopes.iter().copied().map(Permission::Api).collect(), source.clone())
        }
    };
    let (tenant, credential) = (tenant.clone(), credential.id);
    Some(Principal::Credential { tenant, credential, permissions, source })
}

/// Who holds an access token that was granted to this OAuth client, unless the client was revoked.
pub fn principal_by_client(roster: &Roster, client: &CredentialId) -> Option<Principal> {
    let (tenant, credential) = roster.credential(client)?;
    if credential.purpose != Purpose::OauthClient || credential.revoked {
        return None;
    }
    let permissions = Permissions::from([Permission::Provision]);
    let (tenant, credential) = (tenant.clone(), credential.id);
    Some(Principal::Credential { tenant, credential, permissions, source: None })
}
