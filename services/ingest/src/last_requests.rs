//! When each tenant's directory asked for something last.
//!
//! The log does not tell: Entra asks every forty minutes, and a request that changes nothing writes no
//! event. A directory whose secret has expired, or that is in quarantine, falls silent.
//!
//! The times are kept beside the log, so that a restart neither forgets a silence nor makes one up, and a
//! gateway tells of what others have heard. Until they are read, nothing is told of who was not heard
//! here.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use eventlog::{Log, ReadError};
use events::Tenant;
use jiff::Timestamp;
use web::PerTenant;

/// The key beside the log.
const KEY: &str = "last-requests";

/// How often what was heard is shared.
pub(crate) const SHARE_INTERVAL: Duration = Duration::from_secs(30);

/// The times beside the log, in milliseconds since 1970.
type Shared = BTreeMap<Tenant, u64>;

/// The last request of each tenant.
#[derive(Debug, Default)]
pub(crate) struct LastRequests {
    /// Milliseconds since 1970; 0 as long as nothing is known.
    tenants: PerTenant<AtomicU64>,
    /// Whether it is known what was heard before this process began.
    read: AtomicBool,
}

impl LastRequests {
    /// Takes note of a request of somebody who has shown who they are.
    pub(crate) fn seen(&self, tenant: &Tenant, now: Timestamp) {
        self.tenants.of(tenant).fetch_max(milliseconds(now), Ordering::Relaxed);
    }

    /// How long ago the last request was; if there was none, how long ago one was first expected. To
    /// be asked of tenants that are known to exist. None, if that is not known yet.
    pub(crate) fn age(&self, tenant: &Tenant, now: Timestamp) -> Option<Duration> {
        let now = milliseconds(now);
        let last = self.tenants.of(tenant);
        let last = match last.load(Ordering::Relaxed) {
            0 if self.read.load(Ordering::Acquire) => {
                let begun = last.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
                begun.err().unwrap_or(now)
            }
            0 => return None,
            last => last,
        };
        Some(Duration::from_millis(now.saturating_sub(last)))
    }

    /// Forgets what was seen of a tenant whose integration is off: nothing is expected of it.
    pub(crate) fn expects_nothing(&self, tenant: &Tenant) {
        self.tenants.of(tenant).store(0, Ordering::Relaxed);
    }

    /// Takes in what is known beside the log of these tenants, whose integrations are on, and adds to
    /// it what is known here.
    pub(crate) async fn share(&self, log: &Log, active: &[Tenant]) -> Result<(), ReadError> {
        let known = log.shared_value::<Shared>(KEY).await?.unwrap_or_default();
        for tenant in active {
            let last = known.get(tenant).copied().unwrap_or_default();
            self.tenants.of(tenant).fetch_max(last, Ordering::Relaxed);
        }
        self.read.store(true, Ordering::Release);
        if self.merged(known.clone(), active) == known {
            return Ok(());
        }
        log.update_shared_value(KEY, |known: Option<Shared>| {
            self.merged(known.unwrap_or_default(), active)
        })
        .await
    }

    /// The later of both times of each tenant of whom something is expected.
    fn merged(&self, mut known: Shared, active: &[Tenant]) -> Shared {
        let later = |tenant: &Tenant| {
            let here = self.tenants.of(tenant).load(Ordering::Relaxed);
            let last = known.remove(tenant).unwrap_or_default().max(here);
            (last > 0).then(|| (tenant.clone(), last))
        };
        active.iter().filter_map(later).collect()
    }
}

fn milliseconds(time: Timestamp) -> u64 {
    u64::try_from(time.as_millisecond()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(slug: &str) -> Tenant {
        slug.parse().unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).unwrap()
    }

    fn age(requests: &LastRequests, slug: &str, second: i64) -> Option<u64> {
        requests.age(&tenant(slug), at(second)).map(|age| age.as_secs())
    }

    fn read(requests: &LastRequests) {
        requests.read.store(true, Ordering::Release);
    }

    #[test]
    fn the_age_counts_from_the_last_request_or_from_when_one_was_first_expected() {
        let requests = LastRequests::default();
        read(&requests);
        assert_eq!(age(&requests, "acme", 100), Some(0), "nobody knows of a silence");
        assert_eq!(age(&requests, "acme", 160), Some(60));
        requests.seen(&tenant("acme"), at(200));
        assert_eq!(age(&requests, "acme", 7_400), Some(7_200));
        requests.seen(&tenant("globex"), at(0));
        assert_eq!(age(&requests, "globex", 5), Some(5), "each has its own");
        requests.expects_nothing(&tenant("acme"));
        assert_eq!(age(&requests, "acme", 9_000), Some(0), "it was switched on again");
    }

    #[test]
    fn a_silence_is_not_told_before_it_is_known_what_was_heard_before() {
        let requests = LastRequests::default();
        assert_eq!(age(&requests, "acme", 0), None);
        requests.seen(&tenant("globex"), at(0));
        assert_eq!(age(&requests, "globex", 5), Some(5), "what was heard here is known");
        read(&requests);
        assert_eq!(age(&requests, "acme", 10), Some(0));
    }

    #[test]
    fn what_is_shared_is_the_last_that_any_gateway_heard_of_whoever_is_expected() {
        let requests = LastRequests::default();
        for (slug, second) in [("acme", 5), ("globex", 50)] {
            requests.seen(&tenant(slug), at(second));
        }
        let shared = |known: &[(&str, i64)]| -> Shared {
            known.iter().map(|(slug, second)| (tenant(slug), milliseconds(at(*second)))).collect()
        };
        let active = ["acme", "globex", "new"].map(tenant);
        let merged = requests.merged(shared(&[("acme", 40), ("globex", 7), ("left", 9)]), &active);
        assert_eq!(merged, shared(&[("acme", 40), ("globex", 50)]));
    }
}
