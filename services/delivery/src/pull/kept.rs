//! What snapshots began with, so that one that was cut off can go on.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use events::Tenant;
use roster::Roster;
use tokio::time::Instant;

/// How long a snapshot can be gone on with.
const TIME: Duration = Duration::from_mins(10);

/// How many are kept. A roster that is kept costs what has changed since.
const MOST: usize = 32;

/// How many of them are one tenant's.
const MOST_OF_A_TENANT: usize = 4;

/// The rosters that snapshots were begun with.
#[derive(Debug, Default)]
pub(crate) struct KeptPictures(Mutex<VecDeque<Kept>>);

#[derive(Debug)]
struct Kept {
    tenant: Tenant,
    place: u64,
    roster: Roster,
    since: Instant,
}

impl KeptPictures {
    /// Keeps what a tenant's snapshot as of `place` began with.
    pub(crate) fn keep(&self, tenant: &Tenant, place: u64, roster: &Roster) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut of_tenant = 0;
        // From the newest on.
        let mut stays: Vec<bool> = kept
            .iter()
            .rev()
            .map(|one| {
                let is_theirs = one.tenant == *tenant;
                let is_the_same = is_theirs && one.place == place;
                of_tenant += usize::from(is_theirs && !is_the_same);
                let is_one_too_many = is_theirs && of_tenant >= MOST_OF_A_TENANT;
                one.since.elapsed() < TIME && !is_one_too_many && !is_the_same
            })
            .collect();
        kept.retain(|_| stays.pop().unwrap_or(false));
        if kept.len() >= MOST {
            kept.pop_front();
        }
        let (tenant, roster) = (tenant.clone(), roster.clone());
        kept.push_back(Kept { tenant, place, roster, since: Instant::now() });
    }

    /// What a tenant's snapshot as of `place` began with, if it is still kept.
    pub(crate) fn find(&self, tenant: &Tenant, place: u64) -> Option<Roster> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |one: &&Kept| one.tenant == *tenant && one.place == place;
        let found = kept.iter().find(is_it).filter(|one| one.since.elapsed() < TIME);
        found.map(|one| one.roster.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(slug: &str) -> Tenant {
        slug.parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_snapshot_can_be_gone_on_with_for_ten_minutes() {
        let kept = KeptPictures::default();
        kept.keep(&tenant("acme"), 7, &Roster::default());
        assert!(kept.find(&tenant("acme"), 7).is_some());
        assert!(kept.find(&tenant("acme"), 8).is_none());
        assert!(kept.find(&tenant("globex"), 7).is_none());
        tokio::time::advance(TIME).await;
        assert!(kept.find(&tenant("acme"), 7).is_none());
        kept.keep(&tenant("globex"), 9, &Roster::default());
        assert_eq!(kept.0.lock().unwrap().len(), 1, "what is too old goes");
    }

    #[tokio::test]
    async fn a_tenant_that_takes_many_snapshots_pushes_out_its_own() {
        let kept = KeptPictures::default();
        kept.keep(&tenant("globex"), 1, &Roster::default());
        for place in 0..10 {
            kept.keep(&tenant("acme"), place, &Roster::default());
            kept.keep(&tenant("acme"), place, &Roster::default());
        }
        assert!(kept.find(&tenant("globex"), 1).is_some());
        let theirs = (0..10).filter(|place| kept.find(&tenant("acme"), *place).is_some());
        assert_eq!(theirs.collect::<Vec<_>>(), [6, 7, 8, 9]);
    }
}
