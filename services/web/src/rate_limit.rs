//! The rate limit of a tenant's requests.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use events::Tenant;

use crate::per_tenant::PerTenant;

/// The tenant asks more often than it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the tenant sends more than {rate} requests a second; wait {wait} s and send it again")]
pub struct TooOften {
    /// Requests that a tenant may send in a second.
    pub rate: u32,
    /// Whole seconds, for a `Retry-After` header.
    pub wait: u64,
}

/// So many requests a second for each tenant, and as many again in one go.
///
/// Each tenant has one number: the moment at which all that it asked for would have come at an
/// even pace (the generic cell rate algorithm). To ask is one compare-and-swap.
#[derive(Clone, Debug)]
pub(super) struct RateLimit {
    rate: u32,
    start: Instant,
    tenants: PerTenant<AtomicU64>,
}

impl RateLimit {
    /// `rate` requests a second; 0 lets everything pass.
    pub(super) fn new(rate: u32) -> Self {
        Self { rate, start: Instant::now(), tenants: PerTenant::default() }
    }

    /// Counts one request of a tenant, which must be known to exist: each has an entry that stays.
    pub(super) fn take(&self, tenant: &Tenant, now: Instant) -> Result<(), TooOften> {
        if self.rate == 0 {
            return Ok(());
        }
        let (pace, ahead) = (self.pace(), nanoseconds(Duration::from_secs(1)));
        let now = nanoseconds(now.saturating_duration_since(self.start));
        let even = |before: u64| before.max(now) + pace;
        let bucket = self.tenants.of(tenant);
        let taken = bucket.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |before| {
            Some(even(before)).filter(|after| *after <= now + ahead)
        });
        match taken {
            Ok(_) => Ok(()),
            Err(before) => {
                let early = Duration::from_nanos(even(before).saturating_sub(now + ahead));
                Err(TooOften { rate: self.rate, wait: early.as_secs() + 1 })
            }
        }
    }

    /// Charges a tenant for more than one request, which its next ones wait for. One that is still
    /// paying for others is refused, so that requests that came in together cannot run ahead of
    /// the rate by more than the largest of them.
    pub(super) fn charge(
        &self,
        tenant: &Tenant,
        requests: usize,
        now: Instant,
    ) -> Result<(), TooOften> {
        if self.rate == 0 || requests == 0 {
            return Ok(());
        }
        let now = nanoseconds(now.saturating_duration_since(self.start));
        let paid = now + nanoseconds(Duration::from_secs(1));
        let price = self.pace().saturating_mul(requests as u64);
        let charged =
            |before: u64| Some(before.max(now).saturating_add(price)).filter(|_| before <= paid);
        let bucket = self.tenants.of(tenant);
        match bucket.fetch_update(Ordering::Relaxed, Ordering::Relaxed, charged) {
            Ok(_) => Ok(()),
            Err(before) => {
                let early = Duration::from_nanos(before.saturating_sub(paid));
                Err(TooOften { rate: self.rate, wait: early.as_secs() + 1 })
            }
        }
    }

    /// The nanoseconds from one request to the next.
    fn pace(&self) -> u64 {
        nanoseconds(Duration::from_secs(1)) / u64::from(self.rate)
    }
}

/// Five hundred years fit.
fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tenant(slug: &str) -> Tenant {
        slug.parse().unwrap()
    }

    #[test]
    fn a_second_s_worth_comes_in_one_go_and_the_next_has_to_wait() {
        let rates = RateLimit::new(3);
        let now = rates.start;
        for _ in 0..3 {
            assert_eq!(rates.take(&tenant("acme"), now), Ok(()));
        }
        let refused = rates.take(&tenant("acme"), now);
        assert_eq!(refused, Err(TooOften { rate: 3, wait: 1 }));
        assert_eq!(rates.take(&tenant("globex"), now), Ok(()), "each tenant has its own");
        assert_eq!(rates.take(&tenant("acme"), now + Duration::from_millis(334)), Ok(()));
    }

    #[test]
    fn who_asked_for_much_at_once_waits_until_it_is_paid() {
        let rates = RateLimit::new(10);
        assert_eq!(rates.charge(&tenant("acme"), 100, rates.start), Ok(()));
        let refused = rates.take(&tenant("acme"), rates.start);
        assert_eq!(refused, Err(TooOften { rate: 10, wait: 10 }));
        assert_eq!(rates.take(&tenant("acme"), rates.start + Duration::from_secs(10)), Ok(()));
    }

    #[test]
    fn requests_that_came_in_together_are_charged_for_one_after_the_other() {
        let rates = RateLimit::new(10);
        let acme = tenant("acme");
        // Ten are let in at once, and only then is seen how much each of them asks for.
        assert!((0..10).all(|_| rates.take(&acme, rates.start).is_ok()));
        assert_eq!(rates.charge(&acme, 1_000, rates.start), Ok(()));
        for _ in 1..10 {
            let refused = rates.charge(&acme, 1_000, rates.start);
            assert_eq!(refused, Err(TooOften { rate: 10, wait: 101 }));
        }
        assert_eq!(rates.charge(&acme, 0, rates.start), Ok(()), "nothing costs nothing");
        let paid = rates.start + Duration::from_secs(101);
        assert_eq!(rates.charge(&acme, 1_000, paid), Ok(()));
    }

    #[test]
    fn no_rate_is_no_limit() {
        let rates = RateLimit::new(0);
        assert_eq!(rates.charge(&tenant("acme"), usize::MAX, rates.start), Ok(()));
        assert_eq!(rates.charge(&tenant("acme"), 1, rates.start), Ok(()));
        assert!((0..10_000).all(|_| rates.take(&tenant("acme"), rates.start).is_ok()));
    }

    proptest! {
        #[test]
        fn nobody_gets_more_than_the_rate_and_one_second_ahead(
            rate in 1..200_u32,
            pauses in prop::collection::vec(0..40_u64, 1..500),
        ) {
            let rates = RateLimit::new(rate);
            let (mut elapsed, mut taken) = (Duration::ZERO, 0_u64);
            for pause in pauses {
                elapsed += Duration::from_millis(pause);
                taken += u64::from(rates.take(&tenant("acme"), rates.start + elapsed).is_ok());
                let most = (elapsed.as_millis() + 1_000) * u128::from(rate) + 1_000;
                prop_assert!(u128::from(taken) * 1_000 <= most, "{taken} in {elapsed:?} at {rate}/s");
            }
        }

        #[test]
        fn whoever_waits_as_long_as_told_is_let_in(rate in 1..200_u32, asked in 1..1_000_u32) {
            let rates = RateLimit::new(rate);
            for _ in 0..asked {
                if let Err(often) = rates.take(&tenant("acme"), rates.start) {
                    let later = rates.start + Duration::from_secs(often.wait);
                    prop_assert_eq!(rates.take(&tenant("acme"), later), Ok(()));
                    break;
                }
            }
        }
    }
}
