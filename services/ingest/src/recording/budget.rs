//! How many requests of a tenant are recorded in a second.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use events::Tenant;

/// Reads that were answered well, and requests that were let in nowhere: whoever asks again and again
/// shall push no change out of the stream.
const ROUTINE_PER_SECOND: u32 = 10;

/// What was recorded of each tenant in this second. Tenants are known ones, so that there are no more
/// entries than tenants.
#[derive(Debug, Default)]
pub(super) struct Budgets(Mutex<HashMap<Tenant, Second>>);

#[derive(Debug)]
struct Second {
    began: Instant,
    used: u32,
}

impl Budgets {
    /// Whether there is a budget for one more. All that is not routine is recorded.
    pub(super) fn take(&self, tenant: &Tenant, routine: bool) -> bool {
        !routine || self.take_at(tenant, Instant::now())
    }

    fn take_at(&self, tenant: &Tenant, now: Instant) -> bool {
        let mut seconds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(second) = seconds.get_mut(tenant) else {
            seconds.insert(tenant.clone(), Second { began: now, used: 1 });
            return true;
        };
        if now.duration_since(second.began).as_secs() >= 1 {
            *second = Second { began: now, used: 0 };
        }
        second.used += 1;
        second.used <= ROUTINE_PER_SECOND
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn of_routine_requests_a_few_a_second_are_recorded_of_each_tenant_and_of_others_all() {
        let (budgets, now) = (Budgets::default(), Instant::now());
        let [acme, globex] = ["acme", "globex"].map(|slug| slug.parse::<Tenant>().unwrap());
        let taken = |tenant, now| (0..30).filter(|_| budgets.take_at(tenant, now)).count();
        assert_eq!(taken(&acme, now), 10);
        assert_eq!(taken(&globex, now), 10);
        assert!(budgets.take(&acme, false));
        assert_eq!(taken(&acme, now + Duration::from_millis(999)), 0);
        assert_eq!(taken(&acme, now + Duration::from_secs(1)), 10);
    }
}
