//! Whom this process has let in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use eventlog::Admitted;
use tokio::time::Instant;

/// Somebody who was let in may show in the server's list only so much later.
const ON_THE_WAY: Duration = Duration::from_secs(10);

/// Whom this process has let in, and when it did last.
#[derive(Debug, Default)]
pub(super) struct Inside(Mutex<BTreeMap<Admitted, Instant>>);

impl Inside {
    pub(super) fn came_in(&self, admitted: &Admitted) {
        self.known().insert(admitted.clone(), Instant::now());
    }

    /// Whether somebody was let in who may be in no longer.
    pub(super) fn has_others_than(&self, may: &BTreeSet<Admitted>) -> bool {
        self.known().keys().any(|admitted| !may.contains(admitted))
    }

    /// Whoever may be in no longer was cut off, unless they were on the way in.
    pub(super) fn forget_all_but(&self, may: &BTreeSet<Admitted>) {
        let is_on_the_way = |since: &Instant| since.elapsed() < ON_THE_WAY;
        self.known().retain(|admitted, since| may.contains(admitted) || is_on_the_way(since));
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Admitted, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
