//! How the read API learns that a token was revoked: from the gateway in the same process, or from
//! the log.

use access::WriteAccess;
use api::{Cause, Revocations};
use eventlog::Log;
use events::{CredentialId, Event, RevokedCredential, Tenant};

/// The writer in the same process, from memory.
pub(crate) fn of_writes(access: &WriteAccess) -> Revocations {
    let access = access.clone();
    Revocations::new(move |_, credential| std::future::ready(Ok(access.is_revoked(credential))))
}

/// The log: whether it holds the event that revokes the credential.
pub(crate) fn of_log(log: Log) -> Revocations {
    Revocations::new(move |tenant, credential| {
        let log = log.clone();
        async move {
            let subject = subject(&tenant, credential);
            let found = log.last_on(&subject).await.map_err(Cause::from)?;
            Ok(found.is_some())
        }
    })
}

fn subject(tenant: &Tenant, credential_id: CredentialId) -> String {
    let revoked = Event::CredentialRevoked(RevokedCredential { credential_id });
    revoked.subject(tenant).expect("a known event has a subject")
}
