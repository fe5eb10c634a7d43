//! Memory for what requests send, bounded by tenant and in all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use events::Tenant;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A permit stands for so many bytes.
const BYTES_PER_PERMIT: usize = 1 << 10;

/// So many bytes, which requests take and give back. Who finds none waits until somebody gives some
/// back: behind the other requests of the same tenant first, and then behind those of all, each in
/// the order of coming.
#[derive(Clone, Debug)]
pub struct MemoryBudget {
    in_all: Arc<Semaphore>,
    of_a_tenant: usize,
    tenants: Arc<Mutex<HashMap<Tenant, Arc<Semaphore>>>>,
}

/// Bytes that a request has, until this is dropped.
#[derive(Debug)]
pub struct MemoryReservation {
    _of_the_tenant: OwnedSemaphorePermit,
    _in_all: OwnedSemaphorePermit,
}

impl MemoryBudget {
    /// So many bytes for each tenant, and so many in all.
    pub fn new(of_a_tenant: usize, in_all: usize) -> Self {
        Self {
            in_all: Arc::new(Semaphore::new(in_all / BYTES_PER_PERMIT)),
            of_a_tenant: of_a_tenant.min(in_all) / BYTES_PER_PERMIT,
            tenants: Arc::default(),
        }
    }

    /// The most that one request can have.
    pub fn most(&self) -> usize {
        self.of_a_tenant * BYTES_PER_PERMIT
    }

    /// Takes so many bytes, or all that a tenant may have if it is more than that. The tenant must
    /// be known to exist: each has an entry that stays.
    pub async fn take(&self, tenant: &Tenant, bytes: usize) -> MemoryReservation {
        let units = bytes.div_ceil(BYTES_PER_PERMIT).min(self.of_a_tenant);
        let units = u32::try_from(units).unwrap_or(u32::MAX);
        let its = {
            let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = || Arc::new(Semaphore::new(self.of_a_tenant));
            Arc::clone(tenants.entry(tenant.clone()).or_insert_with(fresh))
        };
        let taken = "no memory is ever closed";
        MemoryReservation {
            _of_the_tenant: its.acquire_many_owned(units).await.expect(taken),
            _in_all: Arc::clone(&self.in_all).acquire_many_owned(units).await.expect(taken),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::poll;

    use super::*;

    fn tenant(slug: &str) -> Tenant {
        slug.parse().unwrap()
    }

    #[tokio::test]
    async fn who_has_all_that_a_tenant_may_have_waits_for_itself_and_nobody_else_does() {
        let memory = MemoryBudget::new(10 * BYTES_PER_PERMIT, 25 * BYTES_PER_PERMIT);
        let (acme, globex) = (tenant("acme"), tenant("globex"));
        let first = memory.take(&acme, 8 * BYTES_PER_PERMIT).await;
        let mut second = Box::pin(memory.take(&acme, 3 * BYTES_PER_PERMIT));
        assert!(poll!(second.as_mut()).is_pending());
        let other = memory.take(&globex, 8 * BYTES_PER_PERMIT).await;
        drop(first);
        assert!(poll!(second.as_mut()).is_ready());
        drop(other);
    }

    #[tokio::test]
    async fn all_together_have_no_more_than_there_is() {
        let memory = MemoryBudget::new(10 * BYTES_PER_PERMIT, 15 * BYTES_PER_PERMIT);
        let (acme, globex) = (tenant("acme"), tenant("globex"));
        let first = memory.take(&acme, usize::MAX).await;
        let mut second = Box::pin(memory.take(&globex, 6 * BYTES_PER_PERMIT));
        assert!(poll!(second.as_mut()).is_pending());
        drop(first);
        assert!(poll!(second.as_mut()).is_ready());
    }

    #[tokio::test]
    async fn who_stops_waiting_takes_nothing() {
        let memory = MemoryBudget::new(10 * BYTES_PER_PERMIT, 10 * BYTES_PER_PERMIT);
        let acme = tenant("acme");
        let first = memory.take(&acme, 10 * BYTES_PER_PERMIT).await;
        let mut second = Box::pin(memory.take(&acme, 10 * BYTES_PER_PERMIT));
        assert!(poll!(second.as_mut()).is_pending());
        drop((second, first));
        memory.take(&acme, 10 * BYTES_PER_PERMIT).await;
    }
}
