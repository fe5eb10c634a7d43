//! When each tenant's directory asked for something last.
//!
//! The log does not tell: Entra asks every forty minutes, and a request that changes nothing writes no
//! event. A directory whose secret has expired, or that is in quarantine, falls silent.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use events::Tenant;
use web::PerTenant;

/// The last request of each tenant that this process has seen.
#[derive(Debug)]
pub(crate) struct LastRequests {
    start: Instant,
    /// Milliseconds from a second before the start; 0 as long as nothing is known.
    tenants: PerTenant<AtomicU64>,
}

impl LastRequests {
    pub(crate) fn since(start: Instant) -> Self {
        Self { start, tenants: PerTenant::default() }
    }

    /// Takes note of a request of somebody who has shown who they are.
    pub(crate) fn seen(&self, tenant: &Tenant, now: Instant) {
        self.tenants.of(tenant).store(self.milliseconds(now), Ordering::Relaxed);
    }

    /// How long ago the last request was; if there was none, how long ago this was first asked. To
    /// be asked of tenants that are known to exist.
    pub(crate) fn age(&self, tenant: &Tenant, now: Instant) -> Duration {
        let now = self.milliseconds(now);
        let last = self.tenants.of(tenant);
        let begun = last.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
        Duration::from_millis(now.saturating_sub(begun.err().unwrap_or(now)))
    }

    /// Forgets what was seen of a tenant whose integration is off: nothing is expected of it.
    pub(crate) fn expects_nothing(&self, tenant: &Tenant) {
        self.tenants.of(tenant).store(0, Ordering::Relaxed);
    }

    fn milliseconds(&self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.start).as_millis();
        u64::try_from(since).unwrap_or(u64::MAX).saturating_add(1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_age_counts_from_the_last_request_or_from_when_one_was_first_expected() {
        let start = Instant::now();
        let requests = LastRequests::since(start);
        let (acme, globex): (Tenant, Tenant) = ("acme".parse().unwrap(), "globex".parse().unwrap());
        let after = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(requests.age(&acme, after(100)), Duration::ZERO, "nobody knows of a silence");
        assert_eq!(requests.age(&acme, after(160)), Duration::from_mins(1));
        requests.seen(&acme, after(200));
        assert_eq!(requests.age(&acme, after(7_400)), Duration::from_hours(2));
        requests.seen(&globex, start);
        assert_eq!(requests.age(&globex, after(5)), Duration::from_secs(5), "each has its own");
        requests.expects_nothing(&acme);
        assert_eq!(requests.age(&acme, after(9_000)), Duration::ZERO, "it was switched on again");
    }
}
