//! How the read API learns that a token was revoked, and whether the read models know all tokens: from
//! the gateway in the same process, or from the log.

use std::convert::Infallible;

use access::WriteAccess;
use api::{Cause, LogEnd, Revocations};
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

/// Where the log ends, by the writer in the same process.
pub(crate) fn end_of_writes(access: &WriteAccess) -> LogEnd {
    let access = access.clone();
    LogEnd::new(move || std::future::ready(Ok::<_, Infallible>(access.position())))
}

/// Where the log ends, by the log.
pub(crate) fn end_of_log(log: Log) -> LogEnd {
    LogEnd::new(move || {
        let log = log.clone();
        async move { log.end().await }
    })
}

fn subject(tenant: &Tenant, credential_id: CredentialId) -> String {
    let revoked = Event::CredentialRevoked(RevokedCredential { credential_id });
    revoked.subject(tenant).expect("a known event has a subject")
}
