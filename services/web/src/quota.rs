//! A counting quota: so many permits in all, and so many for each holder.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use events::Tenant;

/// Who holds a permit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Holder {
    /// Whoever shows a token of this tenant.
    Tenant(Tenant),
    /// Whoever shows the operator token.
    Operator,
    /// Somebody who has not shown who they are; with the address of their network, if known.
    Anonymous(Option<IpAddr>),
}

/// No permit is free: in all, or of those that one holder may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverQuota {
    /// All permits are taken.
    #[error("{most} requests are being {what} already; wait a moment and send it again")]
    InAll {
        /// How many there are.
        most: usize,
        /// What happens to requests that have one, as a participle.
        what: &'static str,
    },
    /// The caller has all permits that one caller may have.
    #[error("{most} requests of yours are being {what} already; wait a moment and send it again")]
    OfYours {
        /// How many one caller may have.
        most: usize,
        /// What happens to requests that have one, as a participle.
        what: &'static str,
    },
}

/// So many permits in all, and so many for each holder.
#[derive(Debug)]
pub(crate) struct Quota {
    what: &'static str,
    total: usize,
    each: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    total: usize,
    /// Of holders who have any: no more than there are permits, so that a fast hash does no harm.
    by: HashMap<Holder, usize, foldhash::fast::RandomState>,
}

/// One permit, until it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    shares: Arc<Quota>,
    holder: Holder,
}

impl Quota {
    /// `what` happens to requests that hold a permit, for refusals.
    pub(crate) fn new(what: &'static str, total: usize, each: usize) -> Arc<Self> {
        Arc::new(Self { what, total, each, taken: Mutex::default() })
    }

    pub(crate) fn take(self: &Arc<Self>, holder: &Holder) -> Result<Permit, OverQuota> {
        let mut taken = self.taken();
        let held = taken.by.get(holder).copied().unwrap_or(0);
        if held >= self.each {
            return Err(OverQuota::OfYours { most: self.each, what: self.what });
        }
        if taken.total >= self.total {
            return Err(OverQuota::InAll { most: self.total, what: self.what });
        }
        taken.total += 1;
        taken.by.insert(holder.clone(), held + 1);
        Ok(Permit { shares: Arc::clone(self), holder: holder.clone() })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut taken = self.shares.taken();
        taken.total -= 1;
        if let Some(held) = taken.by.get_mut(&self.holder) {
            *held -= 1;
            if *held == 0 {
                taken.by.remove(&self.holder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tenant(slug: &str) -> Holder {
        Holder::Tenant(slug.parse().unwrap())
    }

    #[test]
    fn who_has_their_share_leaves_the_rest_to_others() {
        let shares = Quota::new("answered", 3, 2);
        let held = [shares.take(&tenant("acme")).unwrap(), shares.take(&tenant("acme")).unwrap()];
        let refused = shares.take(&tenant("acme")).unwrap_err();
        assert_eq!(refused, OverQuota::OfYours { most: 2, what: "answered" });
        let other = shares.take(&tenant("globex")).unwrap();
        let refused = shares.take(&Holder::Operator).unwrap_err();
        assert_eq!(refused, OverQuota::InAll { most: 3, what: "answered" });
        drop((held, other));
        shares.take(&tenant("acme")).unwrap();
    }

    proptest! {
        #[test]
        fn permits_are_neither_lost_nor_made_up(
            takes in prop::collection::vec((0..4_u8, any::<bool>()), 0..200),
        ) {
            let shares = Quota::new("answered", 5, 3);
            let mut held: Vec<(u8, Permit)> = Vec::new();
            for (who, gives_back) in takes {
                if gives_back {
                    held.pop();
                    continue;
                }
                let of_theirs = held.iter().filter(|(holder, _)| *holder == who).count();
                let taken = shares.take(&tenant(&format!("t{who}")));
                prop_assert_eq!(taken.is_ok(), of_theirs < 3 && held.len() < 5);
                held.extend(taken.ok().map(|permit| (who, permit)));
            }
            drop(held);
            prop_assert_eq!(shares.taken().total, 0);
            prop_assert!(shares.taken().by.is_empty(), "nothing is kept about who has none");
        }
    }
}
