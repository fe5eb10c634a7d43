//! When each credential was shown last.
//!
//! A request leaves the time in memory, and a task notes it beside the log: the first use of a credential at
//! once, as whoever has just put it into Entra waits for that, and later ones once a minute at most.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use access::{CredentialUses, note_credential_uses};
use eventlog::Log;
use events::{CredentialId, Tenant};
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use web::PerTenant;

/// How often later uses are noted.
const INTERVAL: Duration = Duration::from_mins(1);
/// How long it may take to note those of one tenant.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The last use of each credential in this process.
#[derive(Debug, Default)]
pub(crate) struct UsedCredentials {
    tenants: PerTenant<Mutex<BTreeMap<CredentialId, Use>>>,
    waiting: Mutex<Waiting>,
    /// Somebody was the first to show a credential.
    first: Notify,
    /// Those of which the log was told that they have expired.
    expired: Mutex<BTreeSet<CredentialId>>,
}

#[derive(Clone, Copy, Debug)]
struct Use {
    at: Timestamp,
    /// Whether it waits to be noted.
    waits: bool,
}

/// The tenants of whom something waits to be noted.
#[derive(Debug, Default, PartialEq)]
struct Waiting {
    /// At once.
    first: BTreeSet<Tenant>,
    /// When a minute is over.
    later: BTreeSet<Tenant>,
}

impl UsedCredentials {
    /// Takes note that a good credential was shown. To be told of tenants that are known to exist.
    pub(crate) fn seen(&self, tenant: &Tenant, credential: CredentialId, now: Timestamp) {
        let of_tenant = self.tenants.of(tenant);
        let mut uses = locked(&of_tenant);
        let before = uses.get(&credential).copied();
        let at = before.map_or(now, |before| before.at.max(now));
        uses.insert(credential, Use { at, waits: true });
        drop(uses);
        match before {
            None => {
                locked(&self.waiting).first.insert(tenant.clone());
                self.first.notify_one();
            }
            Some(Use { waits: false, .. }) => {
                locked(&self.waiting).later.insert(tenant.clone());
            }
            Some(Use { waits: true, .. }) => {}
        }
    }

    /// Says in the log, once for each, that a credential is still shown whose time is over.
    pub(crate) fn expired(&self, credential: CredentialId) {
        if locked(&self.expired).insert(credential) {
            tracing::info!(%credential, "a credential was refused, as it has expired; rotate it");
        }
    }

    /// Notes beside the log what was seen, until the stop, and then once more.
    pub(crate) async fn keep_noting(&self, log: &Log, stop: &CancellationToken) {
        loop {
            let minute = async {
                tokio::select! {
                    () = sleep(INTERVAL) => true,
                    () = self.first.notified() => false,
                }
            };
            // The stop is the end of a minute too.
            let all = stop.run_until_cancelled(minute).await.unwrap_or(true);
            let due = {
                let mut waiting = locked(&self.waiting);
                let mut due = std::mem::take(&mut waiting.first);
                if all {
                    due.append(&mut waiting.later);
                }
                due
            };
            for tenant in due {
                self.note(log, &tenant).await;
            }
            if stop.is_cancelled() {
                return;
            }
        }
    }

    async fn note(&self, log: &Log, tenant: &Tenant) {
        let uses = self.taken(tenant);
        match timeout(TIMEOUT, note_credential_uses(log, tenant, &uses)).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "cannot note when credentials were used last");
            }
            Err(_) => tracing::warn!("cannot note in time when credentials were used last"),
        }
        let of_tenant = self.tenants.of(tenant);
        for (credential, one) in locked(&of_tenant).iter_mut() {
            one.waits |= uses.contains_key(credential);
        }
        locked(&self.waiting).later.insert(tenant.clone());
    }

    /// What waits of a tenant, and does not wait any more.
    fn taken(&self, tenant: &Tenant) -> CredentialUses {
        let of_tenant = self.tenants.of(tenant);
        let mut uses = locked(&of_tenant);
        let waiting = uses.iter_mut().filter(|(_, one)| one.waits);
        let taken = waiting.map(|(credential, one)| {
            one.waits = false;
            (*credential, one.at)
        });
        taken.collect()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const ENTRA: CredentialId = CredentialId(Uuid::from_u128(1));

    fn acme() -> Tenant {
        "acme".parse().unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_first_use_of_a_credential_is_noted_at_once_and_later_ones_together() {
        let used = UsedCredentials::default();
        let acme = acme();
        used.seen(&acme, ENTRA, at(10));
        let waiting = std::mem::take(&mut *locked(&used.waiting));
        let all = BTreeSet::from([acme.clone()]);
        assert_eq!(waiting, Waiting { first: all.clone(), later: BTreeSet::new() });
        assert_eq!(used.taken(&acme), CredentialUses::from([(ENTRA, at(10))]));
        assert_eq!(used.taken(&acme), CredentialUses::new(), "it was noted");
        for second in [30, 20] {
            used.seen(&acme, ENTRA, at(second));
        }
        let waiting = std::mem::take(&mut *locked(&used.waiting));
        assert_eq!(waiting, Waiting { first: BTreeSet::new(), later: all });
        assert_eq!(used.taken(&acme), CredentialUses::from([(ENTRA, at(30))]));
    }
}
