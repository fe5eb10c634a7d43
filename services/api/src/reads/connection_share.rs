//! How many connections to Postgres the reads of one tenant hold at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use events::Tenant;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::reads::read_error::ReadError;

/// Lets each tenant hold so many connections: what it asks for beyond waits for its own answers,
/// and the rest of the pool is left to others.
#[derive(Debug)]
pub(crate) struct ConnectionShare {
    each: usize,
    /// Of tenants whose reads hold a connection or wait for one, and of a few who did.
    tenants: Mutex<HashMap<Tenant, Arc<Semaphore>>>,
}

/// How many tenants are remembered before those that have no read under way are forgotten.
const REMEMBERED: usize = 256;

impl ConnectionShare {
    /// Half of a pool for each tenant.
    pub(crate) fn of_pool(size: usize) -> Self {
        Self { each: size.div_ceil(2), tenants: Mutex::default() }
    }

    /// Waits until the tenant may hold one connection more.
    pub(crate) async fn take(
        &self,
        tenant: &Tenant,
        patience: Duration,
    ) -> Result<OwnedSemaphorePermit, ReadError> {
        let share = self.share(tenant);
        match tokio::time::timeout(patience, share.acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            // Nobody closes the semaphore, so it is the time that is over.
            Ok(Err(_)) | Err(_) => Err(ReadError::OwnReadsBusy),
        }
    }

    fn share(&self, tenant: &Tenant) -> Arc<Semaphore> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if tenants.len() >= REMEMBERED && !tenants.contains_key(tenant) {
            tenants.retain(|_, share| Arc::strong_count(share) > 1);
        }
        let share =
            tenants.entry(tenant.clone()).or_insert_with(|| Arc::new(Semaphore::new(self.each)));
        Arc::clone(share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(slug: &str) -> Tenant {
        slug.parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_tenant_holds_half_of_the_connections_and_the_next_tenant_the_other_half() {
        let share = ConnectionShare::of_pool(8);
        let patience = Duration::from_secs(5);
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(share.take(&tenant("acme"), patience).await.unwrap());
        }
        let refused = share.take(&tenant("acme"), patience).await;
        assert!(matches!(refused, Err(ReadError::OwnReadsBusy)), "{refused:?}");
        assert!(share.take(&tenant("globex"), Duration::ZERO).await.is_ok());
        held.pop();
        assert!(share.take(&tenant("acme"), Duration::ZERO).await.is_ok());
    }

    #[tokio::test]
    async fn tenants_without_a_read_under_way_are_forgotten_and_others_keep_their_share() {
        let share = ConnectionShare::of_pool(2);
        let held = share.take(&tenant("acme"), Duration::ZERO).await.unwrap();
        for number in 0..10 * REMEMBERED {
            drop(share.take(&tenant(&format!("t{number}")), Duration::ZERO).await.unwrap());
        }
        assert!(share.tenants.lock().unwrap().len() <= REMEMBERED);
        assert!(
            share.take(&tenant("acme"), Duration::ZERO).await.is_err(),
            "its share was doubled"
        );
        drop(held);
    }
}
